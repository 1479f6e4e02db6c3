/**
 * Examples of secrets whose form is more than a beginning and a number of characters, by the provider's id. In
 * pieces, so that scanners of this repository find nothing.
 */
import type { ExampleSecret } from './example-secrets.ts';
import { FORMAT_EXAMPLES } from './pattern-examples-formats.ts';
import { HOSTING_EXAMPLES } from './pattern-examples-hosting.ts';
import { PROGRAM_EXAMPLES } from './pattern-examples-programs.ts';
import { SERVICE_EXAMPLES } from './pattern-examples-services.ts';

export const PATTERN_EXAMPLES: Readonly<Record<string, ExampleSecret>> = {
  ...HOSTING_EXAMPLES,
  ...SERVICE_EXAMPLES,
  ...FORMAT_EXAMPLES,
  ...PROGRAM_EXAMPLES,
};
