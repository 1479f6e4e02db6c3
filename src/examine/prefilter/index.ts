/** Finds literals in streams of bytes: the fast sieve in front of slow, exact rules. */
export type { CharacterClass, Literal } from './literal.ts';
export { type Placement, placeBeside } from './placement.ts';
export { Prefilter } from './prefilter.ts';
export { MAX_LITERALS } from './tables.ts';
