import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, type Gap, isDigest, type Limits } from '../core/index.ts';
import { asArray, asObject, asText, asTextList, type JsonObject, MEDIA_TYPES, parseJsonObject } from '../oci/index.ts';
import { damageGaps, type FileSet } from './file-set.ts';
import type { SourceContent, SourceImage, SourceLayer, SourceProblem } from './source.ts';

/** Whether files are those of a `docker save` archive. */
export function isDockerArchive(files: FileSet): boolean {
  return files.has('manifest.json');
}

/** Whether files are those of `docker save` before Docker 1.10, which wrote no manifest. */
export function isLegacyDockerArchive(files: FileSet): boolean {
  return files.has('repositories') && !files.has('manifest.json');
}

interface ArchivedImage {
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly string[];
}

/**
 * Reads an archive of `docker save` by its manifest.json (Docker image specification v1.2, "Combined Image
 * JSON + Filesystem Changeset Format"). Archives of Docker 25 and later have an OCI layout beside it, which
 * is read instead, because it has the digests.
 * @param wanted a tag in the archive; null takes the only image there is
 * @throws AuditError
 */
export function readDockerArchive(files: FileSet, wanted: string | null, limits: Limits): SourceContent {
  const images = readManifestJson(files);
  const chosen =
    wanted === null
      ? images
      : images.filter(({ names }) =>
          names.some((name) => name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`)),
        );
  if (chosen.length === 0) {
    throw new AuditError(
      'IMAGE_NOT_FOUND',
      wanted === null ? `${files.place} has no image` : `${files.place} has no image ${JSON.stringify(wanted)}`,
      {
        hint: `It has: ${listNames(images)}.`,
      },
    );
  }
  const gaps: Gap[] = damageGaps(files);
  const problems: SourceProblem[] = [];
  return {
    kind: 'docker-archive',
    ...subjectOf(chosen.map((image) => readImage(files, image, limits, gaps, problems))),
    mediaType: MEDIA_TYPES.dockerConfig,
    annotations: {},
    attachments: [],
    problems,
    gaps,
  };
}

/**
 * Reads an archive from before Docker 1.10: each layer is a folder with its parent's name in a `json`.
 * The newest layer's `json` is the only configuration there is.
 * @throws AuditError
 */
export function readLegacyDockerArchive(files: FileSet, wanted: string | null, limits: Limits): SourceContent {
  const what = `repositories of ${files.place}`;
  const tops = new Map<string, string[]>();
  for (const [repository, tags] of Object.entries(
    parseJsonObject(files.document('repositories') ?? new Uint8Array(0), what),
  )) {
    for (const [tag, id] of Object.entries(asObject(tags) ?? {})) {
      const name = `${repository}:${tag}`;
      if (typeof id !== 'string' || (wanted !== null && name !== wanted)) continue;
      tops.set(id, [...(tops.get(id) ?? []), name]);
    }
  }
  if (tops.size === 0)
    throw new AuditError('IMAGE_NOT_FOUND', `${files.place} has no image ${JSON.stringify(wanted ?? '')}`);
  const gaps = damageGaps(files);
  const images = [...tops].map(([id, names]) => readLegacyImage(files, id, names, limits, gaps));
  return {
    kind: 'docker-archive',
    ...subjectOf(images),
    mediaType: null,
    annotations: {},
    attachments: [],
    problems: [],
    gaps,
  };
}

function subjectOf(images: SourceImage[]): Pick<SourceContent, 'digest' | 'images'> {
  return { digest: images.length === 1 ? (images[0]?.configDigest ?? null) : null, images };
}

function readManifestJson(files: FileSet): ArchivedImage[] {
  const what = `manifest.json of ${files.place}`;
  const bytes = files.document('manifest.json') ?? new Uint8Array(0);
  // It is an array; parse it as a member of an object to share the one JSON reader.
  const wrapped = Buffer.concat([Buffer.from('{"images":'), bytes, Buffer.from('}')]);
  const list = asArray(parseJsonObject(wrapped, what)['images']);
  if (list === undefined) throw new AuditError('DOCUMENT_INVALID', `${what} is no list of images`);
  return list.map((value, i) => {
    const object = asObject(value) ?? {};
    const config = asText(member(object, 'Config'));
    if (config === undefined) throw new AuditError('DOCUMENT_INVALID', `image ${i} in ${what} names no configuration`);
    return { config, layers: asTextList(member(object, 'Layers')), names: asTextList(member(object, 'RepoTags')) };
  });
}

/** Jib writes the keys in lower case. */
function member(object: JsonObject, key: string): unknown {
  return object[key] ?? object[key.toLowerCase()];
}

function listNames(images: readonly ArchivedImage[]): string {
  return (
    images
      .slice(0, 20)
      .map(({ names, config }) => names[0] ?? config)
      .join(', ') || 'none'
  );
}

function readImage(
  files: FileSet,
  image: ArchivedImage,
  limits: Limits,
  gaps: Gap[],
  problems: SourceProblem[],
): SourceImage {
  const config = files.document(image.config) ?? null;
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
  return {
    platform: null,
    manifestDigest: null,
    configDigest,
    config,
    annotations: {},
    layers: image.layers.slice(0, limits.maxManifests).map((name) => readLayer(files, name)),
    names: image.names,
  };
}

function readLayer(files: FileSet, name: string): SourceLayer {
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

/** Longest chain of parents followed; Docker never allowed more than 127 layers. */
const MAX_PARENTS = 1000;

function readLegacyImage(
  files: FileSet,
  top: string,
  names: readonly string[],
  limits: Limits,
  gaps: Gap[],
): SourceImage {
  const layers: SourceLayer[] = [];
  const history: JsonObject[] = [];
  const config = files.document(`${top}/json`) ?? null;
  const seen = new Set<string>();
  let id: string | undefined = top;
  while (id !== undefined && !seen.has(id) && seen.size < Math.min(MAX_PARENTS, limits.maxManifests)) {
    seen.add(id);
    const bytes = files.document(`${id}/json`);
    if (bytes === undefined) {
      gaps.push({
        subject: `layer ${id}`,
        reason: 'config-absent',
        bytes: null,
        message: `layer ${id} has no json; its parents are unknown`,
        incomplete: true,
      });
      layers.unshift(readLayer(files, `${id}/layer.tar`));
      break;
    }
    const json = parseJsonObject(bytes, `json of layer ${id}`);
    layers.unshift(readLayer(files, `${id}/layer.tar`));
    history.unshift({
      created: json['created'],
      created_by: asTextList(asObject(json['container_config'])?.['Cmd']).join(' '),
      author: json['author'],
    });
    id = asText(json['parent']) || undefined;
  }
  return {
    platform: null,
    manifestDigest: null,
    configDigest: null,
    config: config === null ? null : withHistory(config, history),
    annotations: {},
    layers,
    names,
  };
}

/** The old configuration with what the new format would have: a history, a step for each layer. */
function withHistory(config: Uint8Array, history: readonly JsonObject[]): Uint8Array {
  const document = parseJsonObject(config, 'the configuration');
  return Buffer.from(JSON.stringify({ ...document, history, rootfs: { type: 'layers', diff_ids: [] } }));
}
