/** What the final filesystem says about the system in it: distribution, accounts, packages. */
export { type Account, parsePasswd, parseShells } from './accounts.ts';
export { type OsRelease, parseOsRelease } from './os-release.ts';
export { readSystem, type System } from './system.ts';
