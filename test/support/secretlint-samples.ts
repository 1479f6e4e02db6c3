/**
 * A made-up secret for every message of secretlint's recommended preset. They have the form of secrets and are
 * none; each is put together from pieces so that scanners of this repository find nothing.
 */

/** A text that secretlint reports, and the secret in it where that is only a part. */
export interface SecretSample {
  readonly message: string;
  readonly text: string;
  readonly secret?: string;
}

const ALPHABET = 'aZ3bY5cX7dW9eV1fU2gT4hS6iR8jQ0kPlOmNnM';

/** So many letters and digits, the same in every run. */
function body(length: number, alphabet = ALPHABET): string {
  return Array.from({ length }, (_, i) => alphabet[(i * 7 + 3) % alphabet.length]).join('');
}

const letters = (length: number): string => body(length, 'aZbYcXdWeVfUgTh');
const hex = (length: number): string => body(length, '0123456789abcdef');
const upper = (length: number): string => body(length, 'ABCDEFGHJK234567');

const whole = (message: string, ...parts: string[]): SecretSample => ({ message, text: parts.join('') });

const pemBody = `MIIEow${body(300)}`.replace(/(.{64})/g, '$1\n');
const pem = ['-----BEGIN RSA PRIVATE', ` KEY-----\n${pemBody}\n-----END RSA PRIVATE`, ' KEY-----'].join('');
const pemInJson = [
  '-----BEGIN PRIVATE',
  ` KEY-----\\n${pemBody.replaceAll('\n', '\\n')}\\n-----END PRIVATE`,
  ' KEY-----\\n',
].join('');
// Of a length that makes the base64 end as the real ones do.
const opsToken = Buffer.from(`{"email":"${letters(60)}","secretKey":"A3-${upper(61)}"}`).toString('base64');

