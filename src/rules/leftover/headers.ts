import type { Rule } from '../rule.ts';
import { judgeLeftFiles, WORTH_LEAVING_OUT } from './left-files.ts';

/** What compilers and linkers read: a megabyte or more. */
export const leftoverHeaders: Rule = {
  id: 'leftover/headers',
  title: 'Headers or static libraries are in the image',
  severity: 'info',
  confidence: 'high',
  why: 'Only compilers read them. They say that more was installed, or unpacked, than what runs.',
  fix: 'Build in one stage and copy only programs and shared libraries into the last one: COPY --from=build /usr/local/lib/*.so* /usr/local/lib/.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  *judgeImage(evidence) {
    const minimumBytes = WORTH_LEAVING_OUT;
    yield* judgeLeftFiles(evidence, 'headers', { what: 'Headers of C and C++', minimumBytes });
    yield* judgeLeftFiles(evidence, 'static-libraries', { what: 'Static libraries and object files', minimumBytes });
  },
};
