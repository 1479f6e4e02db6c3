/** Characters for made-up secrets: many different ones, and the same in every run. */
const ALPHABETS = {
  alphanumeric: 'aZ3bY5cX7dW9eV2fU4gT6hS8iR',
  lower: 'a3b5c7d9e2f4g6h8k2m4n6p8',
  upper: 'Z3Y5X7W9V2U4T6S8RQPB',
  hex: 'a3b5c7d9e2f4068',
  letter: 'aZbYcXdWeVfUgThSiRjQkPlOmN',
  digit: '83947261503',
} as const;

/** So many characters of an alphabet. */
export function madeUp(of: keyof typeof ALPHABETS, length: number): string {
  const alphabet = ALPHABETS[of];
  return Array.from({ length }, (_, i) => alphabet[(i * 7 + (i >> 3) * 3 + 2) % alphabet.length]).join('');
}

/** A made-up UUID. */
export const UUID = '7d3b9c5e-4f2a-4068-9e5c-d7b3a5f2e406';

/** Base64 of a text, without padding and in the alphabet of URLs. */
export function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
