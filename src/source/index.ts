/** Where images come from: registries, archives, layouts, standard input. */
export { type ImageLocation, parseLocation } from './location.ts';
export { type OpenedSource, type OpenOptions, openSource } from './open-source.ts';
export type {
  BlobHandle,
  PassingBlobs,
  SourceAttachment,
  SourceContent,
  SourceImage,
  SourceKind,
  SourceLayer,
  SourceProblem,
} from './source.ts';
