import { type ImageEvidence, pathMembers } from '../rules/index.ts';

/** A path as documents show it: absolute, without secrets, its bytes beside it where they are no UTF-8. */
export function shownPath(
  { redact }: Pick<ImageEvidence, 'redact'>,
  path: string,
): { readonly path: string; readonly pathBase64?: string } {
  const { path: shown, pathBase64 } = pathMembers(redact(path));
  return { path: shown as string, ...(pathBase64 === undefined ? {} : { pathBase64 }) };
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
