/** Where images come from: registries, archives, layouts, standard input. */
export { type ImageLocation, parseLocation } from './location.ts';
export { type OpenedSource, type OpenOptions, openSource } from './open-source.ts';
export type {
  BlobHandle,
  ConfigTrouble,
  PassingBlobs,
  SourceAttachment,
  SourceContent,
  SourceImage,
  SourceKind,
  SourceLayer,
  SourceOrphan,
  SourceProblem,
} from './source.ts';
