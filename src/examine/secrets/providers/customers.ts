/** Keys of those who look after customers: support, sales, marketing. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

const READS_CUSTOMERS = 'read and change what is kept of customers';

export const CUSTOMER_PROVIDERS: readonly Provider[] = [
  {
    id: 'intercom-token',
    title: 'Intercom access token',
    gives: READS_CUSTOMERS,
    revoke: 'Regenerate it in Intercom’s Developer Hub, Authentication',
    reference: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
    formats: [
      {
        prefixes: ['dG9rO'],
        body: ['base64', 50, 60],
        accepts: (secret) => /^tok:[\x20-\x7e]{30,}/.test(Buffer.from(secret, 'base64').toString('latin1')),
      },
    ],
  },
  {
    id: 'zendesk-token',
    title: 'Zendesk API token',
    gives: 'use Zendesk as any of its agents',
    revoke: 'Deactivate it in Zendesk’s Admin Center, Apps and integrations, API tokens',
    reference:
      'https://support.zendesk.com/hc/en-us/articles/4408889192858-Managing-API-token-access-to-the-Zendesk-API',
    confidence: 'medium',
    formats: [{ names: ['zendesk'], value: ['alphanumeric', 40], accepts: isMixed }],
  },
  {
    id: 'freshdesk-key',
    title: 'Freshdesk API key',
    gives: 'use Freshdesk as the key’s owner',
    revoke: 'Reset it in Freshdesk, Profile settings',
    reference: 'https://developers.freshdesk.com/api/#authentication',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['freshdesk'], value: ['alphanumeric', 20], accepts: isMixed }],
  },
  {
    id: 'hubspot-token',
    title: 'HubSpot private app token or API key',
    gives: READS_CUSTOMERS,
    revoke: 'Rotate it in HubSpot, Settings, Integrations, Private apps',
    reference: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    formats: [
      {
        literals: ['pat-na', 'pat-eu', 'pat-ap'].map((text) => ({ text })),
        before: 1,
        after: 48,
        pattern: new RegExp(`(?<![A-Za-z0-9_-])pat-(?:na|eu|ap)[1-9]-${UUID}(?![A-Za-z0-9_-])`, 'gi'),
      },
      { names: ['hubspot', 'hapikey'], value: ['wordDash', 36], form: UUID },
    ],
  },
  {
    id: 'salesforce-token',
    title: 'Salesforce access or refresh token',
    gives: 'use Salesforce as the person who logged in',
    revoke: 'Revoke it in Salesforce, Setup, Connected Apps OAuth Usage, and end the session',
    reference: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm',
    formats: [
      {
        literals: [{ text: '00D', gate: { follows: 'run', of: 'alphanumeric', atLeast: 12 } }],
        before: 1,
        after: 180,
        pattern: /(?<![A-Za-z0-9_])00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?![A-Za-z0-9._]{80,140}(?![A-Za-z0-9_])/g,
        accepts: isMixedCase,
      },
      { prefixes: ['5Aep861'], body: ['wordDashDot', 70, 100] },
    ],
  },
  {
    id: 'pipedrive-token',
    title: 'Pipedrive API token',
    gives: READS_CUSTOMERS,
    revoke: 'Regenerate it in Pipedrive, Personal preferences, API',
    reference: 'https://pipedrive.readme.io/docs/how-to-find-the-api-token',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['pipedrive'], value: ['alphanumeric', 40], accepts: isMixed }],
  },
  {
    id: 'klaviyo-key',
    title: 'Klaviyo private API key',
    gives: 'read and change profiles, and send campaigns',
    revoke: 'Delete it in Klaviyo, Settings, API keys',
    reference: 'https://developers.klaviyo.com/en/docs/authenticate_',
    formats: [
      { prefixes: ['pk_'], body: ['hex', 34] },
      {
        literals: [{ text: 'pk_', gate: { follows: 'run', of: 'word', atLeast: 41 } }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9_])pk_[A-Za-z0-9]{6}_[0-9a-f]{34}(?![A-Za-z0-9_])/g,
      },
    ],
  },
  {
    id: 'customerio-key',
    title: 'Customer.io API key',
    gives: 'read and change profiles, and send messages',
    revoke: 'Delete it in Customer.io, Account settings, API credentials',
    reference: 'https://docs.customer.io/accounts-and-workspaces/managing-credentials/',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['customerio', 'customer_io', 'customer.io'],
        literals: ['customerio', 'customer_io', 'customer.io'],
        value: ['hex', 20, 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'close-key',
    title: 'Close API key',
    gives: READS_CUSTOMERS,
    revoke: 'Delete it in Close, Settings, Developer, API Keys',
    reference: 'https://developer.close.com/topics/authentication/',
    formats: [
      {
        literals: [{ text: 'api_', gate: { follows: 'run', of: 'wordDashDot', atLeast: 40 } }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9_])api_[A-Za-z0-9]{20,22}\.[A-Za-z0-9]{20,22}(?![A-Za-z0-9_])/g,
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'sendbird-token',
    title: 'Sendbird API token',
    gives: 'read and write all messages of the application',
    revoke: 'Revoke it in the Sendbird dashboard, Settings, General',
    reference: 'https://sendbird.com/docs/chat/platform-api/v3/prepare-to-use-api',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['sendbird'], value: ['hex', 40], accepts: isMixed }],
  },
];
