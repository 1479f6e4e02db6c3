/** Where images come from: registries, archives, layouts, standard input. */
export { parseLocation } from './location.ts';
export { type OpenOptions, openSource } from './open-source.ts';
export type {
  BlobHandle,
  ConfigTrouble,
  SourceAttachment,
  SourceContent,
  SourceImage,
  SourceKind,
  SourceLayer,
  SourceOrphan,
  SourceProblem,
} from './source.ts';
