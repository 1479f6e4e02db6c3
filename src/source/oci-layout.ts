import { AuditError, type Digest, formatPlatform, type Gap, type Limits, type Platform } from '../core/index.ts';
import { artifactType, type Descriptor, readManifestDocument } from '../oci/index.ts';
import { chooseImages } from './choose-image.ts';
import { damageGaps, damageOf, type FileSet } from './file-set.ts';
import { type ContentStore, resolveTree } from './resolve-tree.ts';
import type { SourceContent, SourceImage, SourceKind } from './source.ts';

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
  const roots = index.manifests.map((descriptor) => ({
    descriptor,
    names: namesOf(descriptor),
    digest: descriptor.digest,
  }));
  const chosen = roots.length === 0 && wanted === null ? [] : chooseImages(roots, wanted, files.place);
  const options = { limits, partial: files.damage === null && files.endMarked };
  const tree = await resolveTree(chosen, layoutStore(files), options);
  const only = chosen.length === 1 ? chosen[0]?.descriptor : undefined;
  const unreadable = wanted === null ? index.unreadable : [];
  const gaps = [
    ...damageGaps(files),
    ...unreadable.map(({ platform, message }) => unreadableGap(files, platform, message)),
    ...tree.gaps,
  ];
  return {
    kind,
    digest: only?.digest ?? null,
    mediaType: only?.mediaType || index.mediaType,
    annotations: index.annotations,
    ...tree,
    problems: [...files.problems, ...tree.problems],
    gaps,
  };
}

/**
 * All images of a layout, whichever were chosen, to compare others with: nothing that is wrong with them is told.
 * @throws AuditError
 */
export async function allImages(files: FileSet, limits: Limits): Promise<readonly SourceImage[]> {
  const index = readManifestDocument(files.document('index.json') ?? new Uint8Array(0), 'index.json');
  if (index.kind !== 'index') return [];
  const roots = index.manifests.map((descriptor) => ({ descriptor, names: [] }));
  return (await resolveTree(roots, layoutStore(files), { limits, partial: true })).images;
}

function unreadableGap(files: FileSet, platform: Platform | null, message: string): Gap {
  const text = platform === null ? message : `${formatPlatform(platform)} ${message}`;
  return {
    subject: `index.json of ${files.place}`,
    reason: 'manifest-invalid',
    bytes: null,
    message: text,
    incomplete: true,
  };
}

/**
 * A layout of signatures or charts only is no image, and is told what it is.
 * @throws AuditError `NOT_AN_IMAGE`
 */
export function refuseArtifacts(files: FileSet, { images, attachments, gaps }: SourceContent): void {
  const [first] = attachments;
  if (images.length > 0 || gaps.length > 0 || first === undefined) return;
  const name = first.format === 'buildkit' ? 'BuildKit attestation' : artifactType(first.format)?.name;
  const what = name === undefined ? `an artifact of type ${first.format}` : `a part of type ${first.format} (${name})`;
  const more = attachments.length > 1 ? ` and ${attachments.length - 1} more` : '';
  throw new AuditError('NOT_AN_IMAGE', `${files.place} is no image, but ${what}${more}`, {
    hint: 'Only images have a filesystem to audit. Give the image that it belongs to.',
  });
}

function namesOf(descriptor: Descriptor): string[] {
  const names = NAME_ANNOTATIONS.map((key) => descriptor.annotations[key]).filter((name) => name !== undefined);
  return [...new Set(names)];
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
  const damage = damageOf(files);
  if (damage !== null)
    return new AuditError(
      'ARCHIVE_DAMAGED',
      `${files.place} is damaged (${damage}), and ${name} is not in what can be read`,
    );
  return new AuditError('SOURCE_UNRECOGNISED', `${files.place} is no OCI image layout: it has no ${name}`);
}
