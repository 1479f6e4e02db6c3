/** Wire documents: bytes to typed values, or a coded error. */
export { type ArtifactType, artifactType } from './artifacts.ts';
export { type Descriptor, readDescriptor, readPlatform } from './descriptor.ts';
export {
  type ExecutionConfig,
  type Healthcheck,
  type HistoryEntry,
  type ImageConfig,
  readImageConfig,
} from './image-config.ts';
export {
  asArray,
  asObject,
  asSize,
  asText,
  asTextList,
  asTextMap,
  type JsonObject,
  memberOf,
  parseJsonObject,
} from './json.ts';
export {
  artifactMediaType,
  describeArtifact,
  type Index,
  isAttestationDescriptor,
  type Manifest,
  type ManifestPurpose,
  manifestPurpose,
  readManifestDocument,
  type UnreadableEntry,
} from './manifest.ts';
export {
  claimedCompression,
  isForeignLayerType,
  isImageConfigType,
  isIndexType,
  isLayerType,
  isManifestType,
  MANIFEST_MEDIA_TYPES,
  MEDIA_TYPES,
} from './media-types.ts';