/** One for each message. */
export const secretOfEveryMessage: readonly SecretSample[] = [
  { message: 'aws/AWSSecretAccessKey', text: `AWS_SECRET_ACCESS_KEY=${body(40)}`, secret: body(40) },
  whole('aws/AWSAccessKeyID', 'AKIA', upper(16)),
  {
    message: 'gcp/PrivateKeyJSON',
    text: `{"type":"service_account","private_key_id":"${hex(40)}","private_key":"${pemInJson}","client_id":"1"}`,
    secret: pemInJson,
  },
  {
    message: 'npm/PackageJSON_xOauthToken',
    text: `https://${hex(40)}:x-oauth-basic@github.com/acme/x`,
    secret: hex(40),
  },
  { message: 'npm/Npmrc_authToken', text: `//registry.acme.io/:_authToken=${body(36)}`, secret: body(36) },
  whole('npm/NPM_ACCESS_TOKEN', 'npm_', body(36)),
  whole('slack/SLACK_TOKEN', 'xoxb-', '123456789012-', '1234567890123-', body(24)),
  whole('slack/IncomingWebhook', 'https://hooks.slack.com', '/services/', `T${upper(8)}/B${upper(8)}/${body(24)}`),
  { message: 'basicauth/BasicAuth', text: `https://deploy:${body(12)}@git.acme.io/x`, secret: body(12) },
  whole('openai/OPENAI_TOKEN', 'sk-', body(20), 'T3Blbk', 'FJ', body(20)),
  whole('anthropic/ANTHROPIC_API_KEY', 'sk-ant-', 'api03-', body(93), 'AA'),
  whole('groq/GROQ_API_KEY', 'gsk', '_', body(52)),
  whole('huggingface/HUGGINGFACE_USER_ACCESS_TOKEN', 'hf', '_', letters(34)),
  whole('linear/LINEAR_API_TOKEN', 'lin_', 'api_', body(40)),
  whole('notion/NOTION_INTEGRATION_TOKEN', 'ntn', '_', '84726193501', body(35)),
  { message: 'privatekey/PrivateKey', text: pem },
  whole('sendgrid/SENDGRID_KEY', 'SG', '.', body(22), '.', body(43)),
  whole('shopify/SHOPIFY_KEY', 'shpat', '_', hex(32)),
  whole('stripe/STRIPE_SECRET_KEY_LIVE', 'sk_', 'live_', body(24)),
  whole('stripe/STRIPE_SECRET_KEY_TEST', 'sk_', 'test_', body(24)),
  whole('stripe/STRIPE_RESTRICTED_KEY_LIVE', 'rk_', 'live_', body(24)),
  whole('stripe/STRIPE_RESTRICTED_KEY_TEST', 'rk_', 'test_', body(24)),
  whole('github/GITHUB_TOKEN', 'ghp', '_', body(36)),
  whole('github/GITHUB_TOKEN', 'gho', '_', body(36)),
  whole('github/GITHUB_TOKEN', 'ghu', '_', body(36)),
  whole('github/GITHUB_TOKEN', 'ghs', '_', body(36)),
  whole('github/GITHUB_TOKEN', 'ghr', '_', body(36)),
  whole('github/GITHUB_TOKEN', 'github', '_pat_', body(82)),
  whole('github/GITHUB_TOKEN', 'ghs', '_1234567_', `${body(36)}.${body(300)}.${body(86)}`),
  whole('gitlab/GITLAB_PERSONAL_ACCESS_TOKEN', 'glpat', '-', body(20)),
  whole('grafana/GRAFANA_CLOUD_API_TOKEN', 'glc', '_eyJ', body(80)),
  whole('grafana/GRAFANA_SERVICE_ACCOUNT_TOKEN', 'glsa', '_', body(32), '_', hex(8)),
  whole('1password/OPS_TOKEN', 'ops', '_', opsToken),
  {
    message: 'database-connection-string/MongoDBConnection',
    text: `mongodb+srv://app:${body(14)}@db.acme.io/x`,
    secret: body(14),
  },
  {
    message: 'database-connection-string/MySQLConnection',
    text: `mysql://app:${body(14)}@db.acme.io/x`,
    secret: body(14),
  },
  {
    message: 'database-connection-string/PostgreSQLConnection',
    text: `postgresql://app:${body(14)}@db.acme.io/x`,
    secret: body(14),
  },
  whole('hashicorp-vault/HASHICORP_VAULT_SERVICE_TOKEN', 'hvs', '.', body(95)),
  whole('hashicorp-vault/HASHICORP_VAULT_BATCH_TOKEN', 'hvb', '.', body(150)),
  whole('hashicorp-vault/HASHICORP_VAULT_RECOVERY_TOKEN', 'hvr', '.', body(95)),
  whole('vercel/VERCEL_PERSONAL_ACCESS_TOKEN', 'vcp', '_', body(56)),
  whole('vercel/VERCEL_INTEGRATION_TOKEN', 'vci', '_', body(56)),
  whole('vercel/VERCEL_APP_ACCESS_TOKEN', 'vca', '_', body(56)),
  whole('vercel/VERCEL_APP_REFRESH_TOKEN', 'vcr', '_', body(56)),
  whole('vercel/VERCEL_AI_GATEWAY_API_KEY', 'vck', '_', body(56)),
  whole('databricks/DATABRICKS_PERSONAL_ACCESS_TOKEN', 'dapi', hex(32)),
  whole('docker/DOCKER_PERSONAL_ACCESS_TOKEN', 'dckr', '_pat_', body(27)),
  whole('figma/FIGMA_PERSONAL_ACCESS_TOKEN', 'figd', '_', body(44)),
  whole('cloudflare/CLOUDFLARE_GLOBAL_API_KEY', 'cfk', '_', body(40), hex(8)),
  whole('cloudflare/CLOUDFLARE_USER_API_TOKEN', 'cfut', '_', body(40), hex(8)),
  whole('cloudflare/CLOUDFLARE_ACCOUNT_API_TOKEN', 'cfat', '_', body(40), hex(8)),
  whole('tailscale/TAILSCALE_API_KEY', 'tskey', '-api-', body(12), '-', body(32)),
  whole('tailscale/TAILSCALE_AUTH_KEY', 'tskey', '-auth-', body(12), '-', body(32)),
  whole('tailscale/TAILSCALE_CLIENT_KEY', 'tskey', '-client-', body(12), '-', body(32)),
  whole('tailscale/TAILSCALE_SCIM_KEY', 'tskey', '-scim-', body(12), '-', body(32)),
  whole('tailscale/TAILSCALE_WEBHOOK_KEY', 'tskey', '-webhook-', body(12), '-', body(32)),
  whole('tailscale/TAILSCALE_KEY', 'tskey', '-other-', body(12), '-', body(32)),
];
