import { existsSync, opendirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  AuditError,
  type Digest,
  formatReference,
  isDigest,
  type Limits,
  parseReference,
  systemErrorCode,
} from '../core/index.ts';
import { type Descriptor, manifestPurpose, readManifestDocument } from '../oci/index.ts';
import { findCandidates, listCandidates, listFolder, namesOf } from './containerd-candidates.ts';
import { type ContainerdName, readContainerdNames } from './containerd-names.ts';
import { DirectoryFiles, unreadable } from './directory-files.ts';
import { blobPath } from './oci-layout.ts';
import { type ContentStore, resolveTree } from './resolve-tree.ts';
import type { SourceContent } from './source.ts';

/** Where containerd keeps content below its root folder (containerd, plugins/content/local). */
const CONTENT_FOLDER = 'io.containerd.content.v1.content';
/** Names of the image kept: a node may call one image by thousands. */
const MAX_NAMES = 100;

/**
 * Reads an image out of containerd's content store, without containerd: a folder holds all blobs by digest, and a
 * database beside it the names.
 * @param wanted a name, or `@` and a digest; null takes the only image there is
 * @throws AuditError
 */
export async function readContainerdStore(path: string, wanted: string | null, limits: Limits): Promise<SourceContent> {
  const files = openStore(path, limits);
  const root = choose(path, wanted, files);
  const bytes = files.document(blobPath(root)) ?? new Uint8Array(0);
  const document = readManifestDocument(bytes, `${root} in ${path}`);
  if (document.kind === 'manifest' && manifestPurpose(document) !== 'image')
    throw new AuditError('NOT_AN_IMAGE', `${root} in ${path} is no image, but an artifact`);
  const descriptor: Descriptor = {
    mediaType: document.mediaType,
    digest: root,
    sizeBytes: bytes.byteLength,
    urls: [],
    annotations: {},
    platform: null,
    artifactType: null,
  };
  // containerd fetches the platforms it was asked for, so that it is normal for the others not to be there.
  const tree = await resolveTree(
    [{ descriptor, names: namesOf(root, namesBeside(files)).slice(0, MAX_NAMES) }],
    storeOf(files),
    {
      limits,
      partial: true,
    },
  );
  return {
    kind: 'containerd',
    digest: root,
    mediaType: document.mediaType,
    annotations: document.annotations,
    ...tree,
  };
}

/** Finds the content store at or below a folder: containerd's root, the store itself, or its `blobs`. */
function openStore(path: string, limits: Limits): DirectoryFiles {
  const folders = [
    path,
    join(path, CONTENT_FOLDER),
    ...(basename(resolve(path)) === 'blobs' ? [join(path, '..')] : []),
  ];
  for (const folder of folders) {
    if (isFolder(join(folder, 'blobs', 'sha256'))) return new DirectoryFiles(folder, limits.maxDocumentBytes);
  }
  if (existsSync(path) && !isFolder(path)) {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is a file, and containerd: wants a folder`);
  }
  // Tells a folder that is not there, or must not be read, from one of something else.
  listFolder(path, 1);
  throw new AuditError('SOURCE_UNRECOGNISED', `${path} is no content store of containerd: it has no blobs/sha256`, {
    hint: `Name containerd’s root folder, as /var/lib/containerd, or ${CONTENT_FOLDER} in it.`,
  });
}

/** The digest of the image that the user means. */
function choose(path: string, wanted: string | null, files: DirectoryFiles): Digest {
  if (wanted === null) return chooseOnly(path, files);
  const digest = wanted.replace(/^@/, '');
  // Kubernetes calls images by their IDs, too, which are digests of configurations.
  const root = isDigest(digest)
    ? (namesBeside(files).find(({ name }) => name === digest)?.digest ?? digest)
    : chooseByName(path, wanted, files);
  if (files.has(blobPath(root))) return root;
  throw new AuditError('IMAGE_NOT_FOUND', `${path} has no blob ${root}`, { hint: listAll(files) });
}

function chooseByName(path: string, wanted: string, files: DirectoryFiles): Digest {
  const names = readContainerdNames(files.place);
  if (names === null) {
    throw new AuditError('REFERENCE_INVALID', `${JSON.stringify(wanted)} is no digest, and ${path} has no names`, {
      hint: 'They are in containerd’s database, beside the content store. Write @sha256:… behind the folder.',
    });
  }
  const full = formatReference(parseReference(wanted));
  const found = names.filter(({ name }) => name === wanted || name === full);
  const [first, ...others] = found;
  if (first === undefined)
    throw new AuditError('IMAGE_NOT_FOUND', `${path} has no image ${wanted}`, { hint: listAll(files) });
  if (others.every(({ digest }) => digest === first.digest)) return first.digest;
  const listed = found.slice(0, 20).map(({ namespace, digest }) => `@${digest} (namespace ${namespace})`);
  throw new AuditError('IMAGE_AMBIGUOUS', `${path} has several images called ${wanted}`, {
    hint: `Choose one by its digest: ${listed.join(', ')}.`,
  });
}

function chooseOnly(path: string, files: DirectoryFiles): Digest {
  const found = findCandidates(files);
  const list = listCandidates(files, found, namesBeside(files));
  const [only, ...others] = found.candidates;
  if (only === undefined) throw new AuditError('IMAGE_NOT_FOUND', `no image was found in ${path}`, { hint: list });
  if (others.length === 0 && found.complete) return only.digest;
  throw new AuditError('IMAGE_AMBIGUOUS', `${path} has ${found.candidates.length} images`, {
    hint: `Choose one by its name or digest, for example containerd:${path}@${only.digest}. ${list}`,
  });
}

function listAll(files: DirectoryFiles): string {
  return listCandidates(files, findCandidates(files), namesBeside(files));
}

/** Names for the reader's sake: an audit by digest does without them. */
function namesBeside(files: DirectoryFiles): readonly ContainerdName[] {
  try {
    return readContainerdNames(files.place) ?? [];
  } catch (error) {
    if (error instanceof AuditError) return [];
    throw error;
  }
}

function storeOf(files: DirectoryFiles): ContentStore {
  return {
    document: ({ digest }) => Promise.resolve(files.document(blobPath(digest))),
    blob: ({ digest }) => files.blob(blobPath(digest)) ?? null,
  };
}

function isFolder(path: string): boolean {
  try {
    opendirSync(path).closeSync();
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw unreadable(path, error);
  }
}
