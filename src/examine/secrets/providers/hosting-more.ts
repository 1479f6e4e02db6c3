/** Keys of clouds that are not among the largest, of networks, and of what runs on them. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase } from './value-checks.ts';

export const NETWORK_PROVIDERS: readonly Provider[] = [
  {
    id: 'defined-networking-key',
    title: 'Defined Networking API key',
    gives: 'manage the hosts and roles of the network',
    revoke: 'Revoke it in the admin panel, API keys',
    reference: 'https://docs.defined.net/guides/automating-host-creation/',
    formats: [
      {
        literals: [{ text: 'dnkey-', gate: { follows: 'run', of: 'wordDash', atLeast: 79 } }],
        before: 1,
        after: 96,
        pattern: /(?<![\w-])(dnkey-[A-Z2-7]{26}-[A-Z2-7]{52})(?![\w-])/g,
      },
    ],
  },
  {
    id: 'kubernetes-bootstrap-token',
    title: 'Bootstrap token of a Kubernetes cluster',
    gives: 'join machines to the cluster, until it expires',
    revoke: 'Delete it: kubeadm token delete',
    reference: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
    severity: 'high',
    formats: [
      {
        literals: ['bootstrap_token', 'bootstrap-token', 'kubeadm join '].map((text) => ({ text, ignoreCase: true })),
        before: 1,
        after: 160,
        pattern:
          /(?:bootstrap[_-]token["']?\s{0,2}[:= ]|kubeadm join [\w.:-]{3,80} {1,2}(?:\\\s{1,8})?--token[ =])\s{0,2}["']?([a-z0-9]{6}\.[a-z0-9]{16})(?![\w.])/gi,
        accepts: isMixed,
        redact: () => '****',
      },
      {
        // The secret in which the cluster keeps it.
        literals: [{ text: 'token-secret:' }],
        before: 80,
        after: 40,
        pattern: /token-id:[ \t]{0,4}["']?[a-z0-9]{6}["']?\s{1,40}token-secret:[ \t]{0,4}["']?([a-z0-9]{16})(?![\w.])/g,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'tailscale-short-key',
    title: 'Tailscale key of an older length',
    gives: 'join machines to the network, or change its settings',
    revoke: 'Revoke it in the Tailscale admin console, Settings, Keys',
    reference: 'https://tailscale.com/kb/1085/auth-keys',
    // Those of today’s lengths are tailscale-key’s, by secretlint.
    formats: [
      {
        literals: [{ text: 'tskey-', gate: { follows: 'run', of: 'wordDash', atLeast: 20 } }],
        before: 1,
        after: 80,
        pattern: /(?<![\w-])tskey-(?:(?:auth|api|client|scim|webhook)-)?[A-Za-z0-9]{6,20}-[A-Za-z0-9]{9,40}(?![\w-])/g,
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'netbird-token',
    title: 'NetBird personal access token',
    gives: 'manage the network as its owner',
    revoke: 'Delete it in NetBird, Team, Users',
    reference: 'https://docs.netbird.io/how-to/access-netbird-public-api',
    formats: [{ prefixes: ['nbp_'], body: ['alphanumeric', 36], accepts: isMixedCase }],
  },
  {
    id: 'supabase-token',
    title: 'Supabase access token or secret key',
    gives: 'manage the owner’s projects, or read and write all data of one past its row level security',
    revoke: 'Revoke it in the Supabase dashboard, Account, Access tokens; or in the project, API keys',
    reference: 'https://supabase.com/docs/guides/api/api-keys',
    formats: [
      { prefixes: ['sbp_', 'sbp_oauth_'], body: ['alphanumeric', 40], accepts: isMixed },
      { prefixes: ['sb_secret_'], body: ['wordDash', 28, 48], accepts: isMixed },
    ],
  },
  {
    id: 'openshift-token',
    title: 'OpenShift user token',
    gives: 'use the cluster as its owner, until it expires',
    revoke: 'Delete it: oc delete useroauthaccesstoken',
    reference: 'https://docs.openshift.com/container-platform/latest/authentication/understanding-authentication.html',
    severity: 'high',
    formats: [{ prefixes: ['sha256~'], body: ['wordDash', 43], accepts: isMixedCase }],
  },
  {
    id: 'yandex-cloud-key',
    title: 'Yandex Cloud key or token',
    gives: 'act as the account or service account, with all its roles',
    revoke: 'Delete the key: yc iam api-key delete, yc iam access-key delete; revoke OAuth tokens in Yandex ID',
    reference: 'https://yandex.cloud/docs/security/operations/search-secrets',
    formats: [
      { prefixes: ['AQVN'], body: ['wordDash', 35, 38], accepts: isMixedCase },
      { prefixes: ['y0_A'], body: ['wordDash', 50, 130], accepts: isMixedCase },
      {
        literals: [{ text: 't1.', gate: { follows: 'run', of: 'wordDash', atLeast: 60 } }],
        before: 1,
        after: 1000,
        pattern: /(?<![\w.-])(t1\.[\w-]{60,800}={0,2}\.[\w-]{86}={0,2})(?![\w-])/g,
      },
      {
        names: ['yandex', 'yc_secret', 'yc_static'],
        literals: ['yandex', 'yc_secret', 'yc_static'],
        value: ['wordDash', 40],
        form: 'YC[A-Za-z0-9_-]{38}',
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'zerotier-token',
    title: 'ZeroTier Central API token',
    gives: 'manage the owner’s networks, and admit machines to them',
    revoke: 'Delete it in ZeroTier Central, Account',
    reference: 'https://docs.zerotier.com/central/api-tokens/',
    confidence: 'medium',
    formats: [{ names: ['zerotier', 'ztncui'], value: ['alphanumeric', 32], accepts: isMixedCase }],
  },
];
