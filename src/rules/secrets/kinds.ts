import type { Confidence, Severity } from '../../core/index.ts';
import { PROVIDERS, type Provider } from '../../examine/index.ts';

/** What is to be known of a kind of secret; the detector of the same name finds it. */
export interface SecretKind {
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What who has it can do. */
  readonly gives: string;
  /** Where and how to take it out of use. */
  readonly revoke: string;
  readonly reference: string;
}

const token = (
  title: string,
  gives: string,
  revoke: string,
  reference: string,
  more: Partial<Pick<SecretKind, 'severity' | 'confidence'>> = {},
): SecretKind => ({ title, severity: 'critical', confidence: 'high', gives, revoke, reference, ...more });

/** Kinds that secretlint's preset finds, by the name of their detector. */
const PRESET_KINDS: Readonly<Record<string, SecretKind>> = {
  'private-key': token(
    'Private key',
    'be whoever the key belongs to: a server, a user, a signer',
    'Replace the key pair, and revoke certificates and authorised keys made with it',
    'https://datatracker.ietf.org/doc/html/rfc7468',
  ),
  'gcp-service-account-key': token(
    'Google Cloud service account key',
    'act as the service account, with all its roles',
    'Delete the key: gcloud iam service-accounts keys delete',
    'https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys',
  ),
  'aws-secret-access-key': token(
    'AWS secret access key',
    'sign requests as the IAM user, with all its permissions',
    'Deactivate and delete the access key in IAM, and look through CloudTrail for its use',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    { confidence: 'medium' },
  ),
  'aws-access-key-id': token(
    'AWS access key ID',
    'do nothing with it alone: it is the name that goes with a secret access key, and tells that one is near',
    'Look for the secret access key beside it, and deactivate both in IAM',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
    { severity: 'medium' },
  ),
  'npm-token': token(
    'npm access token',
    'read private packages, and publish under the owner’s name if it may',
    'Revoke it: npm token revoke',
    'https://docs.npmjs.com/revoking-access-tokens',
  ),
  'npmrc-auth-token': token(
    'Registry token in an npmrc',
    'read private packages, and publish if it may',
    'Revoke it at the registry that the line names',
    'https://docs.npmjs.com/cli/configuring-npm/npmrc',
    { confidence: 'medium' },
  ),
  'github-oauth-url': token(
    'GitHub token in a URL',
    'use GitHub as the token’s owner',
    'Revoke it in GitHub, Settings, Developer settings',
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation',
    { confidence: 'medium' },
  ),
  'github-token': token(
    'GitHub token',
    'use GitHub as the token’s owner: read and write repositories as far as it may',
    'Revoke it in GitHub, Settings, Developer settings',
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation',
  ),
  'gitlab-token': token(
    'GitLab personal access token',
    'use GitLab as the token’s owner',
    'Revoke it in GitLab, Preferences, Access tokens',
    'https://docs.gitlab.com/security/tokens/',
  ),
  'slack-token': token(
    'Slack token',
    'read and write in the workspace as far as the token may',
    'Revoke it with auth.revoke, or on the app’s page',
    'https://docs.slack.dev/authentication/tokens',
    { severity: 'high' },
  ),
  'slack-webhook': token(
    'Slack incoming webhook',
    'post messages into a channel',
    'Delete the webhook on the app’s page',
    'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    { severity: 'medium' },
  ),
  'sendgrid-key': token(
    'SendGrid API key',
    'send mail in the account’s name',
    'Delete it in SendGrid, Settings, API Keys',
    'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
  ),
  'shopify-token': token(
    'Shopify access token',
    'use the shop’s Admin API',
    'Uninstall the app or rotate its credentials',
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens',
  ),
  'stripe-key': token(
    'Stripe API key',
    'use the Stripe account: payments, customers, refunds',
    'Roll it in the Stripe dashboard, Developers, API keys',
    'https://docs.stripe.com/keys',
  ),
  'grafana-token': token(
    'Grafana token',
    'use Grafana with the token’s role',
    'Delete the token in Grafana, Service accounts',
    'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    { severity: 'high' },
  ),
  'openai-key': token(
    'OpenAI API key',
    'use the account’s models and files, at its cost',
    'Delete it at platform.openai.com, API keys',
    'https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety',
  ),
  'anthropic-key': token(
    'Anthropic API key',
    'use the account’s models, at its cost',
    'Delete it in the Claude Console, API keys',
    'https://docs.anthropic.com/en/api/overview',
  ),
  'groq-key': token(
    'Groq API key',
    'use the account’s models, at its cost',
    'Delete it at console.groq.com, API Keys',
    'https://console.groq.com/docs/quickstart',
    { severity: 'high' },
  ),
  'huggingface-token': token(
    'Hugging Face access token',
    'read private models and data, and write if it may',
    'Invalidate it in Hugging Face, Settings, Access Tokens',
    'https://huggingface.co/docs/hub/security-tokens',
    { severity: 'high' },
  ),
  'linear-token': token(
    'Linear API key',
    'read and write the workspace’s issues',
    'Revoke it in Linear, Settings, API',
    'https://linear.app/docs/api-and-webhooks',
    { severity: 'high' },
  ),
  'notion-token': token(
    'Notion integration token',
    'read and write what the integration was given',
    'Refresh the secret at notion.so/my-integrations',
    'https://developers.notion.com/docs/authorization',
    { severity: 'high' },
  ),
  'onepassword-token': token(
    '1Password service account token',
    'read the vaults that the service account was given',
    'Revoke the service account’s token in 1Password, Developer',
    'https://developer.1password.com/docs/service-accounts/',
  ),
  'hashicorp-vault-token': token(
    'HashiCorp Vault token',
    'read and write secrets as far as its policies go',
    'Revoke it: vault token revoke',
    'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  ),
  'vercel-token': token(
    'Vercel token',
    'deploy to and read the account’s projects',
    'Delete it in Vercel, Account Settings, Tokens',
    'https://vercel.com/docs/accounts',
  ),
  'databricks-token': token(
    'Databricks personal access token',
    'use the workspace as the token’s owner',
    'Revoke it in Databricks, Settings, Developer, Access tokens',
    'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
  ),
  'docker-token': token(
    'Docker personal access token',
    'pull and push images as the token’s owner',
    'Delete it in Docker Hub, Account settings, Personal access tokens',
    'https://docs.docker.com/security/access-tokens/',
  ),
  'figma-token': token(
    'Figma personal access token',
    'read the owner’s files',
    'Revoke it in Figma, Settings, Security',
    'https://www.figma.com/developers/api#access-tokens',
    { severity: 'high' },
  ),
  'cloudflare-token': token(
    'Cloudflare API token or key',
    'change the account’s DNS and settings as far as it may',
    'Roll or delete it in Cloudflare, My Profile, API Tokens',
    'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/',
  ),
  'tailscale-key': token(
    'Tailscale key',
    'join machines to the network, or change its settings',
    'Revoke it in the Tailscale admin console, Settings, Keys',
    'https://tailscale.com/kb/1010/machine-certs',
  ),
  'database-connection-string': token(
    'Database password in a connection string',
    'log in to the database',
    'Change the password',
    'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password',
    { severity: 'high', confidence: 'medium' },
  ),
  'basic-auth-url': token(
    'Password in a URL',
    'log in where the URL leads',
    'Change the password',
    'https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1',
    { severity: 'high', confidence: 'medium' },
  ),
};

/** What a provider's entry says, with its defaults. */
function toKind({ title, severity = 'critical', confidence = 'high', gives, revoke, reference }: Provider): SecretKind {
  return { title, severity, confidence, gives, revoke, reference };
}

/** Every kind of secret, by the name of its detector. */
export const SECRET_KINDS: Readonly<Record<string, SecretKind>> = {
  ...PRESET_KINDS,
  ...Object.fromEntries(PROVIDERS.map((provider) => [provider.id, toKind(provider)])),
};
