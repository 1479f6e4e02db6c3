import { hasUndecodableBytes, undecodableBase64 } from '../core/index.ts';
import type { FilesystemEntry } from '../filesystem/index.ts';
import type { ImageEvidence, OrphanEvidence, SubjectEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';

const NOWHERE: Evidence = {
  platform: null,
  layer: null,
  instruction: null,
  path: null,
  nestedPath: [],
  field: null,
  byteRange: null,
  line: null,
  fileDigest: null,
  mode: null,
  uid: null,
  gid: null,
  mtime: null,
  state: 'metadata',
  hiddenBy: null,
  bytes: null,
  detail: null,
  secret: null,
};

/** A file that is in no image, or what standard input gave. */
export function filePlace(subject: SubjectEvidence, path: string | null, more: Partial<Evidence> = {}): Evidence {
  const named = path === null ? { field: 'standard input' } : pathMembers(subject.redact(path), '');
  return { ...NOWHERE, ...named, state: 'live', ...more };
}

/** A place that is the subject as a whole. */
export function subjectPlace(more: Partial<Evidence> = {}): Evidence {
  return { ...NOWHERE, ...more };
}

/** A blob that no manifest names, or a file in it, as a place. */
export function orphanPlace(
  subject: SubjectEvidence,
  orphan: OrphanEvidence,
  more: Partial<Evidence> = {},
  row?: number,
): Evidence {
  const entry = row === undefined ? null : orphan.filesystem.entry(0, row);
  return {
    ...NOWHERE,
    ...(entry === null ? {} : fileMembers(entry, subject.redact)),
    field: `blob:${subject.redact(orphan.name)}`,
    ...more,
    state: 'orphan',
  };
}

/** A place in an image, but in none of its layers: its configuration. */
export function imagePlace(evidence: ImageEvidence, more: Partial<Evidence> = {}): Evidence {
  return { ...NOWHERE, platform: evidence.image.platform, ...more };
}

/** A layer as a place. */
export function layerPlace(evidence: ImageEvidence, layerIndex: number, more: Partial<Evidence> = {}): Evidence {
  const { layer, record } = evidence.layers[layerIndex] as ImageEvidence['layers'][number];
  return {
    ...NOWHERE,
    platform: evidence.image.platform,
    layer: {
      index: layerIndex,
      digest: layer.digest ?? record?.blob.digest ?? null,
      diffId: layer.diffId ?? record?.diffId ?? null,
    },
    instruction: layer.step === null ? null : evidence.redact(layer.step.instruction),
    state: 'live',
    ...more,
  };
}

/** An entry of a layer as a place. */
export function entryPlace(evidence: ImageEvidence, entry: FilesystemEntry, more: Partial<Evidence> = {}): Evidence {
  return layerPlace(evidence, entry.layerIndex, {
    ...fileMembers(entry, evidence.redact),
    state: entry.state,
    hiddenBy: entry.hiddenBy,
    ...more,
  });
}

/** What evidence says of a file itself. */
function fileMembers(entry: FilesystemEntry, redact: (text: string) => string): Partial<Evidence> {
  const digest = entry.content === null ? null : entry.content.table.contentDigest(entry.content.row);
  return {
    ...pathMembers(redact(entry.path)),
    fileDigest: digest === null ? null : `sha256:${digest}`,
    mode: entry.mode.toString(8).padStart(4, '0'),
    uid: entry.uid,
    gid: entry.gid,
    mtime: formatTime(entry.mtime),
  };
}

/** How a path is given in evidence: absolute, with its bytes beside it where they are no UTF-8. */
export function pathMembers(path: string, root = '/'): Pick<Evidence, 'path' | 'pathBase64'> {
  const absolute = `${root}${path}`;
  if (!hasUndecodableBytes(path)) return { path: absolute };
  const shown = absolute.replace(/[\udc80-\udcff]/g, (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`);
  return { path: shown, pathBase64: undecodableBase64(path) as string };
}

/** Seconds since the epoch as RFC 3339; null for times that no calendar has. */
export function formatTime(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) || Math.abs(seconds) > 253_402_300_799
    ? null
    : date.toISOString().replace('.000Z', 'Z');
}
