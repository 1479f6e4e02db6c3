/** Keys of tools for developers: interfaces, flags, search, content, translations, maps. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isHexKey, isMixed, isMixedCase, isNamedKey, UUID } from './value-checks.ts';

export const DEVELOPER_TOOL_PROVIDERS: readonly Provider[] = [
  {
    id: 'algolia-admin-key',
    title: 'Algolia admin or write key',
    gives: 'read and change the application’s indexes',
    revoke: 'Regenerate or delete it in the Algolia dashboard, API keys',
    reference: 'https://www.algolia.com/doc/guides/security/api-keys/',
    severity: 'high',
    confidence: 'medium',
    formats: [
      // Not those for searching: they are made to be in web pages.
      {
        names: ['algolia_admin', 'algolia_api', 'algolia_write', 'algolia_key', 'algolia_secret', 'algolia_token'],
        value: ['alphanumeric', 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'apollo-key',
    title: 'Apollo GraphOS key',
    gives: 'publish schemas, or use GraphOS as its owner',
    revoke: 'Delete it in GraphOS Studio, Settings, API keys',
    reference: 'https://www.apollographql.com/docs/graphos/platform/access-management/api-keys',
    severity: 'high',
    formats: [
      {
        names: ['apollo_key', 'apollo_graph', 'engine_api_key', 'apollo'],
        literals: ['apollo', 'engine_api_key'],
        value: ['wordDash', 22],
        form: '(?:service:[\\w-]{1,64}|user:[\\w.-]{1,64}):[\\w-]{22}',
      },
    ],
  },
  {
    id: 'crowdin-token',
    title: 'Crowdin, Lokalise or Transifex token',
    gives: 'read and change translations as its owner',
    revoke: 'Revoke it in the account’s settings there',
    reference: 'https://support.crowdin.com/enterprise/account-settings/#personal-access-tokens',
    severity: 'high',
    confidence: 'medium',
    formats: [
      { names: ['crowdin'], value: ['alphanumeric', 80], accepts: isMixed },
      { names: ['lokalise'], value: ['hex', 40], accepts: isHexKey },
      {
        names: ['transifex', 'tx_token'],
        literals: ['transifex', 'tx_token'],
        value: ['hex', 40],
        form: '1/[a-f0-9]{40}',
      },
    ],
  },
  {
    id: 'launchdarkly-key',
    title: 'LaunchDarkly SDK key or access token',
    gives: 'read all flags with their rules, or change them with an access token',
    revoke: 'Reset it in LaunchDarkly, Project settings, Environments; or Authorization, Access tokens',
    reference: 'https://launchdarkly.com/docs/home/account/api',
    severity: 'high',
    formats: [
      {
        literals: followed(['sdk-', 'api-'], 'hex', 8),
        before: 1,
        after: 48,
        pattern:
          /(?<![\w-])((?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(?![\w-])/g,
      },
      { names: ['launchdarkly'], value: ['wordDash', 36], form: UUID, accepts: isNamedKey },
    ],
  },
  {
    id: 'mapbox-token',
    title: 'Mapbox secret or temporary token',
    gives: 'read and change the account’s maps and data, as far as its scopes go',
    revoke: 'Delete it in the Mapbox console, Access tokens',
    reference: 'https://docs.mapbox.com/help/dive-deeper/access-tokens/',
    severity: 'high',
    formats: [
      // Not the public ones, pk.…: they are made to be in web pages.
      {
        literals: followed(['sk.eyJ', 'tk.eyJ'], 'wordDash', 20),
        before: 1,
        after: 400,
        pattern: /(?<![\w.])([st]k\.eyJ[\w-]{20,300}\.[\w-]{22})(?![\w-])/g,
      },
    ],
  },
  {
    id: 'optimizely-token',
    title: 'Optimizely personal token',
    gives: 'read and change experiments as its owner',
    revoke: 'Revoke it in Optimizely, Profile, API access',
    reference: 'https://docs.developers.optimizely.com/web-experimentation/docs/personal-access-token',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['optimizely'], value: ['wordDash', 40, 60], form: '2:[\\w-]{40,60}', accepts: isMixedCase }],
  },
  {
    id: 'postman-key',
    title: 'Postman API key',
    gives: 'read collections and environments with the secrets in them, as its owner',
    revoke: 'Delete it in Postman, Account settings, API keys',
    reference: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
    formats: [
      {
        literals: [{ text: 'PMAK-', gate: { follows: 'run', of: 'hex', atLeast: 24 } }],
        before: 1,
        after: 72,
        pattern: /(?<![\w-])(PMAK-[a-f0-9]{24}-[a-f0-9]{34})(?![\w-])/gi,
      },
    ],
  },
  {
    id: 'prismic-token',
    title: 'Prismic access token',
    gives: 'read the repository’s content, drafts among it',
    revoke: 'Delete it in Prismic, Settings, API & security',
    reference: 'https://prismic.io/docs/fetch-content#access-tokens',
    severity: 'medium',
    confidence: 'medium',
    formats: [
      { names: ['prismic'], value: ['wordDashDot', 60, 140], form: 'MC5[\\w.-]{60,140}', accepts: isMixedCase },
    ],
  },
  {
    id: 'snyk-token',
    title: 'Snyk API token',
    gives: 'use Snyk as its owner: read code’s dependencies and findings',
    revoke: 'Revoke it in Snyk, Account settings, General',
    reference: 'https://docs.snyk.io/snyk-api/authentication-for-api',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['snyk_token', 'snyk_key', 'snyk_api', 'snyk_oauth', 'snyk_secret', 'snyk_auth'],
        literals: ['snyk'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
    ],
  },
  {
    id: 'storyblok-token',
    title: 'Storyblok token',
    gives: 'read the space’s content, drafts among it; with a personal token change it',
    revoke: 'Delete it in Storyblok, Settings, Access tokens',
    reference: 'https://www.storyblok.com/docs/concepts/access-tokens',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['storyblok'], value: ['alphanumeric', 24], form: '[A-Za-z0-9]{22}tt', accepts: isMixedCase }],
  },
];
