import type { FilesystemEntry } from '../filesystem/index.ts';
import type { EntryFacts } from '../report/index.ts';
import { formatTime, type ImageEvidence, pathMembers } from '../rules/index.ts';
import { digestOf, sizeOf } from '../stages/index.ts';

/** A path as documents show it: absolute, without secrets, its bytes beside it where they are no UTF-8. */
export function shownPath(
  { redact }: Pick<ImageEvidence, 'redact'>,
  path: string,
): { readonly path: string; readonly pathBase64?: string } {
  const { path: shown, pathBase64 } = pathMembers(redact(path));
  return { path: shown as string, ...(pathBase64 === undefined ? {} : { pathBase64 }) };
}

/** A version of a path as documents show it. */
export function shownEntry({ redact }: Pick<ImageEvidence, 'redact'>, entry: FilesystemEntry): EntryFacts {
  const digest = digestOf(entry);
  return {
    kind: entry.kind,
    bytes: sizeOf(entry),
    mode: entry.mode.toString(8).padStart(4, '0'),
    uid: entry.uid,
    gid: entry.gid,
    mtime: formatTime(entry.mtime),
    digest: digest === null ? null : `sha256:${digest}`,
    linkTarget: entry.kind === 'symlink' || entry.kind === 'hardlink' ? redact(entry.linkTarget) : null,
  };
}

/** What documents say of a layer besides its size. */
export interface ShownLayer {
  readonly index: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly instruction: string | null;
  readonly historyIndex: number | null;
  readonly created: string | null;
}

/** A layer of an image as documents show it. */
export function shownLayer({ layers, redact }: ImageEvidence, index: number): ShownLayer {
  const { layer, record } = layers[index] as ImageEvidence['layers'][number];
  const { step } = layer;
  return {
    index,
    digest: layer.digest ?? record?.blob.digest ?? null,
    diffId: layer.diffId ?? record?.diffId ?? null,
    instruction: step === null ? null : redact(step.instruction),
    historyIndex: step?.historyIndex ?? null,
    created: step === null || step.created === null ? null : redact(step.created),
  };
}

/** What documents say of an image before anything else. */
export function shownImage({ image, redact }: ImageEvidence): {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
} {
  return {
    platform: redact(image.platform),
    names: image.names.map(redact),
    manifestDigest: image.manifestDigest,
    configDigest: image.configDigest,
  };
}
