/** Tokens of devices and of the services that they talk to, and of interfaces for researchers. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase } from './value-checks.ts';

export const DEVICE_PROVIDERS: readonly Provider[] = [
  {
    id: 'blynk-token',
    title: 'Blynk device token or client secret',
    gives: 'read and steer the device, or all devices of the organisation',
    revoke: 'Refresh it in the Blynk console, Device info; or Settings, OAuth clients',
    reference: 'https://docs.blynk.io/en/blynk.cloud/device-https-api/authentication',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'blynk.cloud/external/api/' }],
        before: 1,
        after: 160,
        pattern: /blynk\.cloud\/external\/api\/[\w/]{1,60}\?(?:[\w%=]{1,40}&){0,4}token=([\w-]{32})(?![\w-])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
      {
        literals: followed(['oa2-client-id_'], 'wordDash', 32),
        before: 1,
        after: 140,
        pattern:
          /oa2-client-id_[\w-]{32}(?::|["']?[&,]?\s{0,20}["']?client_secret["']?\s{0,4}[=:]\s{0,4}["']?)([\w-]{40})(?![\w-])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'thingsboard-token',
    title: 'ThingsBoard device token or provisioning secret',
    gives: 'send data as the device, or add devices',
    revoke: 'Change it in ThingsBoard, Devices, Manage credentials; or Device profiles, Provisioning',
    reference: 'https://thingsboard.io/docs/reference/http-api/',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'thingsboard.cloud/api/v1/' }],
        before: 1,
        after: 48,
        pattern: /thingsboard\.cloud\/api\/v1\/([A-Za-z0-9]{20})(?![A-Za-z0-9])/g,
        accepts: isMixed,
        redact: () => '****',
      },
      {
        literals: [{ text: 'provisionDeviceSecret' }, { text: 'provisionDeviceKey' }],
        before: 1,
        after: 48,
        pattern: /provisionDevice(?:Secret|Key)[\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\"']{0,4}([a-z0-9]{20})(?![A-Za-z0-9])/g,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'kagi-token',
    title: 'Kagi API key or session link',
    gives: 'search at the account’s cost, and see its settings',
    revoke: 'Generate a new one in Kagi, Settings, Advanced; or log the session out',
    reference: 'https://help.kagi.com/kagi/api/overview.html',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'kagi_api', ignoreCase: true }, { text: 'kagi.com/search?token=' }],
        before: 1,
        after: 96,
        pattern:
          /(?:kagi_api(?:_key|_token)?["']?\s{0,4}[=:]\s{0,4}["']?|kagi\.com\/search\?token=)([\w-]{11}\.[\w-]{43})(?![\w-])/gi,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'data-gov-key',
    title: 'Key of an api.data.gov service, such as NASA’s',
    gives: 'use up the owner’s requests',
    revoke: 'Ask for a new one at api.data.gov, and for the old one to be switched off',
    reference: 'https://api.data.gov/docs/developer-manual/',
    severity: 'low',
    formats: [
      {
        literals: ['api.nasa.gov/', 'api.data.gov/', 'developer.nrel.gov/api/'].map((text) => ({ text })),
        before: 1,
        after: 300,
        pattern:
          /(?:api\.nasa\.gov|api\.data\.gov|developer\.nrel\.gov\/api)\/[^\s"'<>]{1,200}?[?&]api_key=([A-Za-z0-9]{40})(?![A-Za-z0-9])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'segment-public-api-token',
    title: 'Segment public API token',
    gives: 'read and change the workspace’s sources and destinations',
    revoke: 'Remove it in Segment, Settings, Access management, Tokens',
    reference: 'https://docs.segmentapis.com/tag/Getting-Started',
    formats: [{ prefixes: ['sgp_'], body: ['alphanumeric', 64], accepts: isMixedCase }],
  },
];
