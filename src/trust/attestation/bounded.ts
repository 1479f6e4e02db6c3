import { asObject } from '../strict-json.ts';

/** Entries of a list that are shown; how many there are is told beside. */
export const MAX_SHOWN = 200;
/** Longest text that is shown. */
const MAX_CHARS = 1000;
/** Deepest nesting of parameters that is followed. */
const MAX_DEPTH = 8;

/** A text that is not empty, as long as may be shown; null for anything else. */
export function shownText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_CHARS) : null;
}

/** Digests by their algorithm: members that are texts, a few. */
export function digestSet(value: unknown): Record<string, string> {
  const digests: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [algorithm, digest] of Object.entries(asObject(value) ?? {}).slice(0, 8)) {
    if (typeof digest === 'string' && digest !== '') digests[algorithm.slice(0, 40)] = digest.slice(0, 200);
  }
  return { ...digests };
}

/**
 * The scalars in a value of any shape, by their path. The attack: parameters without end are the report of a build that
 * nobody reads, so only so many are taken.
 */
export function flatten(value: unknown): Record<string, string> {
  const texts = new Map<string, string>();
  const visit = (one: unknown, path: string, depth: number): void => {
    if (texts.size >= MAX_SHOWN || depth > MAX_DEPTH) return;
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') {
      if (one !== '') texts.set(path.slice(0, MAX_CHARS), String(one).slice(0, MAX_CHARS));
    } else if (Array.isArray(one)) {
      for (const [i, member] of one.slice(0, MAX_SHOWN).entries()) visit(member, `${path}[${i}]`, depth + 1);
    } else {
      const members = Object.entries(asObject(one) ?? {}).slice(0, MAX_SHOWN);
      for (const [name, member] of members) visit(member, path === '' ? name : `${path}.${name}`, depth + 1);
    }
  };
  visit(value, '', 0);
  return Object.fromEntries(texts);
}
