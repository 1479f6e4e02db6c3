import type { ImageEvidence } from '../evidence.ts';
import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

const ARCHIVE = /\.(?:tar|tar\.\w+|t?gz|tgz|tbz2?|txz|bz2|xz|zst|tzst)(?:\s|$)/i;

/** ADD of local files, which COPY does without surprises. */
export const layerAddLocal: Rule = {
  id: 'layer/add-local',
  title: 'ADD was used where COPY does',
  severity: 'info',
  confidence: 'medium',
  why: 'ADD unpacks what looks like an archive and fetches what looks like an address: a file of another name or content gives another image (CIS Docker Benchmark 4.9).',
  fix: 'Write COPY, and ADD only for archives that are meant to be unpacked.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#add-or-copy',
    'https://www.cisecurity.org/benchmark/docker',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, ({ text, layerIndex }) => isOwn(evidence, layerIndex) && isLocal(text), {
      key: 'add',
      verb: ['adds', 'add'],
      what: 'local files with ADD',
    }),
};

/** The root filesystem of a base image comes by ADD, and is nobody's mistake. */
function isOwn({ image }: ImageEvidence, layerIndex: number | null): boolean {
  return layerIndex !== null && layerIndex !== 0 && image.layers[layerIndex]?.origin !== 'base';
}

/** The classic builder names digests instead of files. */
function isLocal(text: string): boolean {
  return /^ADD\s/.test(text) && !/:\/\//.test(text) && !ARCHIVE.test(text) && !/^ADD (?:file|multi|dir):/.test(text);
}
