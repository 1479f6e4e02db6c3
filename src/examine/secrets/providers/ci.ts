/** Tokens of what builds, tests and deploys. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isHexKey, isMixed, isMixedCase, isNamedKey, UUID } from './value-checks.ts';

export const CI_PROVIDERS: readonly Provider[] = [
  {
    id: 'appveyor-token',
    title: 'AppVeyor API token',
    gives: 'change builds and deployments as its owner',
    revoke: 'Regenerate it in AppVeyor, My profile, API keys',
    reference: 'https://www.appveyor.com/docs/api/',
    confidence: 'medium',
    formats: [
      { names: ['appveyor'], value: ['wordDashDot', 20, 23], form: '(?:v2\\.)?[a-z0-9]{20}', accepts: isMixed },
    ],
  },
  {
    id: 'browserstack-key',
    title: 'Access key of BrowserStack or Sauce Labs',
    gives: 'run tests at the account’s cost, and read those that ran',
    revoke: 'Reset it in BrowserStack, Settings; or in Sauce Labs, Account, User settings',
    reference: 'https://docs.saucelabs.com/basics/acct-team-mgmt/managing-user-info/',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['saucelabs', 'sauce_access_key', 'sauce_key'],
        literals: ['saucelabs', 'sauce_access', 'sauce_key'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
      { names: ['browserstack'], value: ['alphanumeric', 20], accepts: isMixedCase },
    ],
  },
  {
    id: 'buildkite-token',
    title: 'Buildkite access token or agent token',
    gives: 'use the API as its owner, or take jobs with their code and secrets',
    revoke: 'Revoke it in Buildkite, Personal settings, API access tokens; or Agents, Cluster, Agent tokens',
    reference: 'https://buildkite.com/docs/apis/managing-api-tokens',
    formats: [
      { prefixes: ['bkua_'], body: ['alphanumeric', 40], accepts: isMixed },
      { prefixes: ['bkct_', 'bkaj_', 'bkat_'], body: ['wordDash', 40, 400], accepts: isMixed },
      { names: ['buildkite'], value: ['alphanumeric', 40], accepts: isMixed },
    ],
  },
  {
    id: 'circleci-token',
    title: 'CircleCI API token',
    gives: 'start builds and read or change the project as its owner',
    revoke: 'Delete it in CircleCI, User settings, Personal API tokens; or Project settings, API permissions',
    reference: 'https://circleci.com/docs/managing-api-tokens/',
    formats: [
      {
        literals: followed(['CCIPAT_', 'CCIPRJ_'], 'word', 60),
        before: 1,
        after: 96,
        pattern: /(?<!\w)(CCIP(?:AT|RJ)_[A-Za-z0-9]{20,24}_[A-Za-z0-9]{40})(?!\w)/g,
      },
      {
        names: ['circleci', 'circle_token', 'circle_ci'],
        literals: ['circleci', 'circle_token', 'circle-token', 'circle_ci'],
        value: ['hex', 40],
        accepts: isHexKey,
      },
    ],
  },
  {
    id: 'codacy-token',
    title: 'Codacy token',
    gives: 'upload coverage, or use the API as its owner',
    revoke: 'Delete it in Codacy, Account or repository settings, API tokens',
    reference: 'https://docs.codacy.com/codacy-api/api-tokens/',
    severity: 'medium',
    confidence: 'medium',
    formats: [
      { names: ['codacy'], value: ['alphanumeric', 20], accepts: isMixed },
      { names: ['codacy'], value: ['hex', 32], accepts: isHexKey },
    ],
  },
  {
    id: 'code-coverage-token',
    title: 'Upload token of Codecov, Coveralls or Code Climate',
    gives: 'upload false coverage, and with Codecov’s API tokens read the code it knows',
    revoke: 'Regenerate it in the repository’s settings there',
    reference: 'https://docs.codecov.com/docs/codecov-tokens',
    severity: 'medium',
    confidence: 'medium',
    formats: [
      { names: ['codecov'], value: ['wordDash', 36], form: UUID, accepts: isNamedKey },
      { names: ['codecov'], value: ['alphanumeric', 32], accepts: isMixed },
      { names: ['coveralls'], value: ['alphanumeric', 32, 37], accepts: isMixed },
      {
        names: ['codeclimate', 'cc_test_reporter_id'],
        literals: ['codeclimate', 'code_climate', 'cc_test_reporter_id'],
        value: ['hex', 64],
        accepts: isHexKey,
      },
    ],
  },
  {
    id: 'cypress-record-key',
    title: 'Record key of Cypress Cloud',
    gives: 'upload runs of tests at the account’s cost',
    revoke: 'Delete it in Cypress Cloud, Project settings, Record keys',
    reference: 'https://docs.cypress.io/cloud/account-management/projects#Record-key',
    severity: 'low',
    confidence: 'medium',
    formats: [
      {
        names: ['cypress_record_key'],
        literals: ['cypress_record_key'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
    ],
  },
  {
    id: 'drone-token',
    title: 'Drone user token or shared secret',
    gives: 'start builds as its owner, or pass for a runner',
    revoke: 'Rotate it in Drone, User settings; change DRONE_RPC_SECRET on server and runners',
    reference: 'https://docs.drone.io/server/reference/drone-rpc-secret/',
    confidence: 'medium',
    formats: [
      {
        names: ['drone_token', 'drone_rpc_secret', 'drone_secret', 'drone_ci', 'droneci'],
        literals: ['drone_token', 'drone_rpc_secret', 'drone_secret', 'droneci', 'drone_ci'],
        value: ['alphanumeric', 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'harness-token',
    title: 'Harness API token',
    gives: 'use Harness as the user or service account that it belongs to',
    revoke: 'Delete it in Harness, Profile, My API keys',
    reference: 'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
    formats: [
      {
        literals: followed(['pat.', 'sat.'], 'wordDash', 22),
        before: 1,
        after: 80,
        pattern: /(?<![\w.])([ps]at\.[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20})(?![\w-])/g,
      },
    ],
  },
  {
    id: 'jenkins-token',
    title: 'Jenkins API token',
    gives: 'use Jenkins as its owner: start builds, and read their credentials where scripts may',
    revoke: 'Revoke it in Jenkins, the user’s Security page, API token',
    reference: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
    confidence: 'medium',
    // The first two digits are the version of the format.
    formats: [
      { names: ['jenkins'], value: ['hex', 34], form: '11[0-9a-f]{32}' },
      // Those of before 2.129, and of plugins.
      { names: ['jenkins'], value: ['hex', 32], accepts: isHexKey },
      { names: ['jenkins'], value: ['wordDash', 36], form: UUID, accepts: isNamedKey },
    ],
  },
  {
    id: 'jenkins-initial-password',
    title: 'Initial password of Jenkins’ administrator',
    gives: 'administer Jenkins, where the password was not changed',
    revoke: 'Change the password, and delete secrets/initialAdminPassword and the log',
    reference: 'https://www.jenkins.io/doc/book/installing/linux/#unlocking-jenkins',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'password to proceed to installation' }],
        before: 1,
        after: 80,
        pattern: /password to proceed to installation:\s{1,12}([0-9a-f]{32})(?![0-9a-f])/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'scrutinizer-token',
    title: 'Scrutinizer access token',
    gives: 'read the results of inspections, and start them',
    revoke: 'Delete it in Scrutinizer, Profile, Applications',
    reference: 'https://scrutinizer-ci.com/docs/api/',
    severity: 'medium',
    confidence: 'medium',
    formats: [{ names: ['scrutinizer'], value: ['hex', 64], accepts: isHexKey }],
  },
  {
    id: 'sonarqube-token',
    title: 'SonarQube token',
    gives: 'upload analyses or read code and findings, as its owner',
    revoke: 'Revoke it in SonarQube, My account, Security',
    reference: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
    severity: 'high',
    formats: [
      { prefixes: ['squ_', 'sqp_', 'sqa_'], body: ['hex', 40] },
      {
        names: [
          'sonar_login',
          'sonarlogin',
          'sonar_token',
          'sonarqube_token',
          'sonarcloud_token',
          'sonar_api',
          'sonar_auth',
        ],
        literals: ['sonar'],
        value: ['hex', 40],
        accepts: isHexKey,
      },
    ],
  },
  {
    id: 'stackhawk-key',
    title: 'StackHawk API key',
    gives: 'run scans, and read what they found',
    revoke: 'Delete it in StackHawk, Settings, API keys',
    reference: 'https://docs.stackhawk.com/hawkscan/authenticated-scanning/',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'hawk.', gate: { follows: 'run', of: 'wordDash', atLeast: 20 } }],
        before: 1,
        after: 56,
        pattern: /(?<![\w.-])(hawk\.[\w-]{20}\.[\w-]{20})(?![\w-])/g,
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'teamcity-token',
    title: 'TeamCity access token',
    gives: 'use TeamCity as its owner',
    revoke: 'Delete it in TeamCity, My settings, Access tokens',
    reference: 'https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html#Managing+Access+Tokens',
    formats: [
      {
        // Base64 of {"typ": "TCV2"}.
        literals: [{ text: 'eyJ0eXAiOiAiVENWMiJ9.' }],
        before: 1,
        after: 160,
        pattern: /(?<![\w.])(eyJ0eXAiOiAiVENWMiJ9\.[\w-]{20,60}\.[\w-]{40,60})(?![\w-])/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'travis-token',
    title: 'Travis CI access token',
    gives: 'start builds and change settings as its owner',
    revoke: 'Regenerate it in Travis CI, Settings, API authentication',
    reference: 'https://docs.travis-ci.com/user/triggering-builds/',
    confidence: 'medium',
    formats: [
      {
        names: ['travis_token', 'travis_api', 'travis_access', 'travis_ci_token'],
        literals: ['travis_token', 'travistoken', 'travis_api', 'travis_access', 'travis_ci_token'],
        value: ['wordDash', 22],
        accepts: isMixedCase,
      },
    ],
  },
];
