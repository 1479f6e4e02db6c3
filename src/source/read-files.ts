import { AuditError, type Gap, type Limits } from '../core/index.ts';
import { DirectoryFiles } from './directory-files.ts';
import { isDockerArchive, readDisagreeing, readDockerArchive } from './docker-archive.ts';
import { isLegacyDockerArchive, readLegacyDockerArchive } from './docker-legacy.ts';
import { damageOf, type FileSet } from './file-set.ts';
import { filesystemError, isSystemName } from './filesystem-archive.ts';
import { allImages, isOciLayout, readOciLayout, refuseArtifacts } from './oci-layout.ts';
import { findOrphans } from './orphans.ts';
import type { SourceContent } from './source.ts';

/** What a scheme says that files are; null lets them tell themselves. */
export type ImageFormat = 'docker-archive' | 'oci-archive' | 'oci-layout' | null;

/**
 * Reads the images of an archive or a folder, and finds what else is in it.
 * @param wanted see `chooseImages`
 * @throws AuditError
 */
export async function readImageFiles(
  files: FileSet,
  format: ImageFormat,
  wanted: string | null,
  limits: Limits,
): Promise<SourceContent> {
  const isLayout = isOciLayout(files);
  const isDocker = isDockerArchive(files);
  const isFolder = files instanceof DirectoryFiles;
  if (isLayout && isDocker) return readHybrid(files, format, wanted, limits);
  if (isLayout && format !== 'docker-archive') {
    const content = await readOciLayout(files, isFolder ? 'oci-layout' : 'oci-archive', wanted, limits);
    refuseArtifacts(files, content);
    return withOrphans(files, content, ['index.json'], limits);
  }
  if (format === null || format === 'docker-archive') {
    if (isDocker) return withOrphans(files, readDockerArchive(files, wanted, limits), ['manifest.json'], limits);
    if (isLegacyDockerArchive(files)) {
      return withOrphans(files, readLegacyDockerArchive(files, wanted, limits), ['manifest.json'], limits);
    }
  }
  throw notRecognised(files, format);
}

/**
 * Reads an archive that has both manifests. Where its format is given, the one that format has is followed, as other
 * programs do; else index.json, because it has digests, and what manifest.json names beside it. Where the two
 * disagree, that is told in any case.
 */
async function readHybrid(
  files: FileSet,
  format: ImageFormat,
  wanted: string | null,
  limits: Limits,
): Promise<SourceContent> {
  if (format === 'docker-archive') {
    const content = readDockerArchive(files, wanted, limits);
    const { problems } = readDisagreeing(files, null, limits, { chosen: [], all: await allImages(files, limits) });
    return withOrphans(files, { ...content, problems: [...content.problems, ...problems] }, ['manifest.json'], limits);
  }
  const isFolder = files instanceof DirectoryFiles;
  const kind = format === null ? 'docker-archive' : isFolder ? 'oci-layout' : 'oci-archive';
  const content = await readOciLayout(files, kind, wanted, limits);
  const other = await readOther(files, wanted, limits, content);
  const complete: SourceContent = {
    ...content,
    images: format === null ? [...content.images, ...other.images] : content.images,
    problems: [...content.problems, ...other.problems],
    gaps: [...content.gaps, ...other.gaps],
  };
  refuseArtifacts(files, complete);
  const agrees = format === null || other.images.length === 0;
  return withOrphans(files, complete, agrees ? ['index.json', 'manifest.json'] : ['index.json'], limits);
}

/** What manifest.json has that index.json has not. That it is broken must not keep the other from being read. */
async function readOther(
  files: FileSet,
  wanted: string | null,
  limits: Limits,
  { images: chosen }: SourceContent,
): Promise<Pick<SourceContent, 'images' | 'gaps' | 'problems'>> {
  try {
    return readDisagreeing(files, wanted, limits, { chosen, all: await allImages(files, limits) });
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const gap: Gap = {
      subject: `manifest.json of ${files.place}`,
      reason: 'manifest-invalid',
      bytes: null,
      message: error.message,
      incomplete: true,
    };
    return { images: [], problems: [], gaps: [gap] };
  }
}

function withOrphans(
  files: FileSet,
  content: SourceContent,
  roots: Parameters<typeof findOrphans>[1],
  limits: Limits,
): SourceContent {
  const { orphans, gaps } = findOrphans(files, roots, limits);
  return { ...content, orphans, gaps: [...content.gaps, ...gaps] };
}

function notRecognised(files: FileSet, format: ImageFormat): AuditError {
  const damage = damageOf(files);
  if (files.damage !== null || (damage !== null && !looksLikeRootfs(files))) {
    return new AuditError(
      'ARCHIVE_DAMAGED',
      `${files.place} is damaged (${damage}), and what can be read of it has no manifest`,
      {
        hint: 'Fetch the archive again; docker save writes the manifest last.',
      },
    );
  }
  const isFolder = files instanceof DirectoryFiles;
  const wantedFile =
    format === null ? 'manifest.json or index.json' : format === 'docker-archive' ? 'manifest.json' : 'index.json';
  if (looksLikeRootfs(files)) return filesystemError(files.place, wantedFile, isFolder);
  const what = isFolder ? 'a folder' : 'an archive';
  return new AuditError('SOURCE_UNRECOGNISED', `${files.place} is ${what}, but of no image: it has no ${wantedFile}`, {
    hint: 'Give an archive made by docker save, skopeo or buildah, or an OCI image layout.',
  });
}

/** Whether files are those of a running system, or of a layer, as docker export writes them. */
function looksLikeRootfs(files: FileSet): boolean {
  if (files instanceof DirectoryFiles)
    return files.hasFolder('etc') || files.hasFolder('usr') || files.hasFolder('bin');
  for (const { name } of files.entries()) if (isSystemName(name)) return true;
  return false;
}
