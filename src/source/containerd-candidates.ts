import { opendirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileRange, readWholeRange } from '../bytes/index.ts';
import { AuditError, type Digest, formatPlatform, isDigest } from '../core/index.ts';
import {
  type Index,
  isAttestationDescriptor,
  type Manifest,
  manifestPurpose,
  readImageConfig,
  readManifestDocument,
} from '../oci/index.ts';
import type { ContainerdName } from './containerd-names.ts';
import { type DirectoryFiles, unreadable } from './directory-files.ts';
import { blobPath } from './oci-layout.ts';

/** Largest blob that is looked at as a manifest; real ones have some kilobytes. */
const MAX_CANDIDATE_BYTES = 1024 * 1024;
/** Most bytes read in the search. The attack: a store full of small JSON blobs would be read for hours. */
const MAX_SEARCH_BYTES = 256 * 1024 * 1024;
/** Most blobs looked at in the search. */
const MAX_SEARCHED_BLOBS = 200_000;
const MAX_LISTED = 20;
const MAX_LISTED_NAMES = 3;

/** A manifest or index of an image that no index in the store names. */
export interface Candidate {
  readonly digest: Digest;
  readonly document: Manifest | Index;
}

/** What a search through a store gave. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Whether all blobs were looked at. */
  readonly complete: boolean;
}

/** Searches small JSON blobs for manifests and indexes of images that no other index names. */
export function findCandidates(files: DirectoryFiles): Candidates {
  const { names, complete } = listFolder(join(files.place, 'blobs', 'sha256'), MAX_SEARCHED_BLOBS);
  const found = new Map<Digest, Candidate>();
  const named = new Set<Digest>();
  let left = MAX_SEARCH_BYTES;
  for (const name of names.sort()) {
    const digest = `sha256:${name}`;
    if (!isDigest(digest)) continue;
    const blob = files.blob(blobPath(digest));
    if (blob?.kind !== 'file' || blob.range.lengthBytes > MAX_CANDIDATE_BYTES) continue;
    if (!beginsLikeJson(blob.range)) continue;
    left -= blob.range.lengthBytes;
    if (left < 0) return { candidates: unnamed(found, named), complete: false };
    const document = readCandidate(blob.range);
    if (document === undefined) continue;
    if (document.kind === 'index') for (const child of document.manifests) named.add(child.digest);
    if (isImageHere(document, files)) found.set(digest, { digest, document });
  }
  return { candidates: unnamed(found, named), complete };
}

function unnamed(found: ReadonlyMap<Digest, Candidate>, named: ReadonlySet<Digest>): Candidate[] {
  return [...found.values()].filter(({ digest }) => !named.has(digest));
}

function beginsLikeJson(range: FileRange): boolean {
  return range.lengthBytes > 0 && readWholeRange({ ...range, lengthBytes: 1 })[0] === 0x7b;
}

function readCandidate(range: FileRange): Manifest | Index | undefined {
  try {
    return readManifestDocument(readWholeRange(range), 'a blob');
  } catch (error) {
    if (error instanceof AuditError) return undefined;
    throw error;
  }
}

function isImageHere(document: Manifest | Index, files: DirectoryFiles): boolean {
  if (document.kind === 'manifest') return manifestPurpose(document) === 'image';
  return document.manifests.some((child) => !isAttestationDescriptor(child) && files.has(blobPath(child.digest)));
}

/** The candidates, in words, for a user who has to choose one. */
export function listCandidates(
  files: DirectoryFiles,
  { candidates, complete }: Candidates,
  names: readonly ContainerdName[],
): string {
  const more = candidates.length > MAX_LISTED ? ` and ${candidates.length - MAX_LISTED} more` : '';
  const shown = candidates.slice(0, MAX_LISTED).map(({ digest, document }) => {
    const own = namesOf(digest, names).slice(0, MAX_LISTED_NAMES);
    return `@${digest} (${[...own, ...describe(document, files)].join(', ')})`;
  });
  const rest = complete ? '' : ' Not all blobs were looked at: there are too many.';
  return `It has: ${shown.join(', ') || 'none'}${more}.${rest}`;
}

/** What an image is called; Kubernetes calls each by its ID as well, which is no name. */
export function namesOf(digest: Digest, names: readonly ContainerdName[]): string[] {
  return [...new Set(names.filter((one) => one.digest === digest && !isDigest(one.name)).map(({ name }) => name))];
}

/** What a reader recognises an image by beside its names: platforms, date, and what it says of itself. */
function describe(document: Manifest | Index, files: DirectoryFiles): string[] {
  const title = document.annotations['org.opencontainers.image.title'];
  const parts = title === undefined ? [] : [JSON.stringify(title.slice(0, 60))];
  if (document.kind === 'index') {
    const platforms = document.manifests
      .filter((child) => files.has(blobPath(child.digest)) && !isAttestationDescriptor(child))
      .map(({ platform }) => (platform === null ? 'unknown' : formatPlatform(platform)));
    return [...parts, ...new Set(platforms)].slice(0, 8);
  }
  try {
    const config = readImageConfig(files.document(blobPath(document.config.digest)) ?? new Uint8Array(0), 'a blob');
    if (config.platform !== null) parts.push(formatPlatform(config.platform));
    if (config.created !== null) parts.push(`created ${config.created.slice(0, 20)}`);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    parts.push('without a configuration');
  }
  return parts;
}

/** Names in a folder, as many as there may be. */
export function listFolder(path: string, limit: number): { names: string[]; complete: boolean } {
  const names: string[] = [];
  try {
    const folder = opendirSync(path);
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        if (names.length >= limit) return { names, complete: false };
        names.push(entry.name);
      }
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return { names, complete: true };
}
