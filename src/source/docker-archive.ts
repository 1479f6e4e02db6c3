import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, type Gap, isDigest, type Limits } from '../core/index.ts';
import { asArray, asObject, asSize, asText, asTextList, MEDIA_TYPES, memberOf, parseJsonObject } from '../oci/index.ts';
import { type Choice, chooseImages, isByName } from './choose-image.ts';
import { ConfigBudget } from './config-budget.ts';
import { damageGaps, type FileSet } from './file-set.ts';
import { blobPath } from './oci-layout.ts';
import type { SourceContent, SourceImage, SourceLayer, SourceProblem } from './source.ts';

/** Whether files are those of a `docker save` archive. */
export function isDockerArchive(files: FileSet): boolean {
  return files.has('manifest.json');
}

interface ArchivedImage extends Choice {
  readonly config: string;
  readonly layers: readonly string[];
  readonly sources: readonly LayerPlace[];
}

/** Where a layer can be had that the archive may not hold. */
interface LayerPlace {
  readonly diffId: string;
  readonly mediaType: string | null;
  readonly sizeBytes: number | null;
  readonly urls: readonly string[];
}

/**
 * Reads an archive of `docker save` by its manifest.json (Docker image specification v1.2, "Combined Image
 * JSON + Filesystem Changeset Format"), as `docker-archive:` of skopeo does, also where an OCI layout is beside it.
 * @param wanted what to choose by, see {@link chooseImages}; null takes all images there are
 * @throws AuditError
 */
export function readDockerArchive(files: FileSet, wanted: string | null, limits: Limits): SourceContent {
  const gaps: Gap[] = damageGaps(files);
  const chosen = chooseImages(readManifestJson(files, limits, gaps), wanted, files.place);
  const problems: SourceProblem[] = [...files.problems];
  const context = { files, limits, gaps, problems, configs: new ConfigBudget(limits) };
  return {
    kind: 'docker-archive',
    ...subjectOf(chosen.map((image) => readImage(image, context))),
    mediaType: MEDIA_TYPES.dockerConfig,
    annotations: {},
    attachments: [],
    problems,
    gaps,
  };
}

/**
 * The images that manifest.json names and an OCI layout beside it does not, or with other layers. Docker 25 and
 * later write both. The attack: `docker load`, `podman load` and skopeo's `docker-archive:` believe manifest.json,
 * containerd and `oci-archive:` index.json (skopeo 1.9 was tried with such an archive), so an audit that reads one
 * of them sees a clean image where the other one runs.
 * @param chosen the images that were chosen by index.json, to be compared with those of the same name
 * @param all all images of index.json, for those that were not chosen by name
 */
export function readDisagreeing(
  files: FileSet,
  wanted: string | null,
  limits: Limits,
  { chosen, all }: { chosen: readonly SourceImage[]; all: readonly SourceImage[] },
): { images: SourceImage[]; gaps: Gap[]; problems: SourceProblem[] } {
  const gaps: Gap[] = [];
  const archived = readManifestJson(files, limits, gaps);
  const isNamed = isByName(wanted);
  const compared = isNamed ? archived.filter((image) => isChosen(image, wanted)) : archived;
  const known = new Set((isNamed ? chosen : all).map((image) => layoutIdentity(files, image)));
  const problems: SourceProblem[] = [];
  const context = { files, limits, gaps, problems, configs: new ConfigBudget(limits) };
  const images = compared
    .filter((image) => !known.has(archiveIdentity(files, image)))
    .map((image) => {
      problems.push({
        kind: 'names-disagree',
        subject: `image ${image.names[0] ?? image.config} in manifest.json`,
        detail: 'index.json of the same archive names no such image: which of them is loaded depends on the program',
      });
      return { ...readImage(image, context), statedBy: 'manifest.json' };
    });
  return { images, gaps, problems };
}

