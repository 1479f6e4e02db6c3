import { AuditError, type Digest, type Limits } from '../core/index.ts';
import { type Descriptor, readManifestDocument } from '../oci/index.ts';
import { damageGaps, type FileSet } from './file-set.ts';
import { type ContentStore, resolveTree, type TreeRoot } from './resolve-tree.ts';
import type { SourceContent, SourceKind } from './source.ts';

/** Annotations that name an image in a layout: the OCI one, and containerd's with the full reference. */
const NAME_ANNOTATIONS = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'];

/** Whether files are those of an OCI image layout (OCI image specification, image-layout.md). */
export function isOciLayout(files: FileSet): boolean {
  return files.has('index.json');
}

/**
 * Reads an OCI image layout, of a folder or an archive.
 * @param wanted a name or digest in the layout; null takes the only image there is
 * @throws AuditError
 */
export async function readOciLayout(
  files: FileSet,
  kind: SourceKind,
  wanted: string | null,
  limits: Limits,
): Promise<SourceContent> {
  const what = `index.json of ${files.place}`;
  const bytes = files.document('index.json');
  if (bytes === undefined) throw missing('index.json', files);
  const index = readManifestDocument(bytes, what);
  if (index.kind !== 'index') throw new AuditError('DOCUMENT_INVALID', `${what} is no index`);
  const roots = index.manifests.map((descriptor) => ({ descriptor, names: namesOf(descriptor) }));
  const chosen = wanted === null ? roots : roots.filter((root) => isWanted(root, wanted));
  if (chosen.length === 0) {
    throw new AuditError('IMAGE_NOT_FOUND', `${files.place} has no image ${JSON.stringify(wanted)}`, {
      hint: `It has: ${listRoots(roots)}.`,
    });
  }
  const tree = await resolveTree(chosen, layoutStore(files), { limits, partial: true });
  const only = chosen.length === 1 ? chosen[0]?.descriptor : undefined;
  return {
    kind,
    digest: only?.digest ?? null,
    mediaType: only?.mediaType || index.mediaType,
    annotations: index.annotations,
    ...tree,
    gaps: [...damageGaps(files), ...tree.gaps],
  };
}

function namesOf(descriptor: Descriptor): string[] {
  const names = NAME_ANNOTATIONS.map((key) => descriptor.annotations[key]).filter((name) => name !== undefined);
  return [...new Set(names)];
}

function isWanted({ descriptor, names }: TreeRoot, wanted: string): boolean {
  return (
    wanted.replace(/^@/, '') === descriptor.digest ||
    names.some((name) => name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`))
  );
}

function listRoots(roots: readonly TreeRoot[]): string {
  const shown = roots.slice(0, 20).map(({ descriptor, names }) => names[0] ?? `@${descriptor.digest}`);
  return shown.join(', ') + (roots.length > shown.length ? ` and ${roots.length - shown.length} more` : '');
}

function layoutStore(files: FileSet): ContentStore {
  const path = ({ digest }: Descriptor): string => blobPath(digest);
  return {
    document: (descriptor) => Promise.resolve(files.document(path(descriptor))),
    blob: (descriptor) => files.blob(path(descriptor)) ?? null,
  };
}

/** Where a layout keeps a blob. */
export function blobPath(digest: Digest): string {
  const [algorithm, hex] = digest.split(':') as [string, string];
  return `blobs/${algorithm}/${hex}`;
}

function missing(name: string, files: FileSet): AuditError {
  if (files.damage !== null)
    return new AuditError(
      'ARCHIVE_DAMAGED',
      `${files.place} is damaged (${files.damage}), and ${name} is not in what can be read`,
    );
  return new AuditError('SOURCE_UNRECOGNISED', `${files.place} is no OCI image layout: it has no ${name}`);
}
