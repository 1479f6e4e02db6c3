import type { Gap, Limits } from '../core/index.ts';
import { asObject, asText, asTextList, type JsonObject, parseJsonObject } from '../oci/index.ts';
import { chooseImages } from './choose-image.ts';
import { readLayer, subjectOf } from './docker-archive.ts';
import { damageGaps, type FileSet } from './file-set.ts';
import type { SourceContent, SourceImage, SourceLayer } from './source.ts';

/** Whether files are those of `docker save` before Docker 1.10, which wrote no manifest. */
export function isLegacyDockerArchive(files: FileSet): boolean {
  return files.has('repositories') && !files.has('manifest.json');
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
      if (typeof id !== 'string') continue;
      tops.set(id, [...(tops.get(id) ?? []), name]);
    }
  }
  const chosen = chooseImages(
    [...tops].map(([id, names]) => ({ id, names, digest: null })),
    wanted,
    files.place,
  );
  const gaps = damageGaps(files);
  const images = chosen.map(({ id, names }) => readLegacyImage(files, id, names, limits, gaps));
  return {
    kind: 'docker-archive',
    ...subjectOf(images),
    mediaType: null,
    annotations: {},
    attachments: [],
    problems: files.problems,
    gaps,
  };
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
