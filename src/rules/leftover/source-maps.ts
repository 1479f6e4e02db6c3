import type { Rule } from '../rule.ts';
import { judgeLeftFiles, WORTH_LEAVING_OUT } from './left-files.ts';

/** Source maps: of the program, and a megabyte or more of its dependencies. */
export const leftoverSourceMaps: Rule = {
  id: 'leftover/source-maps',
  title: 'Source maps are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'A source map holds the source that a bundle was made of, comments and all. Where a web server serves its folder, everybody can read it.',
  fix: 'Build without them (vite: build.sourcemap=false, webpack: devtool: false, next: productionBrowserSourceMaps: false), or upload them to where errors are looked at and delete them in the same RUN.',
  references: ['https://developer.mozilla.org/en-US/docs/Glossary/Source_map'],
  *judgeImage(evidence) {
    yield* judgeLeftFiles(evidence, 'source-maps', { what: 'Source maps', named: true });
    for (const draft of judgeLeftFiles(evidence, 'package-source-maps', {
      what: 'Source maps of dependencies',
      minimumBytes: WORTH_LEAVING_OUT,
      remediation:
        'Bundle the program, or delete them in the RUN that installs: find node_modules -name "*.map" -delete.',
    }))
      yield { ...draft, severity: 'info', title: 'Source maps of dependencies are in the image' };
  },
};
