/** Where the bytes of an image come from: layers, waste, what changed between two filesystems, build stages. */
export { assignStages, type GivenDockerfile, type GivenProvenance } from './assign-stages.ts';
export {
  type ComparedSide,
  compareFilesystems,
  type Difference,
  digestOf,
  type FilesystemComparison,
  sizeOf,
} from './compare.ts';
export { compareLists } from './compare-lists.ts';
export { diveEfficiency } from './dive-efficiency.ts';
export { parseDockerfile, stagesOfTarget } from './dockerfile.ts';
export { type LayerSize, measureLayers, reclaimableBytes, sumSizes } from './layer-sizes.ts';
export { type FolderSize, folderTree, largestFiles } from './path-sizes.ts';
export { prepareProvenance } from './provenance/prepare-provenance.ts';
export { type ReadProvenance, readProvenance } from './provenance/read-provenance.ts';
export { measureBelow, measureRemoval } from './removal.ts';
export { layoutTreemap } from './treemap.ts';
export { findDuplicates, liveFiles, metadataRewrites, wastedPaths } from './waste.ts';
