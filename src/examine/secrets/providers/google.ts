/** Credentials of Google beside API keys and service accounts. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase } from './value-checks.ts';

export const GOOGLE_PROVIDERS: readonly Provider[] = [
  {
    id: 'google-oauth-client-secret',
    title: 'Google OAuth client secret',
    gives: 'pass for the application towards Google, and use tokens that were granted to it',
    revoke: 'Add a new secret and delete this one in the Google Cloud console, Clients',
    reference: 'https://support.google.com/cloud/answer/15549257',
    severity: 'high',
    formats: [
      { prefixes: ['GOCSPX-'], body: ['wordDash', 28] },
      {
        names: [
          'google_client_secret',
          'google_oauth_client_secret',
          'google_oauth_secret',
          'google_oauth2_client_secret',
        ],
        literals: ['google_client_secret', 'googleclientsecret', 'google-client-secret', 'google_oauth', 'googleoauth'],
        value: ['wordDash', 24],
        accepts: isMixedCase,
      },
      {
        // Older ones have no prefix; their client's number tells.
        literals: [{ text: '.apps.googleusercontent.com' }],
        before: 120,
        after: 400,
        pattern:
          /\.apps\.googleusercontent\.com["'\\]{0,3}[^\0]{0,300}?client_?secret["'\\]{0,3}\s{0,4}(?:=>|[=:])\s{0,4}["'\\]{0,3}([\w-]{24})(?![\w-])/gi,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'google-oauth-token',
    title: 'Google OAuth access token',
    gives: 'act as the user or service account within its scopes, for an hour at most',
    revoke: 'Remove the application’s access in the Google account, Security; or call oauth2.googleapis.com/revoke',
    reference: 'https://developers.google.com/identity/protocols/oauth2',
    severity: 'high',
    formats: [
      {
        literals: followed(['ya29.'], 'wordDashDot', 30),
        before: 1,
        after: 2056,
        pattern: /(?<![\w.-])(ya29\.[\w.-]{30,2047}[\w-])/g,
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'google-oauth-refresh-token',
    title: 'Google OAuth refresh token',
    gives: 'get access tokens of the user again and again, together with the client’s secret',
    revoke:
      'Remove the application’s access in the Google account, Security; or gcloud auth application-default revoke',
    reference: 'https://developers.google.com/identity/protocols/oauth2',
    formats: [{ prefixes: ['1//0'], body: ['wordDash', 60, 160], accepts: isMixedCase }],
  },
  {
    id: 'google-storage-hmac-secret',
    title: 'HMAC secret of Google Cloud Storage',
    gives: 'read and write buckets as the account that it belongs to',
    revoke: 'Deactivate and delete it: gcloud storage hmac delete',
    reference: 'https://cloud.google.com/storage/docs/authentication/hmackeys',
    formats: [
      {
        // The secret has no mark; the access ID before it has.
        literals: [{ text: 'GOOG', gate: { follows: 'run', of: 'upperAlphanumeric', atLeast: 16 } }],
        before: 1,
        after: 320,
        pattern: /\bGOOG[A-Z0-9]{16,60}\b[^\0]{1,160}?(?<![A-Za-z0-9+/])([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'firebase-server-key',
    title: 'Server key of Firebase Cloud Messaging (legacy)',
    gives: 'send messages to the app’s users, where the legacy interface is still on',
    revoke: 'Delete it in the Firebase console, Project settings, Cloud Messaging',
    reference: 'https://firebase.google.com/docs/cloud-messaging/auth-server',
    severity: 'medium',
    formats: [
      {
        literals: [{ text: ':APA91', gate: { follows: 'run', of: 'wordDash', atLeast: 130 } }],
        before: 12,
        after: 180,
        pattern: /(?<![\w-])(AAAA[\w-]{7}:APA91[\w-]{134})(?![\w-])/g,
      },
    ],
  },
];
