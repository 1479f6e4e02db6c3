/** Keys of hosted databases, brokers and search engines. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, isNamedKey, UUID } from './value-checks.ts';

/** Whether a text is Base64 of an Elasticsearch API key: an ID and a key, each URL-safe Base64 of 16 bytes or so. */
function isElasticKey(text: string): boolean {
  return /^[\w-]{18,24}:[\w-]{20,26}$/.test(Buffer.from(text, 'base64').toString('latin1'));
}

export const DATA_STORE_PROVIDERS: readonly Provider[] = [
  {
    id: 'aiven-token',
    title: 'Aiven token or service password',
    gives: 'log in to the service, or manage the account’s services',
    revoke: 'Reset the service user’s password, or revoke the token, in the Aiven console',
    reference: 'https://aiven.io/docs/platform/concepts/authentication-tokens',
    formats: [
      { prefixes: ['AVNS_'], body: ['wordDash', 19], accepts: isMixed },
      { prefixes: ['aivenv1_'], body: ['base64', 60, 600] },
      { names: ['aiven'], value: ['base64', 372], accepts: isMixedCase },
    ],
  },
  {
    id: 'astra-token',
    title: 'DataStax Astra application token',
    gives: 'use the organisation’s databases with the token’s role',
    revoke: 'Delete it in the Astra portal, Tokens',
    reference: 'https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html',
    formats: [
      {
        literals: [{ text: 'AstraCS:', gate: { follows: 'run', of: 'alphanumeric', atLeast: 20 } }],
        before: 1,
        after: 100,
        pattern: /\b(AstraCS:[A-Za-z0-9]{20,28}:[a-f0-9]{64})(?!\w)/g,
      },
    ],
  },
  {
    id: 'clickhouse-cloud-key',
    title: 'ClickHouse Cloud API key secret',
    gives: 'manage the organisation’s services, together with the key’s ID',
    revoke: 'Delete it in the ClickHouse Cloud console, API keys',
    reference: 'https://clickhouse.com/docs/cloud/manage/openapi',
    formats: [{ prefixes: ['4b1d'], body: ['alphanumeric', 38], accepts: isMixedCase }],
  },
  {
    id: 'cockroachdb-cloud-key',
    title: 'CockroachDB Cloud API key',
    gives: 'manage the organisation’s clusters with the service account’s roles',
    revoke: 'Delete it in the CockroachDB Cloud console, Access management, Service accounts',
    reference: 'https://www.cockroachlabs.com/docs/cockroachcloud/managing-access',
    formats: [
      {
        literals: [{ text: 'CCDB1_', gate: { follows: 'run', of: 'word', atLeast: 60 } }],
        before: 1,
        after: 80,
        pattern: /(?<!\w)(CCDB1_[A-Za-z0-9]{20,24}_[A-Za-z0-9]{38,42})(?!\w)/g,
      },
    ],
  },
  {
    id: 'confluent-secret',
    title: 'Confluent Cloud API secret',
    gives: 'read and write topics, or manage the cluster, together with the key’s ID',
    revoke: 'Delete it: confluent api-key delete',
    reference:
      'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
    formats: [
      {
        literals: [{ text: 'cflt', gate: { follows: 'run', of: 'base64', atLeast: 60 } }],
        before: 1,
        after: 72,
        pattern: /(?<![A-Za-z0-9+/])(cflt[A-Za-z0-9+/]{60})(?![A-Za-z0-9+/=])/g,
        accepts: isMixedCase,
      },
      {
        names: ['confluent', 'ccloud', 'kafka'],
        value: ['base64', 64],
        form: '[A-Za-z0-9+/]{64}',
        accepts: isMixedCase,
      },
    ],
  },
  {
    id: 'databricks-oauth-secret',
    title: 'Databricks OAuth secret of a service principal',
    gives: 'use the workspaces as the service principal',
    revoke: 'Delete it in Databricks, Settings, Identity and access, Service principals, Secrets',
    reference: 'https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m',
    formats: [{ prefixes: ['dose'], body: ['hex', 32], accepts: isMixed }],
  },
  {
    id: 'elastic-key',
    title: 'Elasticsearch or Elastic Cloud API key',
    gives: 'read and write indexes, or manage deployments, as far as it may',
    revoke: 'Invalidate it in Kibana, Stack management, API keys; or in the Elastic Cloud console',
    reference: 'https://www.elastic.co/docs/deploy-manage/api-keys',
    severity: 'high',
    formats: [
      { prefixes: ['essu_'], body: ['base64', 60, 120] },
      {
        names: ['elastic', 'elasticsearch', 'kibana', 'apikey'],
        literals: ['elastic', 'kibana', 'apikey '],
        value: ['base64', 56, 64],
        accepts: isElasticKey,
      },
    ],
  },
  {
    id: 'influxdb-token',
    title: 'InfluxDB API token',
    gives: 'read and write buckets as far as it may',
    revoke: 'Delete it: influx auth delete',
    reference: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['influx'], value: ['base64', 88], form: '[A-Za-z0-9_+/-]{86}==', accepts: isMixedCase }],
  },
  {
    id: 'mongodb-atlas-key',
    title: 'MongoDB Atlas private key or service account secret',
    gives: 'manage the organisation or project, together with the public key or client ID',
    revoke: 'Delete it in Atlas, Access manager',
    reference: 'https://www.mongodb.com/docs/atlas/configure-api-access/',
    formats: [
      { prefixes: ['mdb_sa_sk_'], body: ['wordDash', 40] },
      {
        names: ['atlas_private', 'atlas_api', 'mongodb_private', 'mcli_private'],
        literals: ['atlas_private', 'atlas_api', 'atlasprivate', 'mongodb_private', 'mcli_private'],
        value: ['wordDash', 36],
        form: UUID,
        accepts: isNamedKey,
      },
    ],
  },
  {
    id: 'neon-key',
    title: 'Neon API key or database password',
    gives: 'manage the projects, or log in to the database',
    revoke: 'Revoke it in the Neon console, API keys; reset the role’s password',
    reference: 'https://neon.com/docs/manage/api-keys',
    formats: [
      { prefixes: ['napi_'], body: ['alphanumeric', 64], accepts: isMixed },
      { prefixes: ['npg_'], body: ['alphanumeric', 12], accepts: isMixedCase },
    ],
  },
  {
    id: 'planetscale-token',
    title: 'PlanetScale token or database password',
    gives: 'log in to the database, or manage the organisation’s databases',
    revoke: 'Delete it in PlanetScale, Settings, Passwords or Service tokens',
    reference: 'https://planetscale.com/docs/api/reference/service-tokens',
    formats: [
      { prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], body: ['wordDashDot', 32, 64], accepts: isMixed },
    ],
  },
  {
    id: 'snowflake-password',
    title: 'Snowflake password',
    gives: 'log in to Snowflake as the user, with the user’s roles',
    revoke: 'Change it: ALTER USER … SET PASSWORD',
    reference: 'https://docs.snowflake.com/en/user-guide/admin-user-management',
    confidence: 'medium',
    formats: [
      {
        names: ['snowflake_password', 'snowflake_pass', 'snowflake_pwd', 'snowsql_pwd'],
        literals: ['snowflake', 'snowsql_pwd'],
        value: ['wordDash', 8, 64],
        form: '[^\\s"\'`\\\\{}$<>(),;]{8,64}',
        accepts: (value) => /\d/.test(value) && /[A-Za-z]/.test(value),
      },
    ],
  },
  {
    id: 'upstash-token',
    title: 'Upstash token',
    gives: 'read and write the database or queue, or only read it',
    revoke: 'Reset the password in the Upstash console',
    reference: 'https://upstash.com/docs/redis/features/restapi',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['upstash', 'qstash'], value: ['base64', 36, 160], accepts: isMixedCase }],
  },
];
