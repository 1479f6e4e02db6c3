import type { CharacterClass, Literal } from '../prefilter/index.ts';
import type { Detector, SecretlintMessage } from './detector.ts';
import { type Doubt, doubtPlaceholder, doubtPrivateKey, doubtSlackToken, doubtToken, doubtUrl } from './doubts.ts';
import { PROVIDERS } from './providers/index.ts';
import { doubtPassword } from './providers/passwords.ts';
import { detectorsOf } from './providers/provider.ts';
import { isMixedCase } from './providers/value-checks.ts';

const run = (of: CharacterClass, atLeast: number): Pick<Literal, 'gate'> => ({ gate: { follows: 'run', of, atLeast } });
const texts = (list: readonly string[], options: Omit<Literal, 'text'> = {}): Literal[] =>
  list.map((text) => ({ text, ...options }));

/**
 * `scheme://user:****@host`: who and where stays, the password goes. So does a user that is no name: tokens are
 * given as one.
 */
const maskUserinfo = (text: string): string =>
  text.replace(/:\/\/([^:/\s@]*):[^\s]*@/, (_, user: string) => `://${user.length > 20 ? '****' : user}:****@`);

/** The first line of a PEM block tells the kind of key and no more. */
const maskPem = (text: string): string => `${/^-----[A-Z ]+-----/.exec(text)?.[0] ?? ''}****`;

/** Whether the password of a URL is one of manuals, or its host. */
const doubtLogin = (url: string): Doubt =>
  doubtUrl(url) ?? doubtPassword(/:\/\/[^:/\s@]*:([^@/\s]*)@/.exec(url)?.[1] ?? '');

