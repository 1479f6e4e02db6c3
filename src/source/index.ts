/** Where images come from: registries, archives, layouts, standard input. */
export type { AttachmentCandidate, AttachmentStore, AttachmentWay } from './attachment-store.ts';
export { type FolderEntry, walkFolder } from './folder-entries.ts';
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
