import {
  AuditError,
  type DiffId,
  type Digest,
  formatPlatform,
  formatPlatformInFull,
  normalisePlatform,
  type Platform,
  platformMatches,
} from '../core/index.ts';
import { type ImageConfig, readImageConfig } from '../oci/index.ts';
import type { BlobHandle, ConfigTrouble, SourceImage, SourceLayer } from '../source/index.ts';
import { type AlignedHistory, alignHistory, type LayerOrigin, type LayerStep } from './history.ts';
import { labelPlatforms } from './platform-labels.ts';

/** A layer in its place: a position in a stack. One blob may stand in several. */
export interface ImageLayer {
  /** From 0, the lowest. */
  readonly index: number;
  /** Digest that the manifest states. */
  readonly digest: Digest | null;
  /** DiffID that the configuration states. */
  readonly diffId: DiffId | null;
  readonly mediaType: string | null;
  readonly sizeBytes: number | null;
  readonly urls: readonly string[];
  readonly blob: BlobHandle | null;
  readonly step: LayerStep | null;
  readonly origin: LayerOrigin;
  readonly originBasis: string;
}

/** One image of one platform. */
export interface Image {
  /**
   * `linux/amd64`; `unknown` where neither index nor configuration says. Other images of the same source, of the
   * same platform, have something added to it that tells them apart; see {@link labelPlatforms}.
   */
  readonly platform: string;
  /** The platform itself, in one spelling. */
  readonly runsOn: Platform | null;
  /** What index and configuration say of the platform, where they disagree. */
  readonly platformConflict: { readonly index: string; readonly config: string } | null;
  readonly manifestDigest: Digest | null;
  readonly configDigest: Digest | null;
  /** Null where it is absent or broken; `configTrouble` says why. */
  readonly config: ImageConfig | null;
  readonly configTrouble: ConfigTrouble | null;
  readonly layers: readonly ImageLayer[];
  readonly historyMismatch: AlignedHistory['mismatch'];
  /** The first entry of the history that is not the base image's; null where that is not known. */
  readonly ownHistoryFrom: number | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly names: readonly string[];
}

/** Makes images out of what a source has, platforms and history worked out. */
export function toImages(images: readonly SourceImage[]): Image[] {
  return labelPlatforms(images.map((source) => ({ image: toImage(source), statedBy: source.statedBy ?? null })));
}

function toImage(source: SourceImage): Image {
  const { config, trouble } = readConfig(source);
  const own = config?.platform ?? null;
  const platform = combinePlatforms(source.platform, own);
  const conflict =
    own !== null && source.platform !== null && platform !== null && !isSamePlatform(source.platform, platform);
  const history = alignHistory(config?.history ?? [], source.layers.length);
  return {
    platform: platform === null ? 'unknown' : formatPlatform(normalisePlatform(platform)),
    runsOn: platform === null ? null : normalisePlatform(platform),
    platformConflict:
      conflict && source.platform !== null && own !== null
        ? { index: formatPlatform(source.platform), config: formatPlatform(own) }
        : null,
    manifestDigest: source.manifestDigest,
    configDigest: source.configDigest,
    config,
    configTrouble: trouble,
    layers: source.layers.map((layer, index) => toLayer(layer, index, config, history)),
    historyMismatch: history.mismatch,
    ownHistoryFrom: history.ownFrom,
    annotations: source.annotations,
    names: source.names,
  };
}

/**
 * The configuration's platform, because it is the one that a runtime checks; with the index's variant where it
 * names none: configurations of official images for `arm/v5` and `arm/v7` say `arm` only. So with the version.
 */
function combinePlatforms(index: Platform | null, config: Platform | null): Platform | null {
  if (config === null || index === null) return config ?? index;
  if (!isSamePlatform({ os: index.os, architecture: index.architecture }, config)) return config;
  const { variant, osVersion } = index;
  return {
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...config,
  };
}

/** Versions of the operating system are no part of what a platform is. */
function isSamePlatform({ os, architecture, variant }: Platform, other: Platform): boolean {
  return platformMatches({ os, architecture, ...(variant === undefined ? {} : { variant }) }, other);
}

function readConfig(source: SourceImage): { config: ImageConfig | null; trouble: Image['configTrouble'] } {
  const what = source.configDigest === null ? 'the configuration' : `configuration ${source.configDigest}`;
  if (source.bare === true) return { config: null, trouble: null };
  if (source.configTrouble !== undefined) return { config: null, trouble: source.configTrouble };
  if (source.config === null) {
    return {
      config: null,
      trouble: { reason: 'config-absent', message: `${what} is not there: user, environment and history are unknown` },
    };
  }
  try {
    return { config: readImageConfig(source.config, what), trouble: null };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return { config: null, trouble: { reason: 'config-invalid', message: error.message } };
  }
}

function toLayer(layer: SourceLayer, index: number, config: ImageConfig | null, history: AlignedHistory): ImageLayer {
  const origin = history.origins[index];
  // DiffIDs belong to layers by position only where there are as many of them.
  const diffIds = config?.diffIds.length === history.steps.length ? config.diffIds : [];
  return {
    index,
    digest: layer.digest,
    diffId: diffIds[index] ?? null,
    mediaType: layer.mediaType,
    sizeBytes: layer.sizeBytes,
    urls: layer.urls,
    blob: layer.blob,
    step: history.steps[index] ?? null,
    origin: origin?.origin ?? 'unknown',
    originBasis: origin?.basis ?? '',
  };
}

/**
 * The images of the platforms that the user asked for; all where nothing was asked.
 * @throws AuditError `PLATFORM_ABSENT` where a platform has no image
 */
export function selectPlatforms(images: readonly Image[], wanted: readonly Platform[], reference: string): Image[] {
  if (wanted.length === 0) return [...images];
  for (const platform of wanted) {
    if (images.some(({ runsOn }) => runsOn !== null && platformMatches(platform, runsOn))) continue;
    const offered = [...new Set(images.map((image) => image.platform))].join(', ') || 'none';
    throw new AuditError('PLATFORM_ABSENT', `${reference} has no image for ${formatPlatformInFull(platform)}`, {
      hint: `It has: ${offered}.`,
    });
  }
  return images.filter(({ runsOn }) => runsOn !== null && wanted.some((one) => platformMatches(one, runsOn)));
}
