import { type Digest, type Gap, isDigest, type Limits } from '../core/index.ts';
import {
  asArray,
  asText,
  isIndexType,
  isManifestType,
  type JsonObject,
  memberOf,
  parseJsonObject,
} from '../oci/index.ts';
import { TRAILING_NAME } from './archive-files.ts';
import type { FileEntry, FileSet } from './file-set.ts';
import { namedFiles } from './named-files.ts';
import type { SourceContent, SourceOrphan } from './source.ts';

/** Orphans kept of one source; what is beyond them is told as a gap. */
const MAX_ORPHANS = 1000;
/** Bytes of JSON parsed to tell what orphans are; beyond them they are documents, and nothing more is said. */
const MAX_PARSED_BYTES = 64 * 1024 * 1024;

/**
 * Blobs that no manifest names, members that later ones replaced, and what stands behind an archive's end. The
 * attack, or the accident: a layer of another build, left in the file that is handed on. No runtime sees it; whoever
 * has the file does.
 * @param roots the documents that were followed
 */
export function findOrphans(
  files: FileSet,
  roots: readonly ('index.json' | 'manifest.json')[],
  limits: Limits,
): Pick<SourceContent, 'gaps'> & { readonly orphans: SourceOrphan[] } {
  const named = namedFiles(files, roots, limits);
  const orphans: SourceOrphan[] = [];
  const names = new Set<string>();
  const budget = { bytes: MAX_PARSED_BYTES };
  let untold = { count: 0, bytes: 0 };
  for (const entry of files.entries()) {
    if (!entry.hidden && (named.has(entry.name) || isCompanion(entry, files, named))) continue;
    if (orphans.length >= MAX_ORPHANS) {
      untold = { count: untold.count + 1, bytes: untold.bytes + entry.sizeBytes };
      continue;
    }
    const name = unusedName(entry.name, names);
    names.add(name);
    const { sizeBytes, blob } = entry;
    orphans.push({ name, digest: digestInName(entry), sizeBytes, kind: kindOf(entry, budget), blob });
  }
  return { orphans, gaps: untold.count === 0 ? [] : [untoldGap(files, untold)] };
}

function untoldGap(files: FileSet, { count, bytes }: { count: number; bytes: number }): Gap {
  return {
    subject: files.place,
    reason: 'budget-exceeded',
    bytes,
    message: `${files.place} has more than ${MAX_ORPHANS} blobs that no manifest names; ${count} of them were not examined`,
    incomplete: true,
  };
}

/**
 * The small files that older versions of Docker put beside a layer. The attack: anything may be called so, hence
 * what is larger than those are, or no JSON, is an orphan all the same.
 */
function isCompanion(entry: FileEntry, files: FileSet, named: ReadonlySet<string>): boolean {
  const [, folder, kind] = /^(.*\/)?(json|VERSION)$/.exec(entry.name) ?? [];
  const isSmall = kind === 'json' ? entry.sizeBytes <= 64 * 1024 && entry.look() === 'json' : entry.sizeBytes <= 16;
  if (kind === undefined || !isSmall) return false;
  const layer = folder === undefined ? undefined : files.target(`${folder}layer.tar`);
  return layer !== undefined && named.has(layer);
}

function unusedName(name: string, names: ReadonlySet<string>): string {
  let unused = name;
  for (let i = 2; names.has(unused); i += 1) unused = `${name} ${i}`;
  return unused;
}

function digestInName({ name, hidden }: FileEntry): Digest | null {
  const digest = /^blobs\/([^/]+)\/([^/]+)$/.exec(name);
  const text = `${digest?.[1]}:${digest?.[2]}`;
  return !hidden && isDigest(text) ? text : null;
}

function kindOf(entry: FileEntry, budget: { bytes: number }): SourceOrphan['kind'] {
  if (entry.hidden) return entry.name === TRAILING_NAME ? 'trailing' : 'replaced';
  switch (entry.look()) {
    case 'tar':
    case 'compressed':
      return 'layer';
    case 'other':
      return 'other';
    case 'json':
      if (entry.sizeBytes > budget.bytes) return 'document';
      budget.bytes -= entry.sizeBytes;
      return documentKind(entry);
  }
}

function documentKind(entry: FileEntry): SourceOrphan['kind'] {
  let object: JsonObject;
  try {
    object = parseJsonObject(entry.document(), entry.name);
  } catch {
    return 'document';
  }
  const mediaType = asText(memberOf(object, 'mediaType')) ?? '';
  if (isIndexType(mediaType) || asArray(memberOf(object, 'manifests')) !== undefined) return 'index';
  if (isManifestType(mediaType) || asArray(memberOf(object, 'layers')) !== undefined) return 'manifest';
  if (memberOf(object, 'payloadType') !== undefined || /in-toto/.test(asText(memberOf(object, '_type')) ?? '')) {
    return 'statement';
  }
  if (isLegacy(object)) return 'legacy';
  const isConfig = ['rootfs', 'container_config', 'architecture'].some((key) => memberOf(object, key) !== undefined);
  return isConfig ? 'config' : 'document';
}

function isLegacy(object: JsonObject): boolean {
  const id = asText(memberOf(object, 'id')) ?? '';
  return /^[a-f0-9]{64}$/.test(id) && memberOf(object, 'container_config') !== undefined;
}
