/** SBOMs: read in every form they are written in, and held against what the layers of an image have. */
export { compareSbom, type SbomComparison } from './compare/compare.ts';
export type { ImageIdentity } from './compare/subject.ts';
export { SBOM_LIMITS, type SbomDocument, type SbomPackage } from './inventory.ts';
export { isSbomPredicate, type ReadSbom, readSbom } from './read/read-sbom.ts';
