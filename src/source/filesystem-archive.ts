import { AuditError } from '../core/index.ts';

/** Whether a file's name is one of a running system: no tool that writes images puts such a thing beside them. */
export function isSystemName(name: string): boolean {
  return /^(?:etc|usr|bin|sbin|lib|var)\//.test(name);
}

/** Whether a file's name is one that archives of images have. */
export function isImageName(name: string): boolean {
  return /^(?:blobs\/.+|oci-layout|index\.json|manifest\.json|repositories|[^/]+\/layer\.tar)$/.test(name);
}

/**
 * The error for the filesystem of an image, as `docker export` writes it, that is given as an image.
 * @param wanted what an image would have
 */
export function filesystemError(place: string, wanted: string, isFolder: boolean): AuditError {
  const reference = place === 'standard input' ? '-' : place;
  return new AuditError(
    'SOURCE_UNRECOGNISED',
    `${place} seems to be the filesystem of an image, not an image: it has no ${wanted}`,
    {
      hint: isFolder
        ? `Give it as a tar: tar -C ${place} -c . | audit image rootfs:-`
        : `To audit it as one layer without a configuration, write rootfs:${reference}.`,
    },
  );
}
