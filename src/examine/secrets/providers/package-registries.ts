/** Tokens of those who publish packages, images and other builds. */
import { decodeLogin, doubtPassword } from './password-checks.ts';
import type { Provider } from './provider.ts';
import { isHexKey, isMixed, isMixedCase, isNamedKey, UUID } from './value-checks.ts';

export const PACKAGE_PROVIDERS: readonly Provider[] = [
  {
    id: 'artifactory-key',
    title: 'JFrog Artifactory API key or reference token',
    gives: 'read and publish packages and images as its owner',
    revoke: 'Revoke it in the JFrog Platform, User profile; or Administration, Access tokens',
    reference: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
    formats: [
      { prefixes: ['AKCp'], body: ['alphanumeric', 60, 72], accepts: isMixedCase },
      // Base64 of "reftkn:…".
      { prefixes: ['cmVmdGtuO'], body: ['alphanumeric', 50, 60], accepts: isMixedCase },
    ],
  },
  {
    id: 'clojars-token',
    title: 'Clojars deploy token',
    gives: 'publish libraries in its owner’s groups',
    revoke: 'Disable it at clojars.org, Tokens',
    reference: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
    formats: [{ prefixes: ['CLOJARS_'], body: ['alphanumeric', 60], accepts: isMixed }],
  },
  {
    id: 'cloudsmith-key',
    title: 'Cloudsmith API key',
    gives: 'read and publish packages as its owner',
    revoke: 'Refresh it in Cloudsmith, User settings, API key',
    reference: 'https://help.cloudsmith.io/docs/api-key',
    confidence: 'medium',
    formats: [{ names: ['cloudsmith'], value: ['hex', 40], accepts: isHexKey }],
  },
  {
    id: 'crates-io-token',
    title: 'crates.io API token',
    gives: 'publish and yank its owner’s crates, as far as it may',
    revoke: 'Revoke it at crates.io, Account settings, API tokens',
    reference: 'https://doc.rust-lang.org/cargo/reference/publishing.html',
    formats: [{ prefixes: ['cio'], body: ['alphanumeric', 32], accepts: isMixedCase }],
  },
  {
    id: 'deno-deploy-token',
    title: 'Deno Deploy access token',
    gives: 'deploy to its owner’s projects',
    revoke: 'Revoke it in Deno Deploy, Account settings, Access tokens',
    reference: 'https://docs.deno.com/deploy/manual/deployctl/',
    formats: [{ prefixes: ['ddp_', 'ddw_', 'ddo_'], body: ['alphanumeric', 36], accepts: isMixedCase }],
  },
  {
    id: 'docker-organization-token',
    title: 'Docker organization access token',
    gives: 'pull and push the organisation’s images as far as it may',
    revoke: 'Delete it in Docker Home, Admin console, Access tokens',
    reference: 'https://docs.docker.com/enterprise/security/access-tokens/',
    formats: [{ prefixes: ['dckr_oat_'], body: ['wordDash', 27, 40], accepts: isMixed }],
  },
  {
    id: 'hex-pm-key',
    title: 'Hex API key',
    gives: 'publish its owner’s packages, as far as it may',
    revoke: 'Revoke it: mix hex.user key revoke',
    reference: 'https://hex.pm/docs/publish',
    confidence: 'medium',
    formats: [{ names: ['hex_api_key'], literals: ['hex_api_key'], value: ['hex', 32], accepts: isHexKey }],
  },
  {
    id: 'npm-legacy-token',
    title: 'npm access token without a prefix',
    gives: 'read private packages, and publish under the owner’s name if it may',
    revoke: 'Revoke it: npm token revoke',
    reference: 'https://docs.npmjs.com/revoking-access-tokens',
    confidence: 'medium',
    formats: [
      {
        names: ['npm_token', 'npm_auth_token', 'npm_api_token', 'npm_publish_token', 'node_auth_token', 'authtoken'],
        literals: ['npm_token', 'npm_auth', 'npm_api', 'npm_publish', 'node_auth_token', '_authtoken'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
    ],
  },
  {
    id: 'npmrc-login',
    title: 'Login of an npm registry',
    gives: 'read and publish packages as far as the account may',
    revoke: 'Change the password at the registry',
    reference: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
    formats: [
      {
        literals: [{ text: '_auth=' }, { text: '_auth = ' }],
        before: 1,
        after: 640,
        pattern: /(?<![\w-])_auth {0,2}= {0,2}["']?([A-Za-z0-9+/]{8,600}={0,2})(?![A-Za-z0-9+/=])/g,
        accepts: (base64) => decodeLogin(base64) !== null,
        doubt: (base64) => doubtPassword(decodeLogin(base64)?.password ?? ''),
        redact: () => '****',
      },
      {
        // In Base64, beside the name of the user.
        literals: [{ text: ':_password=' }, { text: ':_password = ' }],
        before: 1,
        after: 300,
        pattern: /:_password {0,2}= {0,2}["']?([A-Za-z0-9+/]{8,256}={0,2})(?![A-Za-z0-9+/=$])/g,
        doubt: (base64) => doubtPassword(Buffer.from(base64, 'base64').toString('latin1')),
        redact: () => '****',
      },
      {
        // As secretlint takes it but for the spaces, which npm allows.
        literals: [{ text: '_authToken = ' }],
        before: 1,
        after: 300,
        pattern: /_authToken = ["']?([A-Za-z0-9_.~+/=-]{16,256})(?![\w$])/g,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'nuget-key',
    title: 'NuGet API key',
    gives: 'publish its owner’s packages, as far as it may',
    revoke: 'Delete it at nuget.org, API keys',
    reference: 'https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys',
    formats: [
      { prefixes: ['oy2'], body: ['alphanumeric', 43], accepts: (key) => isMixed(key) && key === key.toLowerCase() },
      // Of other servers that speak its protocol.
      {
        names: ['nuget_key', 'nuget_api', 'nuget_token', 'nuget_secret'],
        literals: ['nuget_', 'nugetapi', 'nuget key', 'nuget secret'],
        value: ['alphanumeric', 46],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'nuget-config-password',
    title: 'Password in a NuGet configuration',
    gives: 'read the private feed that it belongs to, and publish if it may',
    revoke: 'Change it where the feed is hosted',
    reference: 'https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'key="cleartextpassword"', ignoreCase: true }],
        before: 1,
        after: 300,
        pattern: /key="ClearTextPassword"\s{1,8}value="([^"%${}<>\s]{4,256})"/gi,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'octopus-deploy-key',
    title: 'Octopus Deploy API key',
    gives: 'deploy as its owner, and read what deployments use',
    revoke: 'Revoke it in Octopus Deploy, Profile, My API keys',
    reference: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
    formats: [{ prefixes: ['API-'], body: ['upperAlphanumeric', 25, 32], accepts: isMixed }],
  },
  {
    id: 'packagecloud-token',
    title: 'packagecloud token',
    gives: 'read and publish packages as its owner',
    revoke: 'Regenerate it in packagecloud, API token',
    reference: 'https://packagecloud.io/docs#token_auth',
    confidence: 'medium',
    formats: [{ names: ['packagecloud'], value: ['hex', 48], accepts: isHexKey }],
  },
  {
    id: 'packagist-token',
    title: 'Packagist token',
    gives: 'read private packages or update its owner’s packages',
    revoke: 'Delete it in Packagist, Profile; or Private Packagist, Settings, Authentication tokens',
    reference: 'https://packagist.com/docs/composer-authentication',
    severity: 'high',
    formats: [{ prefixes: ['packagist_'], body: ['word', 60, 90], accepts: isMixed }],
  },
  {
    id: 'pypi-token',
    title: 'PyPI API token',
    gives: 'publish its owner’s projects, as far as it may',
    revoke: 'Remove it at pypi.org, Account settings, API tokens',
    reference: 'https://pypi.org/help/#apitoken',
    formats: [
      // Base64 of a macaroon for pypi.org, or for test.pypi.org.
      { prefixes: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'], body: ['wordDash', 40, 1000] },
    ],
  },
  {
    id: 'rubygems-key',
    title: 'RubyGems API key',
    gives: 'publish and yank its owner’s gems, as far as it may',
    revoke: 'Delete it at rubygems.org, Settings, API keys',
    reference: 'https://guides.rubygems.org/api-key-scopes/',
    formats: [{ prefixes: ['rubygems_'], body: ['hex', 48], accepts: isMixed }],
  },
];
