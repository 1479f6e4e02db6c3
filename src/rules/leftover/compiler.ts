import type { Rule } from '../rule.ts';
import { COMPILERS, judgeTools } from '../tools.ts';

/** Compilers and linkers in the final filesystem. */
export const leftoverCompiler: Rule = {
  id: 'leftover/compiler',
  title: 'A compiler or linker is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'A compiler is the heaviest thing a build leaves behind, and lets an intruder build on the spot what the image lacks. The program that was built needs none.',
  fix: 'Build in one stage and copy the result into a small image in the last one: FROM golang:1 AS build, then FROM gcr.io/distroless/static-debian12 and COPY --from=build /out/app /app.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  judgeImage: (evidence) => judgeTools(evidence, 'compiler', COMPILERS, 'low'),
};
