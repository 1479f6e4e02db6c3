/** Keys of what keeps secrets, and of what builds infrastructure. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, isNamedKey, UUID } from './value-checks.ts';

export const SECRET_STORE_PROVIDERS: readonly Provider[] = [
  {
    id: 'akeyless-access-key',
    title: 'Akeyless access key',
    gives: 'read the secrets that its role may, together with the access ID',
    revoke: 'Reset the access key of the authentication method in Akeyless',
    reference: 'https://docs.akeyless.io/docs/api-key',
    confidence: 'medium',
    formats: [{ names: ['akeyless'], value: ['base64', 44], form: '[A-Za-z0-9+/]{43}=', accepts: isMixedCase }],
  },
  {
    id: 'bitwarden-token',
    title: 'Bitwarden Secrets Manager access token',
    gives: 'read the secrets that the machine account was given',
    revoke: 'Revoke it in Bitwarden, Secrets Manager, Machine accounts',
    reference: 'https://bitwarden.com/help/access-tokens/',
    formats: [
      {
        names: ['bws_access_token', 'bitwarden'],
        literals: ['bws_access_token', 'bitwarden'],
        value: ['base64', 90, 100],
        form: `0\\.${UUID}\\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==`,
      },
    ],
  },
  {
    id: 'consul-token',
    title: 'HashiCorp Consul or Nomad token',
    gives: 'read and write as far as its policies go',
    revoke: 'Delete it: consul acl token delete, nomad acl token delete',
    reference: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
    confidence: 'medium',
    formats: [
      {
        names: ['consul_http_token', 'consul_token', 'consul_acl', 'nomad_token'],
        literals: ['consul_http_token', 'consul_token', 'x-consul-token', 'nomad_token', 'x-nomad-token'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
    ],
  },
  {
    id: 'doppler-token',
    title: 'Doppler token',
    gives: 'read the secrets of the projects that it may, and write them unless it is read-only',
    revoke: 'Revoke it in the Doppler dashboard, Tokens; or in the config, Access',
    reference: 'https://docs.doppler.com/reference/auth-token-formats',
    formats: [
      {
        literals: followed(
          ['dp.pt.', 'dp.ct.', 'dp.st.', 'dp.sa.', 'dp.said.', 'dp.scim.', 'dp.audit.'],
          'wordDashDot',
          40,
        ),
        before: 1,
        after: 96,
        pattern:
          /(?<![\w.])(dp\.(?:pt|ct|st|sa|said|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})(?![A-Za-z0-9_])/g,
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'infisical-token',
    title: 'Infisical service token',
    gives: 'read the secrets of the environments that it was given',
    revoke: 'Delete it in Infisical, Access control, Service tokens',
    reference: 'https://infisical.com/docs/documentation/platform/token',
    formats: [
      {
        literals: [{ text: 'st.', gate: { follows: 'run', of: 'hex', atLeast: 24 } }],
        before: 1,
        after: 128,
        pattern: /(?<![\w.])(st\.[a-f0-9-]{24,36}\.[a-f0-9]{32}\.[a-f0-9]{32})(?!\w)/g,
      },
    ],
  },
  {
    id: 'onepassword-secret-key',
    title: '1Password Secret Key',
    gives: 'half of what opens the account: the other half is its password',
    revoke: 'Regenerate it in 1Password, Manage account; everyone’s devices have to log in again',
    reference: 'https://support.1password.com/secret-key-security/',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'A3-', gate: { follows: 'run', of: 'upperAlphanumeric', atLeast: 6 } }],
        before: 1,
        after: 40,
        pattern: /(?<![\w-])(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})(?![\w-])/g,
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'pulumi-token',
    title: 'Pulumi access token',
    gives: 'read and change stacks and their state, secrets among it',
    revoke: 'Delete it in Pulumi Cloud, Access tokens',
    reference: 'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
    formats: [{ prefixes: ['pul-'], body: ['hex', 40], accepts: isMixed }],
  },
  {
    id: 'terraform-cloud-token',
    title: 'HCP Terraform (Terraform Cloud) or Vagrant Cloud token',
    gives: 'read and change workspaces and their state, secrets among it',
    revoke: 'Delete it in HCP Terraform, Account or Organization settings, Tokens',
    reference: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    formats: [
      {
        literals: [{ text: '.atlasv1.', gate: { follows: 'run', of: 'wordDash', atLeast: 60 } }],
        before: 16,
        after: 80,
        pattern: /(?<![A-Za-z0-9])([A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70})(?![\w-])/g,
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'hashicorp-vault-short-token',
    title: 'HashiCorp Vault token of the short or the old form',
    gives: 'read and write secrets as far as its policies go: a root token has no limits',
    revoke: 'Revoke it: vault token revoke',
    reference: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
    formats: [
      { prefixes: ['hvs.', 'hvr.', 'hvb.'], body: ['wordDash', 24, 44], accepts: isMixedCase },
      {
        names: ['vault_token', 'vault_client_token', 'vault_dev_root_token_id', 'root_token'],
        literals: [
          'vault_token',
          'vault-token',
          'vaulttoken',
          'vault_client_token',
          'vault_dev_root',
          'root token',
          'root_token',
        ],
        value: ['wordDashDot', 26, 120],
        form: '[sbr]\\.[A-Za-z0-9_-]{24,118}',
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'hashicorp-vault-unseal-key',
    title: 'HashiCorp Vault unseal key',
    gives: 'unseal the store and make a root token, together with enough of the others',
    revoke: 'Make new ones: vault operator rekey',
    reference: 'https://developer.hashicorp.com/vault/docs/concepts/seal',
    formats: [
      {
        literals: [
          { text: 'unseal key ', ignoreCase: true },
          { text: 'recovery key ', ignoreCase: true },
          { text: 'operator unseal ', ignoreCase: true },
        ],
        before: 1,
        after: 96,
        pattern:
          /(?:(?:unseal|recovery) key \d{1,2}:\s{0,3}|operator unseal (?:-\S{1,40} )?["']?)([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{44}|[a-f0-9]{64,66})(?![A-Za-z0-9+/=])/gi,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
];
