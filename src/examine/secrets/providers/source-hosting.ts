/** Tokens of those who host source code and what is written about it. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isHexKey, isMixed, isMixedCase } from './value-checks.ts';

const GITLAB_TOKENS = 'https://docs.gitlab.com/security/tokens/';

export const SOURCE_PROVIDERS: readonly Provider[] = [
  {
    id: 'atlassian-token',
    title: 'Atlassian API token',
    gives: 'use Jira, Confluence or Bitbucket as its owner',
    revoke: 'Revoke it at id.atlassian.com, Security, API tokens; or in the repository’s settings, Access tokens',
    reference: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    formats: [
      {
        literals: followed(['ATATT3', 'ATCTT3', 'ATSTT3'], 'wordDash', 100),
        before: 1,
        after: 320,
        pattern: /(?<!\w)(AT[ACS]TT3[\w-]{100,280}(?:=[0-9A-F]{8})?)(?![\w-])/g,
      },
    ],
  },
  {
    id: 'atlassian-legacy-token',
    title: 'Atlassian API token without a prefix',
    gives: 'use Jira or Confluence as its owner',
    revoke: 'Revoke it at id.atlassian.com, Security, API tokens',
    reference: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    confidence: 'medium',
    formats: [
      {
        names: ['atlassian', 'jira', 'confluence'],
        value: ['alphanumeric', 24],
        accepts: (token) =>
          (isMixed(token) && (isMixedCase(token) || /[a-f0-9]{4}$/.test(token))) ||
          // Random letters change their case more often than words that are joined.
          (token.match(/[a-z][A-Z]|[A-Z][a-z]/g) ?? []).length >= 6,
      },
    ],
  },
  {
    id: 'bitbucket-app-password',
    title: 'Bitbucket app password',
    gives: 'read and write repositories as its owner',
    revoke: 'Revoke it in Bitbucket, Personal settings, App passwords',
    reference: 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/',
    formats: [{ prefixes: ['ATBB'], body: ['alphanumeric', 32], accepts: isMixedCase }],
  },
  {
    id: 'bitbucket-client-secret',
    title: 'Secret of a Bitbucket OAuth consumer',
    gives: 'pass for the application towards Bitbucket, and log in as its owner',
    revoke: 'Delete the consumer in Bitbucket, Workspace settings, OAuth consumers',
    reference: 'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    severity: 'high',
    confidence: 'medium',
    formats: [
      { names: ['bitbucket'], value: ['wordDash', 64], accepts: isMixedCase },
      {
        names: ['bitbucket_client_secret', 'bitbucket_oauth_secret', 'bitbucket_secret'],
        value: ['alphanumeric', 32],
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'gitea-token',
    title: 'Gitea, Forgejo or Codeberg access token',
    gives: 'read and write repositories as its owner',
    revoke: 'Delete it in the user’s settings, Applications',
    reference: 'https://docs.gitea.com/development/api-usage',
    confidence: 'medium',
    formats: [{ names: ['gitea', 'forgejo', 'codeberg', 'gogs'], value: ['hex', 40], accepts: isHexKey }],
  },
  {
    id: 'github-refresh-token',
    title: 'GitHub refresh token',
    gives: 'get user tokens of the app again and again, together with the app’s client secret',
    revoke: 'Revoke the app’s authorisation in GitHub, Settings, Applications',
    reference:
      'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
    severity: 'high',
    formats: [{ prefixes: ['ghr_'], body: ['alphanumeric', 76], accepts: isMixed }],
  },
  {
    id: 'github-legacy-token',
    title: 'GitHub token without a prefix',
    gives: 'use GitHub as its owner: such tokens were made before April 2021, and hold until revoked',
    revoke: 'Revoke it in GitHub, Settings, Developer settings',
    reference: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
    confidence: 'medium',
    formats: [
      {
        names: ['github_token', 'github_api', 'github_access', 'github_oauth', 'github_pat', 'gh_token', 'gh_pat'],
        literals: [
          ...['github_token', 'github-token', 'githubtoken', 'github_api', 'github_access', 'githubaccess'],
          ...['github_oauth', 'github-oauth', 'github_pat', 'gh_token', 'gh_pat'],
        ],
        value: ['hex', 40],
        accepts: isHexKey,
      },
    ],
  },
  {
    id: 'github-client-secret',
    title: 'Client secret of a GitHub app',
    gives: 'pass for the app towards GitHub, and exchange codes for its users’ tokens',
    revoke: 'Generate a new one and delete this in the app’s settings',
    reference:
      'https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['github_client_secret', 'github_secret', 'github_app_secret', 'github_app_client_secret', 'github_key'],
        literals: [
          ...['github_client', 'githubclient', 'github-client', 'github_secret', 'githubsecret', 'github-secret'],
          ...['github_app', 'github_key', 'githubkey'],
        ],
        value: ['hex', 40],
        accepts: isHexKey,
      },
      {
        literals: [{ text: 'gitalk(', ignoreCase: true }],
        before: 1,
        after: 320,
        pattern: /gitalk\([^\0]{0,240}?client_?secret["'\\]{0,3}\s{0,4}:\s{0,4}["'\\]{0,3}([a-f0-9]{40})(?!\w)/gi,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'gitlab-runner-token',
    title: 'GitLab runner token',
    gives: 'pass for the runner: take its jobs, and read their code and variables',
    revoke: 'Reset it in GitLab, Settings, CI/CD, Runners',
    reference: GITLAB_TOKENS,
    formats: [{ prefixes: ['glrt-', 'glrtr-', 'GR1348941'], body: ['wordDash', 20, 300] }],
  },
  {
    id: 'gitlab-deploy-token',
    title: 'GitLab deploy token',
    gives: 'read the repository and its packages and images, and write them if it may',
    revoke: 'Revoke it in GitLab, Settings, Repository, Deploy tokens',
    reference: GITLAB_TOKENS,
    formats: [{ prefixes: ['gldt-'], body: ['wordDash', 20, 300] }],
  },
  {
    id: 'gitlab-pipeline-token',
    title: 'GitLab pipeline trigger token',
    gives: 'start the project’s pipelines as the token’s owner',
    revoke: 'Revoke it in GitLab, Settings, CI/CD, Pipeline trigger tokens',
    reference: GITLAB_TOKENS,
    severity: 'high',
    formats: [{ prefixes: ['glptt-'], body: ['wordDash', 40, 300] }],
  },
  {
    id: 'gitlab-job-token',
    title: 'GitLab CI/CD job token',
    gives: 'read what the job may, while it runs',
    revoke: 'It ends with its job; limit what it reaches in Settings, CI/CD, Job token permissions',
    reference: GITLAB_TOKENS,
    severity: 'medium',
    formats: [{ prefixes: ['glcbt-'], body: ['wordDash', 20, 1000] }],
  },
  {
    id: 'gitlab-agent-token',
    title: 'GitLab token of a Kubernetes agent, a workspace or SCIM',
    gives: 'pass for the agent, or change the group’s users',
    revoke: 'Revoke it in GitLab, Operate, Kubernetes clusters; or in the group’s settings, SAML SSO',
    reference: GITLAB_TOKENS,
    formats: [
      { prefixes: ['glagent-'], body: ['wordDash', 50, 300] },
      { prefixes: ['glsoat-', 'glwt-'], body: ['wordDash', 20, 300] },
    ],
  },
  {
    id: 'gitlab-application-secret',
    title: 'Secret of a GitLab OAuth application',
    gives: 'pass for the application towards GitLab',
    revoke: 'Renew it in GitLab, Applications',
    reference: GITLAB_TOKENS,
    severity: 'high',
    formats: [{ prefixes: ['gloas-'], body: ['wordDash', 64, 300] }],
  },
  {
    id: 'gitlab-feed-token',
    title: 'GitLab feed, mail or feature flag token',
    gives: 'read the owner’s feeds, file issues by mail, or read feature flags',
    revoke: 'Reset it in GitLab, Preferences, Access tokens; or where the feature is configured',
    reference: GITLAB_TOKENS,
    severity: 'medium',
    formats: [{ prefixes: ['glft-', 'glimt-', 'glffct-'], body: ['wordDash', 20, 300] }],
  },
  {
    id: 'phabricator-token',
    title: 'Phabricator Conduit token',
    gives: 'use Phabricator as its owner',
    revoke: 'Terminate it in Phabricator, Settings, Conduit API tokens',
    reference: 'https://secure.phabricator.com/book/phabricator/article/conduit/',
    severity: 'high',
    formats: [
      {
        prefixes: ['cli-', 'api-'],
        body: ['alphanumeric', 28],
        accepts: (token) => isMixed(token) && /^[a-z2-7-]+$/.test(token),
      },
    ],
  },
  {
    id: 'sourcegraph-token',
    title: 'Sourcegraph access token or licence key',
    gives: 'search and read code as its owner',
    revoke: 'Delete it in Sourcegraph, Settings, Access tokens',
    reference: 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'sgp_', gate: { follows: 'run', of: 'word', atLeast: 40 } }],
        before: 1,
        after: 80,
        pattern: /(?<!\w)(sgp_(?:(?:[a-fA-F0-9]{16}|local)_){0,2}[a-fA-F0-9]{40})(?!\w)/g,
        accepts: isMixed,
      },
      { prefixes: ['slk_'], body: ['hex', 64], accepts: isMixed },
    ],
  },
];
