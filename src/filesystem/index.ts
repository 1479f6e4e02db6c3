/** Layers folded into a filesystem: what is live, what was deleted or overwritten, and by what. */
export { type EntryState, Filesystem, FilesystemEntry, type HiddenBy, type HiddenHow } from './filesystem.ts';
export { type FoldedLayers, foldLayers, type StackAnomaly } from './fold.ts';
export { type FilesystemSizes, measure, type ShadowedBytes } from './sizes.ts';
