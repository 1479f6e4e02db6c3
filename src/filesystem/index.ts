/** Layers folded into a filesystem: what is live, what was deleted or overwritten, and by what. */
export { Filesystem, FilesystemEntry, type HiddenHow } from './filesystem.ts';
export { type FoldedLayers, foldLayers, type StackAnomaly } from './fold.ts';
export { type BytesFate, type FilesystemSizes, fateOfBytes, measure } from './sizes.ts';
