import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Indexes and packages that apk add leaves without --no-cache. */
export const leftoverApkCache: Rule = {
  id: 'leftover/apk-cache',
  title: 'The package cache of apk is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'It serves only the next apk add, which should not happen in a container, and makes every pull larger.',
  fix: 'Install without a cache: RUN apk add --no-cache ….',
  references: ['https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'apk', { what: 'Indexes and packages of apk' }),
};
