import type { SecretLintUnionRuleCreator } from '@secretlint/types';

/**
 * Loads a module of secretlint's and gives what it makes rules of.
 * @throws Error where it cannot be loaded, or is no rule
 */
export async function importRule(url: string): Promise<SecretLintUnionRuleCreator> {
  const { creator } = (await import(url)) as { creator?: SecretLintUnionRuleCreator };
  if (creator === undefined || typeof creator.meta?.id !== 'string') throw new Error('it exports no `creator`');
  if (creator.meta.type !== 'preset' && creator.meta.type !== 'scanner') throw new Error('it is no rule and no preset');
  return creator;
}
