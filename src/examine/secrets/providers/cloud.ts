/** Keys of clouds and of those who host programs. */
import type { Provider } from './provider.ts';

export const CLOUD_PROVIDERS: readonly Provider[] = [
  {
    id: 'digitalocean-token',
    title: 'DigitalOcean access token',
    gives: 'manage the account’s machines, volumes and databases as far as it may',
    revoke: 'Delete it in the DigitalOcean control panel, API',
    reference: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
    formats: [{ prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: ['hex', 64] }],
  },
  {
    id: 'google-api-key',
    title: 'Google API key',
    gives: 'call the APIs that it is not restricted from, at the project’s cost',
    revoke: 'Delete or restrict it in the Google Cloud console, APIs and services, Credentials',
    reference: 'https://cloud.google.com/docs/authentication/api-keys',
    severity: 'high',
    formats: [{ prefixes: ['AIza'], body: ['wordDash', 35] }],
  },
  {
    id: 'heroku-key',
    title: 'Heroku API key',
    gives: 'read and change the account’s apps and their configuration',
    revoke: 'Regenerate it in the Heroku dashboard, Account settings; heroku authorizations:revoke for others',
    reference: 'https://devcenter.heroku.com/articles/authentication',
    formats: [
      { prefixes: ['HRKU-AA'], body: ['wordDash', 58] },
      {
        names: ['heroku'],
        value: ['wordDash', 36],
        form: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
      },
    ],
  },
];
