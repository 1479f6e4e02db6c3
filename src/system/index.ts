/** What the final filesystem says about the system in it: distribution, accounts, packages. */

export { readSystem, type System } from './system.ts';
