import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';
import { BUILD_CACHES, type BuildCache } from './patterns.ts';

/** What package managers of languages and build tools keep for the next build: one finding for each of them. */
export const leftoverBuildCache: Rule = {
  id: 'leftover/build-cache',
  title: 'A cache of the build is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'What a package manager or a build tool fetched and kept serves the next build, and no container. It is often larger than the program, and holds versions of packages that nothing uses but that scanners report.',
  fix: 'Keep caches out of layers: RUN --mount=type=cache,target=…. Or build in a stage of its own, and copy the result.',
  references: [
    'https://docs.docker.com/build/cache/optimize/#use-cache-mounts',
    'https://docs.docker.com/build/building/multi-stage/',
  ],
  *judgeImage(evidence) {
    for (const [kind, { what, fix }] of Object.entries(BUILD_CACHES))
      yield* judgeLeftFiles(evidence, kind as BuildCache, { what, remediation: fix });
  },
};
