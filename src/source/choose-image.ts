import { AuditError } from '../core/index.ts';

/** An image to choose by its name, its digest, or its place in the list. */
export interface Choice {
  readonly names: readonly string[];
  readonly digest: string | null;
}

/**
 * The images that a user means by what stands behind a path: `acme/api:1.4` or a part of it, `@sha256:…`, or `@1`,
 * the second one, as skopeo has it. All where nothing stands there.
 * @throws AuditError `IMAGE_NOT_FOUND`, which lists what there is
 */
export function chooseImages<T extends Choice>(choices: readonly T[], wanted: string | null, place: string): T[] {
  const chosen = wanted === null ? [...choices] : choices.filter((choice, i) => isWanted(choice, i, wanted));
  if (chosen.length > 0) return chosen;
  throw new AuditError(
    'IMAGE_NOT_FOUND',
    wanted === null ? `${place} has no image` : `${place} has no image ${JSON.stringify(wanted)}`,
    { hint: `It has: ${listChoices(choices)}.` },
  );
}

/** Whether images are chosen by what they are called, not by their place or digest. */
export function isByName(wanted: string | null): wanted is string {
  return wanted !== null && !wanted.startsWith('@');
}

function isWanted({ names, digest }: Choice, index: number, wanted: string): boolean {
  if (wanted === `@${index}`) return true;
  if (digest !== null && wanted.replace(/^@/, '') === digest) return true;
  return names.some((name) => name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`));
}

/** What each can be chosen by: a name that no other has, or else its place. */
function listChoices(choices: readonly Choice[]): string {
  const shown = choices.slice(0, 20).map(({ names }, i) => {
    const own = names.find((name) => choices.every((other, j) => i === j || !other.names.includes(name)));
    return own ?? `@${i}`;
  });
  const more = choices.length - shown.length;
  return `${shown.join(', ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`;
}
