/** Finds literals in streams of bytes: the fast sieve in front of slow, exact rules. */
export type { CharacterClass, Gate, Literal } from './literal.ts';
export { Prefilter } from './prefilter.ts';
