/** Tokens of what people plan and write with. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

const READS_WORK = 'read and change what its owner can';

export const WORK_PROVIDERS: readonly Provider[] = [
  {
    id: 'airtable-token',
    title: 'Airtable personal access token or API key',
    gives: 'read and change the bases that it was given',
    revoke: 'Delete it at airtable.com/create/tokens',
    reference: 'https://airtable.com/developers/web/guides/personal-access-tokens',
    formats: [
      {
        literals: [{ text: 'pat', gate: { follows: 'run', of: 'wordDashDot', atLeast: 79 } }],
        before: 1,
        after: 96,
        pattern: /(?<![A-Za-z0-9_])pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?![A-Za-z0-9_])/g,
      },
      { names: ['airtable'], value: ['alphanumeric', 17], form: 'key[A-Za-z0-9]{14}', accepts: isMixed },
    ],
  },
  {
    id: 'asana-token',
    title: 'Asana personal access token or client secret',
    gives: READS_WORK,
    revoke: 'Deauthorise it in Asana, Settings, Apps, Developer console',
    reference: 'https://developers.asana.com/docs/personal-access-token',
    formats: [
      {
        literals: ['0/1', '1/1', '2/1'].map((text) => ({
          text,
          gate: { follows: 'run' as const, of: 'digit' as const, atLeast: 10 },
        })),
        before: 1,
        after: 80,
        pattern: /(?<![A-Za-z0-9_./])[0-2]\/\d{11,20}(?:\/\d{11,20})?:[0-9a-f]{32}(?![A-Za-z0-9_])/g,
        redact: () => '****',
      },
      { names: ['asana'], value: ['hex', 32], accepts: isMixed },
      { names: ['asana'], value: ['hex', 34], form: '[0-2]/[0-9a-f]{32}', accepts: isMixed },
    ],
  },
  {
    id: 'trello-token',
    title: 'Trello token or secret',
    gives: 'read and change the boards that it may',
    revoke: 'Revoke it in Trello, Settings, Applications',
    reference: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/',
    formats: [
      { prefixes: ['ATTA'], body: ['hex', 60, 76], accepts: isMixed },
      { names: ['trello'], value: ['alphanumeric', 64], accepts: isMixed },
    ],
  },
  {
    id: 'clickup-token',
    title: 'ClickUp API token',
    gives: READS_WORK,
    revoke: 'Regenerate it in ClickUp, Settings, Apps',
    reference: 'https://developer.clickup.com/docs/authentication',
    formats: [
      {
        literals: [{ text: 'pk_', gate: { follows: 'run', of: 'digit', atLeast: 5 } }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9_])pk_\d{5,10}_[A-Z0-9]{32}(?![A-Za-z0-9_])/g,
      },
    ],
  },
  {
    id: 'notion-legacy-token',
    title: 'Notion integration token of the older form',
    gives: 'read and write what the integration was given',
    revoke: 'Refresh the secret at notion.so/my-integrations',
    reference: 'https://developers.notion.com/docs/authorization',
    severity: 'high',
    formats: [{ prefixes: ['secret_'], body: ['alphanumeric', 43], accepts: isMixedAfterPrefix }],
  },
  {
    id: 'linear-oauth-token',
    title: 'Linear OAuth token or webhook secret',
    gives: 'read and write issues as far as the application may',
    revoke: 'Revoke the application in Linear, Settings, API',
    reference: 'https://linear.app/developers/oauth-2-0-authentication',
    severity: 'high',
    formats: [{ prefixes: ['lin_oauth_', 'lin_wh_'], body: ['alphanumeric', 40, 64] }],
  },
  {
    id: 'miro-token',
    title: 'Miro access token',
    gives: 'read and change boards as far as the application may',
    revoke: 'Remove the app in Miro, Settings, Your apps',
    reference: 'https://developers.miro.com/docs/getting-started-with-oauth',
    severity: 'high',
    formats: [{ prefixes: ['eyJtaXJvLm9yaWdpbiI6'], body: ['wordDash', 30, 80] }],
  },
  {
    id: 'typeform-token',
    title: 'Typeform personal access token',
    gives: 'read answers and change forms',
    revoke: 'Delete it in Typeform, Settings, Personal tokens',
    reference: 'https://www.typeform.com/developers/get-started/personal-access-token/',
    severity: 'high',
    formats: [{ prefixes: ['tfp_'], body: ['wordDashDot', 40, 64], accepts: isMixed }],
  },
  {
    id: 'zoom-secret',
    title: 'Zoom client or API secret',
    gives: 'use Zoom’s API as the account, with the client ID',
    revoke: 'Regenerate it in the Zoom App Marketplace, Manage',
    reference: 'https://developers.zoom.us/docs/integrations/oauth/',
    confidence: 'medium',
    formats: [
      {
        names: ['zoom_client_secret', 'zoom_api_secret', 'zoom_sdk_secret', 'zoom_secret'],
        literals: ['zoom_client_secret', 'zoom_api_secret', 'zoom_sdk_secret', 'zoom_secret'],
        value: ['alphanumeric', 32, 36],
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'todoist-token',
    title: 'Todoist API token',
    gives: READS_WORK,
    revoke: 'Issue a new one in Todoist, Settings, Integrations, Developer',
    reference: 'https://developer.todoist.com/rest/v2/',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['todoist'], value: ['hex', 40], accepts: isMixed }],
  },
  {
    id: 'coda-token',
    title: 'Coda API token',
    gives: READS_WORK,
    revoke: 'Delete it in Coda, Account settings, API settings',
    reference: 'https://coda.io/developers/apis/v1',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['coda_api', 'coda_token', 'coda_key'],
        literals: ['coda_api', 'coda_token', 'codatoken', 'coda_key', 'codakey'],
        value: ['wordDash', 36],
        form: UUID,
      },
    ],
  },
  {
    id: 'smartsheet-token',
    title: 'Smartsheet access token',
    gives: READS_WORK,
    revoke: 'Revoke it in Smartsheet, Personal settings, API access',
    reference: 'https://developers.smartsheet.com/api/smartsheet/introduction',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['smartsheet'], value: ['alphanumeric', 37], accepts: isMixedCase }],
  },
];

/** What follows `secret_`, which is no part of what is looked at. */
function isMixedAfterPrefix(secret: string): boolean {
  return isMixedCase(secret.slice('secret_'.length));
}
