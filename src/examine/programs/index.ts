/** What programs say about themselves by their bytes: for which machine, what they need, what they are. */
export { ProgramCollector } from './program-collector.ts';
export type { ProgramFacts } from './program-facts.ts';
