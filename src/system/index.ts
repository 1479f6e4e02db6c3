/** What the final filesystem says about the system in it: distribution, accounts, packages. */

export { type BaseIdentity, identifyBase, type StatedBase } from './base-identity.ts';
export { comparePackages } from './compare-packages.ts';
export { type ImagePackage, ImagePackages, isSystemKind, type PackageState } from './packages.ts';
export { foldersAbove, modeOf, type Runnable } from './programs.ts';
export { purlTypeOf, toPurl } from './purl.ts';
export { readSystem, type System } from './system.ts';
