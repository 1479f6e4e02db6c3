/** Tokens and webhooks of chats. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

/** Whether the first part of a bot's token is a number in base64. */
function isDiscordToken(token: string): boolean {
  return /^\d{17,20}$/.test(Buffer.from(token.split('.')[0] ?? '', 'base64').toString('latin1')) && isMixed(token);
}

export const CHAT_PROVIDERS: readonly Provider[] = [
  {
    id: 'discord-bot-token',
    title: 'Discord bot token',
    gives: 'act as the bot in every server that it was added to',
    revoke: 'Reset it in the Discord developer portal, Bot',
    reference: 'https://discord.com/developers/docs/reference',
    formats: [
      {
        // Told by a name near it. A token begins with a number in base64 and so with any of nine pairs of letters, which
        // are in every other line of any text.
        literals: [{ text: 'discord', ignoreCase: true }],
        before: 160,
        after: 160,
        pattern: /(?<![\w.+/-])[MNO][A-Za-z0-9]{22,26}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])/g,
        accepts: isDiscordToken,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'discord-webhook',
    title: 'Discord webhook',
    gives: 'post messages into a channel',
    revoke: 'Delete it in the channel’s settings, Integrations',
    reference: 'https://discord.com/developers/docs/resources/webhook',
    severity: 'medium',
    formats: [
      {
        literals: [{ text: 'discord.com/api/' }, { text: 'discordapp.com/api/' }],
        before: 24,
        after: 144,
        pattern:
          /https?:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{17,20}\/[\w-]{60,80}/g,
        redact: (text) => text.replace(/(\/webhooks\/\d+\/).*/, '$1****'),
      },
    ],
  },
  {
    id: 'discord-client-secret',
    title: 'Discord client secret',
    gives: 'ask for tokens in the name of the application',
    revoke: 'Reset it in the Discord developer portal, OAuth2',
    reference: 'https://discord.com/developers/docs/topics/oauth2',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['discord'], value: ['wordDash', 32], accepts: isMixedCase }],
  },
  {
    id: 'telegram-bot-token',
    title: 'Telegram bot token',
    gives: 'act as the bot, and read what people write to it',
    revoke: 'Send /revoke to @BotFather',
    reference: 'https://core.telegram.org/bots/features#generating-an-authentication-token',
    formats: [
      {
        literals: [{ text: ':AA', gate: { follows: 'run', of: 'wordDash', atLeast: 32 } }],
        before: 12,
        after: 64,
        pattern: /(?<![A-Za-z0-9_])\d{8,10}:AA[A-Za-z0-9_-]{32,33}(?![A-Za-z0-9_-])/g,
        accepts: isMixedCase,
        redact: () => '****',
      },
      {
        names: ['telegram', 'tgram'],
        value: ['wordDash', 46],
        form: '(?:bot|//)?\\d{8,10}:[A-Za-z0-9_-]{35}',
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'slack-configuration-token',
    title: 'Slack app configuration token',
    gives: 'create, read and change the workspace’s apps',
    revoke: 'Revoke it at api.slack.com/apps, Your App Configuration Tokens',
    reference: 'https://docs.slack.dev/authentication/tokens',
    severity: 'high',
    formats: [
      { prefixes: ['xoxe.xoxp-1-', 'xoxe.xoxb-1-'], body: ['wordDash', 140, 220] },
      { prefixes: ['xoxe-1-'], body: ['wordDash', 130, 220] },
    ],
  },
  {
    id: 'slack-session-token',
    title: 'Slack session or workflow token',
    gives: 'read and write in the workspace as who it was issued to',
    revoke: 'Sign out of all sessions in Slack, Account settings; remove the app for others',
    reference: 'https://docs.slack.dev/authentication/tokens',
    severity: 'high',
    formats: [
      { prefixes: ['xoxc-', 'xoxs-'], body: ['wordDash', 40, 160], accepts: hasSlackNumber },
      { prefixes: ['xwfp-'], body: ['wordDash', 40, 160], accepts: hasSlackNumber },
    ],
  },
  {
    id: 'slack-workflow-webhook',
    title: 'Slack workflow webhook',
    gives: 'start the workflow, with data of one’s own',
    revoke: 'Delete the trigger in Slack, Workflow builder',
    reference:
      'https://slack.com/help/articles/360041352714-Build-a-workflow--Create-a-workflow-that-starts-outside-of-Slack',
    severity: 'medium',
    formats: [
      {
        literals: [{ text: 'hooks.slack.com/workflows/' }, { text: 'hooks.slack.com/triggers/' }],
        before: 8,
        after: 160,
        pattern: /https:\/\/hooks\.slack\.com\/(?:workflows|triggers)\/[TE][A-Z0-9]{8,12}\/[A-Za-z0-9/]{20,100}/g,
        redact: () => 'https://hooks.slack.com/****',
      },
    ],
  },
  {
    id: 'teams-webhook',
    title: 'Microsoft Teams webhook',
    gives: 'post messages into a channel',
    revoke: 'Remove the connector from the channel in Teams',
    reference:
      'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    severity: 'medium',
    formats: [
      {
        literals: [{ text: 'outlook.office.com/webhook/' }, { text: 'webhook.office.com/webhookb2/' }],
        before: 72,
        after: 256,
        pattern: new RegExp(
          `https://(?:outlook\\.office\\.com/webhook|[a-z0-9-]{1,63}\\.webhook\\.office\\.com/webhookb2)/${UUID}@${UUID}/IncomingWebhook/[0-9a-f]{32}/${UUID}(?:/[\\w-]{10,80})?`,
          'gi',
        ),
        redact: (text) => text.replace(/(\/webhook(?:b2)?\/).*/i, '$1****'),
      },
    ],
  },
  {
    id: 'mattermost-token',
    title: 'Mattermost access token',
    gives: 'use Mattermost as the token’s owner',
    revoke: 'Delete it in Mattermost, Profile, Security, Personal access tokens',
    reference: 'https://developers.mattermost.com/integrate/reference/personal-access-token/',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['mattermost'], value: ['alphanumeric', 26], accepts: isMixed }],
  },
  {
    id: 'zulip-key',
    title: 'Zulip API key',
    gives: 'use Zulip as the key’s owner',
    revoke: 'Change it in Zulip, Settings, Account & privacy, API key',
    reference: 'https://zulip.com/api/api-keys',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['zulip'], value: ['alphanumeric', 32], accepts: isMixedCase }],
  },
  {
    id: 'matrix-token',
    title: 'Matrix access token',
    gives: 'use Matrix as the token’s owner',
    revoke: 'Log the session out',
    reference: 'https://spec.matrix.org/latest/client-server-api/#using-access-tokens',
    severity: 'high',
    formats: [{ prefixes: ['syt_'], body: ['alphanumeric', 4, 80], end: '_[A-Za-z]{20}_[A-Za-z0-9]{6}' }],
  },
  {
    id: 'webex-token',
    title: 'Webex access token',
    gives: 'use Webex as the bot or person',
    revoke: 'Regenerate it at developer.webex.com, My Webex Apps',
    reference: 'https://developer.webex.com/docs/bots',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['webex'], value: ['wordDash', 106], form: `[A-Za-z0-9]{64}_[A-Za-z0-9]{2,4}_${UUID}` }],
  },
  {
    id: 'line-channel-token',
    title: 'LINE channel access token',
    gives: 'send messages as the LINE account',
    revoke: 'Reissue it in the LINE Developers Console',
    reference: 'https://developers.line.biz/en/docs/basics/channel-access-token/',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['line_channel_access', 'channel_access_token', 'channelaccesstoken', 'line_token'],
        literals: ['line_channel_access', 'channel_access_token', 'channelaccesstoken', 'line_token'],
        value: ['base64', 150, 180],
        accepts: isMixedCase,
      },
    ],
  },
];

/** Slack’s tokens begin with numbers of the workspace and its user. */
function hasSlackNumber(token: string): boolean {
  return /^x[a-z]{3}-\d{8,14}-/.test(token);
}
