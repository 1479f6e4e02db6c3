/** Tokens of social networks, of music, and of videos. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

const ASKS_FOR_TOKENS = 'ask for tokens in the name of the application';

export const SOCIAL_PROVIDERS: readonly Provider[] = [
  {
    id: 'facebook-token',
    title: 'Facebook access token',
    gives: 'use the Graph API as the person, page or business that it was issued to',
    revoke: 'Remove the app in Facebook, Settings, or reset the app’s secret',
    reference: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens',
    formats: [
      { prefixes: ['EAA'], body: ['alphanumeric', 90, 400], accepts: isFacebookToken },
      { prefixes: ['EAACEdEose0cBA'], body: ['alphanumeric', 20, 400], accepts: isMixedCase },
    ],
  },
  {
    id: 'facebook-app-secret',
    title: 'Facebook or Instagram app secret',
    gives: 'act as the application, and make tokens of its own',
    revoke: 'Reset it in Meta’s app dashboard, Settings, Basic',
    reference: 'https://developers.facebook.com/docs/facebook-login/security/',
    confidence: 'medium',
    formats: [
      {
        names: ['facebook', 'instagram', 'fb_app_secret', 'fb_secret', 'fb_api'],
        literals: ['facebook', 'instagram', 'fb_app_secret', 'fb_secret', 'fb_api', 'fbapi'],
        value: ['hex', 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'twitter-secret',
    title: 'X (Twitter) API secret or access token',
    gives: 'post and read as the application or its user, with the other half of the pair',
    revoke: 'Regenerate it at developer.x.com, Keys and tokens',
    reference: 'https://docs.x.com/resources/fundamentals/authentication/overview',
    confidence: 'medium',
    formats: [
      { names: ['twitter'], value: ['alphanumeric', 41, 50], accepts: isMixedCase },
      { names: ['twitter'], value: ['wordDash', 60], form: '\\d{7,20}-[A-Za-z0-9]{40}', accepts: isMixedCase },
    ],
  },
  {
    id: 'twitter-bearer-token',
    title: 'X (Twitter) bearer token',
    gives: 'read as the application',
    revoke: 'Revoke it at developer.x.com, Keys and tokens',
    reference: 'https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/application-only',
    severity: 'high',
    formats: [
      {
        literals: [
          '=AAAAAAAAAAAAAAAAAAAAA',
          '"AAAAAAAAAAAAAAAAAAAAA',
          "'AAAAAAAAAAAAAAAAAAAAA",
          ' AAAAAAAAAAAAAAAAAAAAA',
        ].map((text) => ({ text })),
        before: 0,
        after: 160,
        pattern: /(?<![A-Za-z0-9%])A{19,22}[A-Za-z0-9%]{60,130}(?![A-Za-z0-9%+/=])/g,
        accepts: isMixedCase,
        redact: () => '****',
        doubt: () => null,
      },
    ],
  },
  {
    id: 'linkedin-secret',
    title: 'LinkedIn client secret',
    gives: ASKS_FOR_TOKENS,
    revoke: 'Regenerate it at linkedin.com/developers/apps, Auth',
    reference: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'WPL_AP1.' }],
        before: 1,
        after: 48,
        pattern: /(?<![A-Za-z0-9_])WPL_AP1\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6}==/g,
      },
      {
        names: ['linkedin_secret', 'linkedin_client_secret', 'linkedin_app_secret', 'linkedin_api_secret'],
        value: ['alphanumeric', 16],
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'tiktok-secret',
    title: 'TikTok client secret',
    gives: ASKS_FOR_TOKENS,
    revoke: 'Renew it at developers.tiktok.com, Manage apps',
    reference: 'https://developers.tiktok.com/doc/oauth-user-access-token-management',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['tiktok_client_secret', 'tiktok_secret'], value: ['alphanumeric', 32], accepts: isMixedCase }],
  },
  {
    id: 'twitch-token',
    title: 'Twitch token, client secret or stream key',
    gives: 'use Twitch as the application or person, or stream in a channel’s name',
    revoke: 'Disconnect the app in Twitch, Settings; reset the secret in the developer console',
    reference: 'https://dev.twitch.tv/docs/authentication/',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'live_', gate: { follows: 'run', of: 'digit', atLeast: 6 } }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9_])live_\d{6,12}_[A-Za-z0-9]{30}(?![A-Za-z0-9_])/g,
      },
      { prefixes: ['oauth:'], body: ['alphanumeric', 30], accepts: isMixed },
      { names: ['twitch'], value: ['alphanumeric', 30], accepts: isMixed },
    ],
  },
  {
    id: 'spotify-secret',
    title: 'Spotify client secret',
    gives: ASKS_FOR_TOKENS,
    revoke: 'Rotate it in Spotify’s developer dashboard, Settings',
    reference: 'https://developer.spotify.com/documentation/web-api/concepts/apps',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['spotify_client_secret', 'spotify_secret', 'spotify_app_secret', 'spotipy_client_secret'],
        value: ['hex', 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'reddit-secret',
    title: 'Reddit client secret',
    gives: ASKS_FOR_TOKENS,
    revoke: 'Change it at reddit.com/prefs/apps',
    reference: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['reddit'], value: ['wordDash', 27, 30], accepts: isMixedCase }],
  },
  {
    id: 'vimeo-token',
    title: 'Vimeo access token',
    gives: 'read and change the account’s videos as far as it may',
    revoke: 'Revoke it at developer.vimeo.com/apps',
    reference: 'https://developer.vimeo.com/api/authentication',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['vimeo'], value: ['hex', 32], accepts: isMixed }],
  },
  {
    id: 'wakatime-key',
    title: 'WakaTime API key',
    gives: 'read and write what its owner worked on',
    revoke: 'Regenerate it at wakatime.com/settings/api-key',
    reference: 'https://wakatime.com/developers#authentication',
    severity: 'medium',
    formats: [
      {
        literals: [{ text: 'waka_', gate: { follows: 'run', of: 'hex', atLeast: 8 } }],
        before: 1,
        after: 48,
        pattern: new RegExp(`(?<![A-Za-z0-9_])waka_${UUID}(?![A-Za-z0-9_-])`, 'g'),
      },
      { names: ['wakatime'], value: ['wordDash', 36], form: UUID },
    ],
  },
];

/** Whether a token has no `+` and `/` because they were escaped, as `ZA` to `ZD`. */
function isFacebookToken(token: string): boolean {
  return /Z[A-D]/.test(token) && isMixedCase(token);
}
