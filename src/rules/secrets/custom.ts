import type { CustomKind, SecretMatch } from '../../examine/index.ts';
import type { Rule } from '../rule.ts';
import { secretRule } from './index.ts';

/** A rule for each rule of the user's that found something; what it says of itself comes with its matches. */
export function customSecretRules(matches: readonly SecretMatch[]): Rule[] {
  const found = new Map<string, CustomKind>();
  for (const { detector, custom } of matches) if (custom !== undefined) found.set(detector, custom);
  return [...found].map(([name, { title, severity }]) =>
    secretRule(
      name,
      {
        title,
        severity,
        confidence: 'medium',
        gives: 'do what the secret is for',
        revoke: 'Take it out of use where it was issued',
        reference: '',
      },
      ({ detector, custom }) => detector === name && custom !== undefined,
    ),
  );
}
