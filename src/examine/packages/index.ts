/** Packages of a layer: what databases, manifests and lock files name. */
export type { PackageDatabase, PackageFacts, PackageFileList, PackageKind } from './package.ts';
export { databaseFolder, PackageCollector } from './package-collector.ts';
export { ownerKey } from './places.ts';
