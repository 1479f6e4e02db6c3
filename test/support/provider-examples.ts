/** Made-up secrets of our own detectors, generated from what each says of its form. */
import type { NamedValue, PrefixedToken, Provider, Run } from '../../src/examine/secrets/providers/provider.ts';
import type { ExampleSecret } from './example-secrets.ts';
import { PATTERN_EXAMPLES } from './pattern-examples.ts';

const CHARACTERS: Readonly<Record<string, string>> = {
  word: 'aZ3bY5cX7dW9eV2fU4gT6hS_8iR',
  alphanumeric: 'aZ3bY5cX7dW9eV2fU4gT6hS8iR',
  upperAlphanumeric: 'Z3Y5X7W9V2U4T6S8RQPB',
  letter: 'aZbYcXdWeVfUgThSiRjQkPlOmN',
  hex: 'a3b5c7d9e2f4068',
  base64: 'aZ3bY5cX7dW9eV2fU4gT6hS8iR',
  wordDash: 'aZ3bY5cX7dW9eV2fU4gT6hS8iR',
  wordDashDot: 'aZ3bY5cX7dW9eV2fU4gT6hS8iR',
  digit: '83947261503',
};

/** So many characters of a class, the same in every run, and of more than a few kinds. */
export function characters([of, atLeast]: Run, length = atLeast): string {
  const alphabet = CHARACTERS[of] as string;
  return Array.from({ length }, (_, i) => alphabet[(i * 7 + (i >> 3) + 2) % alphabet.length]).join('');
}

function ofPrefix(provider: Provider, { prefixes, body, end }: PrefixedToken): ExampleSecret | undefined {
  if (end !== undefined || PATTERN_EXAMPLES[provider.id] !== undefined) return undefined;
  const secret = `${prefixes[0]}${characters(body)}`;
  return { text: `key = "${secret}"`, secret, nearMiss: `key = "${secret.slice(0, -1)}"` };
}

function ofName(provider: Provider, { names, value, form }: NamedValue): ExampleSecret | undefined {
  if (form !== undefined || PATTERN_EXAMPLES[provider.id] !== undefined) return undefined;
  const secret = characters(value);
  return { text: `${names[0]}_key = "${secret}"`, secret, nearMiss: `widget_colour = "${secret}"` };
}

/** An example of a provider's first format; of what cannot be generated, the one in pattern-examples.ts. */
export function providerExample(provider: Provider): ExampleSecret {
  for (const format of provider.formats) {
    const found =
      'prefixes' in format ? ofPrefix(provider, format) : 'names' in format ? ofName(provider, format) : undefined;
    if (found !== undefined) return found;
  }
  const written = PATTERN_EXAMPLES[provider.id];
  if (written === undefined) throw new Error(`test/support/pattern-examples.ts has no example of ${provider.id}`);
  return written;
}
