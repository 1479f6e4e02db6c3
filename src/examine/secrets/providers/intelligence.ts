/** Keys of those who know about hosts, files and leaks, and of connected things. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

const ASKS = 'ask at the account’s cost, and see what it asked before';

export const INTELLIGENCE_PROVIDERS: readonly Provider[] = [
  {
    id: 'urlscan-key',
    title: 'urlscan.io API key',
    gives: ASKS,
    revoke: 'Delete it at urlscan.io, Settings & API',
    reference: 'https://urlscan.io/docs/api/',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['urlscan'], value: ['wordDash', 36], form: UUID }],
  },
  {
    id: 'virustotal-key',
    title: 'VirusTotal API key',
    gives: ASKS,
    revoke: 'Ask VirusTotal for a new one: virustotal.com, API key',
    reference: 'https://docs.virustotal.com/docs/please-give-me-an-api-key',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['virustotal', 'virus_total', 'vt_api'],
        literals: ['virustotal', 'virus_total', 'vt_api'],
        value: ['hex', 64],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'shodan-key',
    title: 'Shodan API key',
    gives: ASKS,
    revoke: 'Reset it at account.shodan.io',
    reference: 'https://developer.shodan.io/api',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['shodan'], value: ['alphanumeric', 32], accepts: isMixed }],
  },
  {
    id: 'censys-secret',
    title: 'Censys API secret or token',
    gives: ASKS,
    revoke: 'Reset it in Censys, Account, API',
    reference: 'https://docs.censys.com/reference/get-started',
    severity: 'medium',
    formats: [
      { prefixes: ['censys_'], body: ['alphanumeric', 8], end: '_[A-Za-z0-9]{22,32}' },
      { names: ['censys'], value: ['alphanumeric', 32], accepts: isMixedCase },
    ],
  },
  {
    id: 'securitytrails-key',
    title: 'SecurityTrails API key',
    gives: ASKS,
    revoke: 'Delete it at securitytrails.com, Credentials',
    reference: 'https://docs.securitytrails.com/docs/authentication',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['securitytrails'], value: ['alphanumeric', 32], accepts: isMixed }],
  },
  {
    id: 'haveibeenpwned-key',
    title: 'Have I Been Pwned API key',
    gives: ASKS,
    revoke: 'Regenerate it at haveibeenpwned.com/API/Key',
    reference: 'https://haveibeenpwned.com/API/v3#Authorisation',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['hibp', 'haveibeenpwned'], value: ['hex', 32], accepts: isMixed }],
  },
  {
    id: 'ipinfo-token',
    title: 'IPinfo token',
    gives: ASKS,
    revoke: 'Rotate it at ipinfo.io/dashboard/token',
    reference: 'https://ipinfo.io/developers',
    severity: 'low',
    confidence: 'medium',
    formats: [{ names: ['ipinfo'], value: ['hex', 14], accepts: isMixed }],
  },
  {
    id: 'abuseipdb-key',
    title: 'AbuseIPDB API key',
    gives: ASKS,
    revoke: 'Delete it at abuseipdb.com/account/api',
    reference: 'https://docs.abuseipdb.com/',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['abuseipdb'], value: ['hex', 80], accepts: isMixed }],
  },
  {
    id: 'adafruit-io-key',
    title: 'Adafruit IO key',
    gives: 'read and write the account’s feeds',
    revoke: 'Regenerate it at io.adafruit.com, My key',
    reference: 'https://io.adafruit.com/api/docs/#authentication',
    severity: 'high',
    formats: [{ prefixes: ['aio_'], body: ['alphanumeric', 28], accepts: isMixedCase }],
  },
  {
    id: 'particle-token',
    title: 'Particle access token',
    gives: 'control the account’s devices',
    revoke: 'Delete it: particle token revoke',
    reference: 'https://docs.particle.io/reference/cloud-apis/access-tokens/',
    formats: [
      {
        literals: [{ text: 'api.particle.io' }],
        before: 160,
        after: 320,
        pattern:
          /api\.particle\.io\/[^\n]{0,160}?(?:\\\n[^\n]{0,120}?)?(?:Bearer |access_token=)([0-9a-f]{40})(?![0-9a-f])/g,
        accepts: isMixed,
        redact: () => '****',
      },
      {
        literals: [{ text: 'api.particle.io' }],
        before: 240,
        after: 32,
        pattern:
          /(?:Bearer |access_token=)([0-9a-f]{40})(?![0-9a-f])[^\n]{0,120}?(?:\\\n[^\n]{0,80}?)?api\.particle\.io/g,
        accepts: isMixed,
        redact: () => '****',
      },
      {
        names: ['particle_access_token', 'particle_token'],
        literals: ['particle_access_token', 'particle_token'],
        value: ['hex', 40],
        accepts: isMixed,
      },
    ],
  },
];
