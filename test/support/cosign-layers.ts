/** An image and what is hung on it under cosign's tags, with layers that are changed in one thing. */
import type { TrustReport } from '../../src/report/index.ts';
import { type AttachmentLayer, attach, layoutWith, type TestTrust, verifyFiles } from './attachments.ts';
import { type BuiltImage, buildImage } from './image-builder.ts';
import type { SigstoreInstance } from './sigstore-instance.ts';
import { file } from './tar-writer.ts';

const image = (content: string): BuiltImage =>
  buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', content)] }] });

/** The image that is verified. */
export const IMAGE = image('one');
/** The digest that has to be signed. */
export const DIGEST = IMAGE.manifest.digest;
/** An image that is not looked at. */
export const OTHER = image('another');

/** Annotations of cosign. */
export const LOG = 'dev.sigstore.cosign/bundle';
export const CERTIFICATE = 'dev.sigstore.cosign/certificate';

/** Verifies the image with these layers under cosign's tag. */
export function verifyLayers(
  instance: SigstoreInstance,
  layers: readonly AttachmentLayer[],
  trust: TestTrust = {},
  suffix: 'sig' | 'att' = 'sig',
): Promise<TrustReport> {
  return verifyFiles(layoutWith([IMAGE], [attach(layers, { tag: DIGEST, suffix })]), instance, trust);
}

/** The verdict on the image, and the exit status. */
export const verdictOf = ({ images, verdict }: TrustReport): string => `${images[0]?.verdict} ${verdict.exitStatus}`;
/** All reasons that attachments were given. */
export const reasonsOf = ({ attachments }: TrustReport): string =>
  attachments.flatMap(({ reasons }) => reasons).join('; ');

/** A layer with other annotations; undefined takes one away. */
export const changed = (layer: AttachmentLayer, annotations: Record<string, string | undefined>): AttachmentLayer => ({
  ...layer,
  annotations: Object.fromEntries(
    Object.entries({ ...layer.annotations, ...annotations }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  ),
});

/** A layer with something changed in its log entry. */
export function withLog(
  layer: AttachmentLayer,
  change: (log: Record<string, Record<string, unknown>>) => void,
): AttachmentLayer {
  const log = JSON.parse(layer.annotations?.[LOG] as string) as Record<string, Record<string, unknown>>;
  change(log);
  return changed(layer, { [LOG]: JSON.stringify(log) });
}
