import { isDigest, type Limits } from '../core/index.ts';
import { asArray, asObject, asText, asTextList, type JsonObject, memberOf, parseJsonObject } from '../oci/index.ts';
import type { FileSet } from './file-set.ts';
import { blobPath } from './oci-layout.ts';

/**
 * The files that an archive's or a layout's documents name, whichever image is audited: of all of its images, and
 * of the signatures and attestations beside them. Nothing is checked here. What is named by a document that cannot
 * be read, or stands too deep, counts as not named: an orphan too many is examined for nothing, one too few is a
 * place to hide in.
 */
export function namedFiles(
  files: FileSet,
  roots: readonly ('index.json' | 'manifest.json')[],
  limits: Limits,
): Set<string> {
  const named = new Set<string>(['oci-layout', 'index.json', 'manifest.json', 'repositories']);
  const name = (path: string): string => {
    const target = files.target(path) ?? path;
    named.add(target);
    return target;
  };
  for (const root of roots) {
    if (root === 'index.json') nameIndex(files, name, limits);
    else nameArchive(files, name, limits);
  }
  return named;
}

type Name = (path: string) => string;

function nameIndex(files: FileSet, name: Name, limits: Limits): void {
  const seen = new Set(['index.json']);
  for (const path of seen) {
    const document = readDocument(files, path);
    for (const member of ['config', 'layers', 'blobs', 'manifests']) {
      const value = memberOf(document, member);
      for (const one of asArray(value) ?? [value]) {
        const digest = memberOf(asObject(one), 'digest');
        if (!isDigest(digest)) continue;
        const target = name(blobPath(digest));
        if (member === 'manifests' && seen.size <= limits.maxManifests * 2) seen.add(target);
      }
    }
  }
}

function nameArchive(files: FileSet, name: Name, limits: Limits): void {
  const bytes = tryDocument(files, 'manifest.json');
  const list = bytes === undefined ? undefined : asArray(parseList(bytes));
  for (const image of list ?? nameLegacy(files, limits)) {
    const config = asText(memberOf(asObject(image), 'config'));
    if (config !== undefined) name(config);
    for (const layer of asTextList(memberOf(asObject(image), 'layers'))) name(layer);
  }
}

/** Archives from before Docker 1.10: each layer names its parent. */
function nameLegacy(files: FileSet, limits: Limits): JsonObject[] {
  const ids = new Set<string>();
  for (const tags of Object.values(readDocument(files, 'repositories') ?? {})) {
    for (const id of Object.values(asObject(tags) ?? {})) if (typeof id === 'string') ids.add(id);
  }
  for (const id of ids) {
    const parent = asText(readDocument(files, `${id}/json`)?.['parent']);
    if (parent !== undefined && ids.size <= limits.maxManifests * 2) ids.add(parent);
  }
  return [...ids].map((id) => ({ layers: [`${id}/layer.tar`, `${id}/json`] }));
}

function readDocument(files: FileSet, path: string): JsonObject | undefined {
  const bytes = tryDocument(files, path);
  try {
    return bytes === undefined ? undefined : parseJsonObject(bytes, path);
  } catch {
    return undefined;
  }
}

function tryDocument(files: FileSet, path: string): Uint8Array | undefined {
  try {
    return files.document(path);
  } catch {
    return undefined;
  }
}

function parseList(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
