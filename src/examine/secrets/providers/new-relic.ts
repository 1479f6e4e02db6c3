/** Keys of New Relic: each kind has a mark of its own. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isHexKey, isMixed, UUID } from './value-checks.ts';

const REFERENCE = 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/';
const REVOKE = 'Delete it in New Relic, Administration, API keys';

export const NEW_RELIC_PROVIDERS: readonly Provider[] = [
  {
    id: 'newrelic-user-key',
    title: 'New Relic user or admin key',
    gives: 'query and change what its owner may in New Relic',
    revoke: REVOKE,
    reference: REFERENCE,
    severity: 'high',
    formats: [
      { prefixes: ['NRAK-'], body: ['upperAlphanumeric', 27], accepts: isMixed },
      { prefixes: ['NRAA-'], body: ['hex', 27] },
      { prefixes: ['NRRA-'], body: ['hex', 42] },
    ],
  },
  {
    id: 'newrelic-insights-key',
    title: 'New Relic Insights key',
    gives: 'query the account’s events, or insert false ones',
    revoke: REVOKE,
    reference: REFERENCE,
    severity: 'medium',
    formats: [{ prefixes: ['NRII-', 'NRIQ-'], body: ['wordDash', 32], accepts: isMixed }],
  },
  {
    id: 'newrelic-license-key',
    title: 'New Relic license key',
    gives: 'send false data into the account',
    revoke: REVOKE,
    reference: REFERENCE,
    severity: 'medium',
    formats: [
      {
        literals: [{ text: 'NRAL' }],
        before: 40,
        after: 2,
        pattern: /(?<!\w)((?:[a-z]{2}\d{2}xx[a-f0-9]{30}|[a-f0-9]{36}|[a-f0-9]{32}FFFF)NRAL)(?!\w)/g,
        redact: () => '****',
      },
      {
        names: ['newrelic', 'new_relic'],
        literals: ['newrelic', 'new_relic', 'new-relic', 'new relic'],
        value: ['hex', 40],
        accepts: isHexKey,
      },
      {
        // As newrelic.yml has it, whose comment names the provider on the line before.
        literals: [{ text: 'new relic account', ignoreCase: true }],
        before: 1,
        after: 200,
        pattern: /new relic account\.?\s{1,4}license_key:\s{0,2}["']?([a-f0-9]{40})(?!\w)/gi,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'newrelic-pixie-key',
    title: 'Key of Pixie by New Relic',
    gives: 'read what Pixie sees in the cluster, or attach clusters',
    revoke: 'Delete it in Pixie: px api-key delete, px deploy-key delete',
    reference: 'https://docs.px.dev/reference/admin/api-keys/',
    severity: 'high',
    formats: [
      {
        literals: followed(['px-api-', 'px-dep-'], 'hex', 8),
        before: 1,
        after: 48,
        pattern: new RegExp(`(?<![\\w-])(px-(?:api|dep)-${UUID})(?![\\w-])`, 'g'),
      },
    ],
  },
];
