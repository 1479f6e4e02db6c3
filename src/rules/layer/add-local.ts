import { baseName } from '../../core/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import { type Instruction, judgeInstructions } from '../instructions.ts';
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
    judgeInstructions(evidence, (one) => isOwn(evidence, one.layerIndex) && isLocal(evidence, one), {
      key: 'add',
      verb: ['adds', 'add'],
      what: 'local files with ADD',
    }),
};

/** The root filesystem of a base image comes by ADD, and is nobody's mistake. */
function isOwn({ image }: ImageEvidence, layerIndex: number | null): boolean {
  return layerIndex !== null && layerIndex !== 0 && image.layers[layerIndex]?.origin !== 'base';
}

/** Whether files of the context were added. The classic builder and buildah name digests: there the layer tells. */
function isLocal(evidence: ImageEvidence, { text, layerIndex }: Instruction): boolean {
  if (!/^ADD\s/.test(text) || /:\/\//.test(text) || ARCHIVE.test(text)) return false;
  if (!/^ADD (?:file|multi|dir):/.test(text)) return true;
  const table = evidence.filesystem.tables[layerIndex ?? -1];
  if (table === undefined || text.startsWith('ADD dir:')) return table !== undefined;
  // An archive is unpacked to more than one file, or to one that is called as it was in there.
  const files = Array.from({ length: table.length }, (_, row) => row).filter((row) => table.kind(row) === 'file');
  const target = / in (\S+)\s*$/.exec(text)?.[1] ?? '';
  return files.length === 1 && baseName(table.path(files[0] as number)) === baseName(target);
}