function isChosen(image: ArchivedImage, wanted: string): boolean {
  return image.names.some((name) => name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`));
}

/** What makes two images of one archive the same: the files of their configurations and layers. */
function archiveIdentity(files: FileSet, { config, layers }: ArchivedImage): string {
  return JSON.stringify([config, ...layers].map((name) => files.target(name) ?? name));
}

function layoutIdentity(files: FileSet, { configDigest, layers }: SourceImage): string {
  const digests = [configDigest, ...layers.map(({ digest }) => digest)];
  return JSON.stringify(digests.map((digest) => digest && (files.target(blobPath(digest)) ?? blobPath(digest))));
}

/** The images of an archive, and what names the only one. */
export function subjectOf(images: SourceImage[]): Pick<SourceContent, 'digest' | 'images'> {
  return { digest: images.length === 1 ? (images[0]?.configDigest ?? null) : null, images };
}

function readManifestJson(files: FileSet, limits: Limits, gaps: Gap[]): ArchivedImage[] {
  const what = `manifest.json of ${files.place}`;
  const bytes = files.document('manifest.json') ?? new Uint8Array(0);
  // It is an array; parse it as a member of an object to share the one JSON reader.
  const wrapped = Buffer.concat([Buffer.from('{"images":'), bytes, Buffer.from('}')]);
  const list = asArray(parseJsonObject(wrapped, what)['images']);
  if (list === undefined) throw new AuditError('DOCUMENT_INVALID', `${what} is no list of images`);
  if (list.length > limits.maxManifests) {
    gaps.push({
      subject: what,
      reason: 'budget-exceeded',
      bytes: null,
      message: `only the first ${limits.maxManifests} of ${list.length} images are examined`,
      incomplete: true,
    });
  }
  return list.slice(0, limits.maxManifests).map((value, i) => {
    const object = asObject(value) ?? {};
    const config = asText(memberOf(object, 'Config'));
    if (config === undefined) throw new AuditError('DOCUMENT_INVALID', `image ${i} in ${what} names no configuration`);
    return {
      config,
      digest: digestInName(config),
      layers: asTextList(memberOf(object, 'Layers')),
      names: asTextList(memberOf(object, 'RepoTags')),
      sources: readLayerSources(memberOf(object, 'LayerSources')),
    };
  });
}

/** Descriptors of layers by their diffIDs, which Docker writes for those that may not be distributed. */
function readLayerSources(value: unknown): LayerPlace[] {
  return Object.entries(asObject(value) ?? {}).map(([diffId, descriptor]) => {
    const object = asObject(descriptor);
    return {
      diffId,
      mediaType: asText(memberOf(object, 'mediaType')) ?? null,
      sizeBytes: asSize(memberOf(object, 'size')) ?? null,
      urls: asTextList(memberOf(object, 'urls')),
    };
  });
}

/** What images of one archive are read with. */
interface ReadContext {
  readonly files: FileSet;
  readonly limits: Limits;
  readonly gaps: Gap[];
  readonly problems: SourceProblem[];
  readonly configs: ConfigBudget;
}

function readImage(image: ArchivedImage, { files, limits, gaps, problems, configs }: ReadContext): SourceImage {
  const { config, configTrouble } = readConfig(files, image.config, configs);
  const stated = digestInName(image.config);
  const configDigest = config === null ? stated : digestOf(config);
  if (stated !== null && configDigest !== stated) {
    problems.push({
      kind: image.config.startsWith('blobs/') ? 'digest-mismatch' : 'name-mismatch',
      subject: `configuration ${image.config}`,
      detail: `its bytes have the digest ${configDigest}`,
    });
  }
  if (image.layers.length > limits.maxManifests) {
    gaps.push({
      subject: image.config,
      reason: 'budget-exceeded',
      bytes: null,
      message: `only the first ${limits.maxManifests} of ${image.layers.length} layers are examined`,
      incomplete: true,
    });
  }
  const diffIds = readDiffIds(config);
  return {
    platform: null,
    manifestDigest: null,
    configDigest,
    config,
    ...(configTrouble === undefined ? {} : { configTrouble }),
    annotations: {},
    layers: image.layers
      .slice(0, limits.maxManifests)
      .map((name, i) => withPlace(readLayer(files, name), image.sources, diffIds[i])),
    names: image.names,
  };
}

function readConfig(
  files: FileSet,
  name: string,
  configs: ConfigBudget,
): Pick<SourceImage, 'config' | 'configTrouble'> {
  try {
    return configs.keep(files.document(name));
  } catch (error) {
    if (!(error instanceof AuditError) || !['DOCUMENT_TOO_LARGE', 'DOCUMENT_INVALID'].includes(error.code)) throw error;
    return { config: null, configTrouble: { reason: 'config-invalid', message: error.message } };
  }
}

/** A layer that is not there, with what the archive says of where it is. */
function withPlace(layer: SourceLayer, places: readonly LayerPlace[], diffId: unknown): SourceLayer {
  const place = layer.blob === null ? places.find((one) => one.diffId === diffId) : undefined;
  if (place === undefined) return layer;
  const { mediaType, sizeBytes, urls } = place;
  return { ...layer, mediaType, sizeBytes, urls };
}

function readDiffIds(config: Uint8Array | null): readonly unknown[] {
  if (config === null) return [];
  try {
    const rootfs = asObject(memberOf(parseJsonObject(config, 'the configuration'), 'rootfs'));
    return asArray(memberOf(rootfs, 'diff_ids')) ?? [];
  } catch {
    return [];
  }
}

/** A layer by its name in an archive. */
export function readLayer(files: FileSet, name: string): SourceLayer {
  const blob = files.blob(name) ?? null;
  const sizeBytes = blob === null ? null : blob.kind === 'file' ? blob.range.lengthBytes : blob.sizeBytes;
  return { digest: digestInName(name), sizeBytes, mediaType: null, urls: [], blob };
}

/** Docker 25 names blobs by digest, `blobs/sha256/<hex>`, and configurations `<hex>.json` since 1.10. */
function digestInName(name: string): Digest | null {
  const hex = /^(?:blobs\/sha256\/)?([a-f0-9]{64})(?:\.json)?$/.exec(name)?.[1];
  const digest = `sha256:${hex}`;
  return isDigest(digest) ? digest : null;
}
