/** Wire documents: bytes to typed values, or a coded error. */
export { artifactType } from './artifacts.ts';
export type { Descriptor } from './descriptor.ts';
export {
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
  manifestPurpose,
  readManifestDocument,
} from './manifest.ts';
export {
  claimedCompression,
  isForeignLayerType,
  isIndexType,
  isLayerType,
  isManifestType,
  MANIFEST_MEDIA_TYPES,
  MEDIA_TYPES,
} from './media-types.ts';
