/** Keys of what runs jobs, machines and logins for others. */
import { followed } from './literals.ts';
import { isPassword } from './passwords.ts';
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, isNamedKey } from './value-checks.ts';

export const OPERATIONS_PROVIDERS: readonly Provider[] = [
  {
    id: 'auth0-client-secret',
    title: 'Auth0 client secret',
    gives: 'pass for the application: log its users in, and manage the tenant if it may',
    revoke: 'Rotate it in the Auth0 dashboard, Applications, Credentials',
    reference: 'https://auth0.com/docs/get-started/applications/rotate-client-secret',
    confidence: 'medium',
    formats: [
      {
        names: ['auth0_client_secret', 'auth0_secret', 'auth0_management_secret'],
        value: ['wordDash', 64],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'okta-api-token',
    title: 'Okta API token',
    gives: 'manage the organisation’s users and applications as its owner',
    revoke: 'Revoke it in the Okta admin console, Security, API, Tokens',
    reference: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    formats: [
      { names: ['okta'], value: ['wordDash', 42], form: '00[\\w-]{40}' },
      {
        // The scheme that Okta has for it in the header Authorization.
        literals: followed(['SSWS 00'], 'wordDash', 40),
        before: 1,
        after: 48,
        pattern: /\bSSWS (00[\w-]{40})(?![\w-])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'jumpcloud-key',
    title: 'JumpCloud API key',
    gives: 'manage the organisation’s users and machines as its owner',
    revoke: 'Generate a new one in the JumpCloud admin portal, My API key',
    reference: 'https://jumpcloud.com/support/jumpcloud-apis1',
    confidence: 'medium',
    formats: [
      {
        names: ['jumpcloud'],
        value: ['alphanumeric', 40],
        accepts: (key, match) => isMixed(key) && isNamedKey(key, match),
      },
    ],
  },
  {
    id: 'prefect-key',
    title: 'Prefect Cloud API key',
    gives: 'run and change the workspaces’ flows, and read their blocks with the secrets in them',
    revoke: 'Delete it in Prefect Cloud, Profile or Service accounts, API keys',
    reference: 'https://docs.prefect.io/v3/manage/cloud/manage-users/api-keys',
    formats: [{ prefixes: ['pnu_', 'pnb_'], body: ['alphanumeric', 36], accepts: isMixedCase }],
  },
  {
    id: 'truenas-key',
    title: 'TrueNAS API key',
    gives: 'manage the storage with its owner’s rights',
    revoke: 'Delete it in TrueNAS, API keys',
    reference: 'https://www.truenas.com/docs/scale/toptoolbar/managingapikeys/',
    formats: [
      {
        literals: [{ text: 'login_with_api_key' }, { text: 'truenas', ignoreCase: true }],
        before: 1,
        after: 240,
        pattern: /(?:login_with_api_key|truenas)[^\0]{1,160}?["'\s=](\d{1,4}-[A-Za-z0-9]{64})(?![\w-])/gi,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'vsphere-password',
    title: 'vSphere password in a PowerCLI command',
    gives: 'manage the virtual machines with the user’s rights',
    revoke: 'Change the password in vSphere',
    reference: 'https://developer.broadcom.com/powercli/latest/vmware.vimautomation.core/commands/connect-viserver',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'connect-viserver', ignoreCase: true }],
        before: 1,
        after: 320,
        pattern: /connect-viserver[^\r\n|;]{1,200}? -password[ \t]{1,4}["']?([^\s"'|;]{4,64})/gi,
        accepts: isPassword,
        redact: () => '****',
      },
    ],
  },
];