/** PEM that secretlint's rule does not take: with a head of its own (PGP), or in the strings of a program. */
const PEM_IN_PIECES: Detector = {
  id: 'private-key',
  messages: [],
  literals: texts(['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----']),
  before: 32,
  after: 16 * 1024,
  pattern:
    /-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----(?:["'+,\s\\rn]{0,80}(?:Version|Comment|Charset):[^\n]{0,120}\n)?(?:(?:Version|Comment|Charset):[^\n]{0,120}\n)?[^-\0]{100,14000}-----END (?:(?:RSA|DSA|EC|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-{4,5}/g,
  accepts: (pem) => /[A-Za-z0-9+/]{40}/.test(pem),
  redact: maskPem,
  doubt: doubtPrivateKey,
};

/**
 * Kinds that secretlint's preset knows. A gate must let through all that secretlint's rule accepts. test/unit/examine/detectors.test.ts feeds a
 * secret of every kind through both, and fails when secretlint's preset knows a rule that is not here.
 */
const SECRETLINT_DETECTORS: readonly Detector[] = [
  {
    id: 'gcp-service-account-key',
    messages: ['gcp/PrivateKeyJSON'],
    literals: texts(['"private_key_id"']),
    before: 1024,
    after: 8192,
    context: 'json',
    secret: /"private_key"\s*:\s*"([^"]+)"/,
    redact: () => '-----BEGIN PRIVATE KEY-----****',
    doubt: (json) => doubtPrivateKey(/"private_key"\s*:\s*"([^"]+)"/.exec(json)?.[1] ?? ''),
  },
  {
    id: 'private-key',
    messages: ['privatekey/PrivateKey'],
    literals: texts(['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----']),
    before: 32,
    after: 16 * 1024,
    redact: maskPem,
    doubt: doubtPrivateKey,
  },
  PEM_IN_PIECES,
  {
    id: 'aws-secret-access-key',
    messages: ['aws/AWSSecretAccessKey'],
    literals: texts(['access_key', 'accesskey'], { ignoreCase: true }),
    before: 24,
    after: 160,
    secret: /^[^:=]{0,40}(?::|=>|=)\s*["']?([A-Za-z0-9/+=]{40})/,
    doubt: (secret) => doubtToken(secret),
  },
  {
    // Under names that secretlint does not know: awsSecretKey, s3.secret_key, secretAccessKey in JSON in a string.
    id: 'aws-secret-access-key',
    messages: [],
    literals: texts(['secretkey', 'secret_key', 'secret-key', 'secretaccesskey', 'secret_access_key'], {
      ignoreCase: true,
    }),
    before: 32,
    after: 80,
    pattern:
      /(?:(?:aws|amazon|amz|s3|ec2|sqs|ses|dynamodb)[\w. -]{0,20}?secret[_. -]?key|secret[_. -]?access[_. -]?key)["'\\]{0,4}\s{0,4}(?:=>|:=|[=:,])\s{0,4}["'\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    accepts: (key) => isMixedCase(key) && !/^[A-Fa-f0-9]{40}$/.test(key),
    redact: () => '****',
    doubt: (secret) => doubtToken(secret),
  },
  {
    id: 'aws-access-key-id',
    messages: ['aws/AWSAccessKeyID'],
    literals: [
      ...texts(['AKIA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA', 'ASIA'], run('upperAlphanumeric', 16)),
      ...texts(['A3T'], run('upperAlphanumeric', 17)),
    ],
    before: 8,
    after: 64,
    doubt: (secret) => doubtToken(secret),
  },
  {
    id: 'npm-token',
    messages: ['npm/NPM_ACCESS_TOKEN'],
    literals: texts(['npm_'], run('word', 36)),
    before: 8,
    after: 64,
  },
  {
    id: 'npmrc-auth-token',
    messages: ['npm/Npmrc_authToken'],
    literals: texts(['_authToken=']),
    before: 8,
    after: 512,
    context: 'npmrc',
    secret: /^_authToken=["']?([!#-&(-~]+)/,
    doubt: doubtPlaceholder,
  },
  {
    id: 'github-oauth-url',
    messages: ['npm/PackageJSON_xOauthToken'],
    literals: texts([':x-oauth-basic@']),
    before: 300,
    after: 32,
    context: 'package-json',
    secret: /^https?:\/\/(.{1,256}):x-oauth-basic@/,
  },
  {
    id: 'slack-token',
    messages: ['slack/SLACK_TOKEN'],
    literals: texts(['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-'], run('digit', 1)),
    before: 8,
    after: 512,
    doubt: doubtSlackToken,
  },
  {
    id: 'slack-webhook',
    messages: ['slack/IncomingWebhook'],
    literals: texts(['hooks.slack.com/services/t'], { ignoreCase: true }),
    before: 16,
    after: 160,
    redact: (text) => text.replace(/(\/services\/).*/i, '$1****'),
  },
  {
    id: 'sendgrid-key',
    messages: ['sendgrid/SENDGRID_KEY'],
    literals: texts(['SG.'], run('wordDashDot', 60)),
    before: 8,
    after: 128,
  },
  {
    id: 'shopify-token',
    messages: ['shopify/SHOPIFY_KEY'],
    literals: texts(['shppa_', 'shpca_', 'shpat_', 'shpss_'], run('alphanumeric', 32)),
    before: 8,
    after: 96,
  },
  {
    id: 'stripe-key',
    messages: [
      'stripe/STRIPE_SECRET_KEY_LIVE',
      'stripe/STRIPE_SECRET_KEY_TEST',
      'stripe/STRIPE_RESTRICTED_KEY_LIVE',
      'stripe/STRIPE_RESTRICTED_KEY_TEST',
    ],
    literals: texts(['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], run('alphanumeric', 24)),
    before: 8,
    after: 128,
  },
  {
    id: 'github-token',
    messages: ['github/GITHUB_TOKEN'],
    literals: [
      ...texts(['ghp_', 'gho_', 'ghu_', 'ghr_'], run('word', 36)),
      ...texts(['ghs_'], run('wordDashDot', 20)),
      ...texts(['github_pat_'], run('word', 82)),
    ],
    before: 8,
    after: 2048,
  },
  {
    id: 'gitlab-token',
    messages: ['gitlab/GITLAB_PERSONAL_ACCESS_TOKEN'],
    literals: texts(['glpat-'], run('wordDash', 20)),
    before: 8,
    after: 160,
  },
  {
    id: 'grafana-token',
    messages: ['grafana/GRAFANA_CLOUD_API_TOKEN', 'grafana/GRAFANA_SERVICE_ACCOUNT_TOKEN'],
    literals: [...texts(['glc_'], run('base64', 32)), ...texts(['glsa_'], run('word', 41))],
    before: 8,
    after: 480,
  },
  {
    id: 'openai-key',
    messages: ['openai/OPENAI_TOKEN'],
    literals: texts(['T3BlbkFJ'], run('wordDash', 20)),
    before: 128,
    after: 128,
  },
  {
    id: 'anthropic-key',
    messages: ['anthropic/ANTHROPIC_API_KEY'],
    literals: texts(['sk-ant-api0'], run('wordDash', 92)),
    before: 8,
    after: 192,
  },
  {
    id: 'groq-key',
    messages: ['groq/GROQ_API_KEY'],
    literals: texts(['gsk_'], run('alphanumeric', 52)),
    before: 8,
    after: 96,
  },
  {
    id: 'huggingface-token',
    messages: ['huggingface/HUGGINGFACE_USER_ACCESS_TOKEN'],
    literals: texts(['hf_'], run('letter', 34)),
    before: 8,
    after: 64,
  },
  {
    id: 'linear-token',
    messages: ['linear/LINEAR_API_TOKEN'],
    literals: texts(['lin_api_'], run('word', 32)),
    before: 8,
    after: 160,
  },
  {
    id: 'notion-token',
    messages: ['notion/NOTION_INTEGRATION_TOKEN'],
    literals: texts(['ntn_'], run('alphanumeric', 46)),
    before: 8,
    after: 64,
  },
  {
    id: 'onepassword-token',
    messages: ['1password/OPS_TOKEN'],
    literals: texts(['ops_ey'], run('base64', 100)),
    before: 8,
    after: 1536,
  },
  {
    id: 'hashicorp-vault-token',
    messages: [
      'hashicorp-vault/HASHICORP_VAULT_SERVICE_TOKEN',
      'hashicorp-vault/HASHICORP_VAULT_BATCH_TOKEN',
      'hashicorp-vault/HASHICORP_VAULT_RECOVERY_TOKEN',
    ],
    literals: texts(['hvs.', 'hvb.', 'hvr.'], run('wordDash', 90)),
    before: 8,
    after: 320,
  },
  {
    id: 'vercel-token',
    messages: [
      'vercel/VERCEL_PERSONAL_ACCESS_TOKEN',
      'vercel/VERCEL_INTEGRATION_TOKEN',
      'vercel/VERCEL_APP_ACCESS_TOKEN',
      'vercel/VERCEL_APP_REFRESH_TOKEN',
      'vercel/VERCEL_AI_GATEWAY_API_KEY',
    ],
    literals: texts(['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], run('alphanumeric', 20)),
    before: 8,
    after: 96,
  },
  {
    id: 'databricks-token',
    messages: ['databricks/DATABRICKS_PERSONAL_ACCESS_TOKEN'],
    literals: texts(['dapi'], run('hex', 32)),
    before: 8,
    after: 64,
  },
  {
    id: 'docker-token',
    messages: ['docker/DOCKER_PERSONAL_ACCESS_TOKEN'],
    literals: texts(['dckr_pat_'], run('wordDash', 27)),
    before: 8,
    after: 64,
  },
  {
    id: 'figma-token',
    messages: ['figma/FIGMA_PERSONAL_ACCESS_TOKEN'],
    literals: texts(['figd_'], run('wordDash', 40)),
    before: 8,
    after: 256,
  },
  {
    id: 'cloudflare-token',
    messages: [
      'cloudflare/CLOUDFLARE_GLOBAL_API_KEY',
      'cloudflare/CLOUDFLARE_USER_API_TOKEN',
      'cloudflare/CLOUDFLARE_ACCOUNT_API_TOKEN',
    ],
    literals: texts(['cfk_', 'cfut_', 'cfat_'], run('alphanumeric', 48)),
    before: 8,
    after: 96,
  },
  {
    id: 'tailscale-key',
    messages: [
      'tailscale/TAILSCALE_API_KEY',
      'tailscale/TAILSCALE_AUTH_KEY',
      'tailscale/TAILSCALE_CLIENT_KEY',
      'tailscale/TAILSCALE_SCIM_KEY',
      'tailscale/TAILSCALE_WEBHOOK_KEY',
      'tailscale/TAILSCALE_KEY',
    ],
    literals: texts(['tskey-'], run('wordDash', 20)),
    before: 8,
    after: 160,
  },
  {
    id: 'database-connection-string',
    messages: [
      'database-connection-string/MongoDBConnection',
      'database-connection-string/MySQLConnection',
      'database-connection-string/PostgreSQLConnection',
    ],
    literals: texts(['://'], { gate: { follows: 'userinfo' } }),
    before: 24,
    after: 1280,
    secret: /^[^\s]{0,24}?:\/\/[^:/\s]*:([^@/\s]*)@/,
    redact: maskUserinfo,
    doubt: doubtLogin,
  },
  {
    id: 'basic-auth-url',
    messages: ['basicauth/BasicAuth'],
    literals: [],
    before: 0,
    after: 0,
    secret: /^[^\s]{0,24}?:\/\/[^:/\s]*:([^@/\s]*)@/,
    redact: maskUserinfo,
    doubt: doubtLogin,
  },
];

/** Kinds that take any password; what others know better is theirs. */
const GENERAL = [
  ...['database-connection-string', 'basic-auth-url', 'jdbc-password', 'connection-string-password'],
  ...['database-url-password', 'service-url-password', 'web-url-password', 'password-variable', 'generic-secret'],
];

/**
 * Every kind of secret that is looked for. Where two match the same text, the earlier in this list wins:
 * a token in a URL is that token, not merely some password.
 */
export const DETECTORS: readonly Detector[] = [
  ...SECRETLINT_DETECTORS.map((detector): Detector => ({ doubt: (secret) => doubtToken(secret), ...detector })),
  ...PROVIDERS.flatMap(detectorsOf),
].sort((a, b) => Number(GENERAL.includes(a.id)) - Number(GENERAL.includes(b.id)));

/**
 * Messages of the preset that no detector stands for, with the reason.
 * - An AWS account number is no secret (AWS says so) and its rule takes any 12 digits.
 * - The p12 rule opens the named file on the disk of whoever runs it: with a name out of an image that would
 *   read the auditor's own files.
 */
export const IGNORED_MESSAGES: readonly SecretlintMessage[] = ['aws/AWSAccountID', 'gcp/PrivateKeyP12'];

/**
 * Rules of the preset that are never run: comments in a file may not switch the audit of that file off.
 */
export const IGNORED_RULES: readonly string[] = ['filter-comments'];
