import { createHash } from 'node:crypto';
import type { Checksum } from '../inventory.ts';

/** An object out of an SBOM: anything at all until it was looked at. */
export type SbomObject = Readonly<Record<string, unknown>>;

/** Longest text kept of a name, a version or a package URL. */
const MAX_TEXT = 4096;

/** The value if it is an object, and no list. */
export function objectOf(value: unknown): SbomObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SbomObject) : null;
}

/** A member by its exact name; undefined for what every object inherits. */
export function memberOf(object: unknown, name: string): unknown {
  const holder = objectOf(object);
  return holder !== null && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** A member that is a text, without blanks around it; empty for anything else. XML and numbers give texts, too. */
export function textOf(object: unknown, name: string): string {
  const value = memberOf(object, name);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim().slice(0, MAX_TEXT) : '';
}

/** A text, or null for one that says nothing (SPDX 2.3, 3.2: `NOASSERTION` and `NONE`). */
export function statedOf(object: unknown, name: string): string | null {
  const text = textOf(object, name);
  return text === '' || text === 'NOASSERTION' || text === 'NONE' ? null : text;
}

/** A member as a list: itself if it is one, alone in one if it is not, none where it is absent. */
export function listOf(object: unknown, name: string): readonly unknown[] {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The texts of a member. */
export function textsOf(object: unknown, name: string): string[] {
  return listOf(object, name).flatMap((one) => (typeof one === 'string' && one !== '' ? [one.slice(0, MAX_TEXT)] : []));
}

/** Hex digits of each algorithm; what has others is no digest. */
const HEX_DIGITS: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 };

/** A digest, if it is one. SHA-1 of nothing known stands for `not computed` with one writer: forty zeros. */
export function checksumOf(algorithm: string, value: string): Checksum[] {
  const name = algorithm
    .toLowerCase()
    .replace(/^.*[/_]/, '')
    .replaceAll('-', '');
  const hex = value.trim().toLowerCase();
  const digits = HEX_DIGITS[name];
  if (digits === undefined || hex.length !== digits || !/^[0-9a-f]+$/.test(hex) || /^0+$/.test(hex)) return [];
  return [{ algorithm: name, value: hex }];
}

/** Every `sha256:…` in a text. */
export function digestsIn(text: string): string[] {
  return [...text.replaceAll(/%3a/gi, ':').matchAll(/sha256:([0-9a-f]{64})(?![0-9a-f])/gi)].map(([whole]) =>
    whole.toLowerCase(),
  );
}

/** An identifier for what has none. */
export function madeUpId(...parts: readonly unknown[]): string {
  return `made-up-${createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16)}`;
}
