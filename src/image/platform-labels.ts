import { formatPlatformInFull, shortDigest } from '../core/index.ts';
import type { Image } from './image.ts';

/**
 * Tells images apart that one source has for one platform and that are to be audited together, by what they are
 * called in a report: Windows images by the version of Windows, an image that only one of two manifests names by
 * that manifest. What is left with the same platform are images of which the user has to choose one.
 */
export function labelPlatforms(
  images: readonly { readonly image: Image; readonly statedBy: string | null }[],
): Image[] {
  const stated = images.map(({ image, statedBy }) =>
    statedBy === null ? image : { ...image, platform: `${image.platform} (${statedBy})` },
  );
  return relabel(stated, (image) => {
    const { runsOn, platform } = image;
    return runsOn?.osVersion === undefined ? platform : platform.replace(/^[^ ]+/, () => formatPlatformInFull(runsOn));
  });
}

/** Tells all images apart, by name or digest, so that several of one platform fit into one report. */
export function distinguishImages(images: readonly Image[]): Image[] {
  const named = relabel(images, (image) => `${image.platform} (${callOf(image)})`);
  const taken = new Set<string>();
  return named.map((image) => {
    let { platform } = image;
    for (let i = 2; taken.has(platform); i += 1) platform = `${image.platform} ${i}`;
    taken.add(platform);
    return { ...image, platform };
  });
}

function relabel(images: readonly Image[], label: (image: Image) => string): Image[] {
  const counts = new Map<string, number>();
  for (const { platform } of images) counts.set(platform, (counts.get(platform) ?? 0) + 1);
  return images.map((image) => ((counts.get(image.platform) ?? 0) > 1 ? { ...image, platform: label(image) } : image));
}

function callOf({ names, manifestDigest, configDigest }: Image): string {
  return names[0] ?? shortDigest(manifestDigest ?? configDigest ?? 'no name');
}
