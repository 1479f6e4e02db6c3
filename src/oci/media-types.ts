/** Media types of the OCI image specification (media-types.md) and of Docker's image manifest v2, schema 2. */
export const MEDIA_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** What a manifest request accepts, in the order of preference. */
export const MANIFEST_MEDIA_TYPES: readonly string[] = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerManifestList,
  MEDIA_TYPES.dockerManifest,
];

/** Whether a media type is that of an index: a list of manifests. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPES.ociIndex || mediaType === MEDIA_TYPES.dockerManifestList;
}

/** Whether a media type is that of an image manifest. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPES.ociManifest || mediaType === MEDIA_TYPES.dockerManifest;
}

/** Whether a media type is that of an image configuration. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPES.ociConfig || mediaType === MEDIA_TYPES.dockerConfig;
}

const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar)(?:[.+](gzip|zstd))?$/;

/** Whether a media type is that of a filesystem layer. */
export function isLayerType(mediaType: string): boolean {
  return LAYER.test(mediaType);
}

/** Whether a layer may be absent from registries because its licence forbids distributing it. */
export function isForeignLayerType(mediaType: string): boolean {
  return isLayerType(mediaType) && /nondistributable|foreign/.test(mediaType);
}

/** The compression a layer's media type claims; undefined for anything but a layer. */
export function claimedCompression(mediaType: string): 'none' | 'gzip' | 'zstd' | undefined {
  const match = LAYER.exec(mediaType);
  if (match === null) return undefined;
  return (match[1] as 'gzip' | 'zstd' | undefined) ?? 'none';
}
