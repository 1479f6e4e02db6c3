import type { CredentialExplanation } from '../audit/index.ts';
import { printable } from '../core/index.ts';

const MARKS = { used: '=>', nothing: ' -', 'not-reached': '  ' } as const;

/** Which credentials would be used, for people. */
export function renderCredentials({ repository, host, found, origin, places }: CredentialExplanation): string {
  const lines = [
    found === null
      ? `${repository}: no credentials; the registry is asked as anybody`
      : `${repository}: ${found}\n  from ${origin}\n  sent to ${host} when it asks, or to the token service that it names`,
    '',
    'Looked at, in this order:',
    ...places.map(({ place, outcome, detail }) => `  ${MARKS[outcome]} ${place}: ${detail}`),
  ];
  return `${lines.join('\n').split('\n').map(printable).join('\n')}\n`;
}
