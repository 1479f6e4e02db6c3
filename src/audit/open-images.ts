import { AuditError, type Limits, type Platform } from '../core/index.ts';
import { distinguishImages, type Image, selectPlatforms, toImages } from '../image/index.ts';
import {
  type AttachmentStore,
  type OpenOptions,
  openSource,
  parseLocation,
  type SourceContent,
} from '../source/index.ts';
import type { LayerWork } from './examine-layers.ts';
import type { OnProgress } from './progress.ts';
import { untilAborted } from './until-aborted.ts';

/** Which images, and where to look for them. */
export interface OpenImagesOptions {
  readonly reference: string;
  /** Platforms that are wanted; none means all there are. */
  readonly platforms?: readonly Platform[];
  readonly allImages?: boolean;
  readonly limits: Limits;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** Images whose layers can be read until it is disposed of. */
export interface OpenedImages extends Disposable {
  readonly content: SourceContent;
  readonly images: readonly Image[];
  /** Where signatures and attestations are had from; null where the place keeps none. */
  readonly attachments: AttachmentStore | null;
}

/**
 * Opens what a reference names. Blobs of sources that can be read only once are examined on the way.
 * @throws AuditError with the one cause for which it cannot be done
 */
export async function openImages(
  options: OpenImagesOptions,
  work: Pick<LayerWork, 'examinePassing'>,
): Promise<OpenedImages> {
  const { reference, limits, signal, platforms = [] } = options;
  const location = parseLocation(reference);
  options.onProgress({ type: 'opening', reference });
  // Standard input may have nothing to say for hours, and knows no signal.
  const opening = openSource(location, {
    limits,
    signal,
    platforms,
    stdin: options.stdin ?? process.stdin,
    registry: options.registry ?? { env: process.env },
    onPassingBlob: (name, chunks) => work.examinePassing(name, chunks),
  });
  const source = await untilAborted(opening, signal);
  try {
    const { content } = source;
    const gaps = content.gaps.map((gap) => gap.message);
    const all = distinctImages(toImages(content.images), reference, gaps, options.allImages === true);
    const images = selectPlatforms(all, platforms, reference);
    const { attachments } = source;
    return { content, images, attachments, [Symbol.dispose]: () => source[Symbol.dispose]() };
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/**
 * One image for each platform: several of one platform are different images, and which one was meant nobody
 * but the user knows.
 */
function distinctImages(
  images: readonly Image[],
  reference: string,
  gaps: readonly string[],
  allImages: boolean,
): Image[] {
  if (images.length === 0) {
    throw new AuditError(
      'IMAGE_NOT_FOUND',
      `${reference} has no image to audit${gaps.length === 0 ? '' : `: ${gaps[0]}`}`,
      {
        hint:
          gaps.length === 0
            ? 'It holds signatures, attestations or other artifacts only. Give the image that they belong to.'
            : 'Fetch it again, with everything that its index names.',
      },
    );
  }
  if (allImages) return distinguishImages(images);
  const byPlatform = Map.groupBy(images, ({ platform }) => platform);
  if ([...byPlatform.values()].every((group) => group.length === 1)) return [...images];
  const names = images.map(
    (image) =>
      image.names[0] ??
      (image.manifestDigest === null ? null : `@${image.manifestDigest}`) ??
      image.configDigest ??
      image.platform,
  );
  const listed = [...new Set(names)];
  throw new AuditError('IMAGE_AMBIGUOUS', `${reference} has ${images.length} images`, {
    hint: `Choose one by its name or digest behind a colon or @, or audit all of them with --all-images, for example ${reference}${listed[0]?.startsWith('@') === true ? '' : ':'}${listed[0]}. It has: ${listed.slice(0, 20).join(', ')}${listed.length > 20 ? ` and ${listed.length - 20} more` : ''}.`,
  });
}
