/** Examples for clouds, code, builds and databases: see pattern-examples.ts. */
import type { ExampleSecret } from './example-secrets.ts';

/** So many characters of an alphabet, the same in every run. */
function pick(alphabet: string, length: number): string {
  return Array.from({ length }, (_, i) => alphabet[(i * 7 + (i >> 3) + 2) % alphabet.length]).join('');
}

const mixed = (length: number): string => pick('aZ3bY5cX7dW9eV2fU4gT6hS8iR', length);
const upper = (length: number): string => pick('Z3Y5X7W9V2U4T6S2RQP', length);
const lower = (length: number): string => pick('z3y5x7w4v2u4t6s2rqp', length);
const hex = (length: number): string => pick('a3b5c7d9e2f4068', length);

const UUID = `3f2a9c1e-${'7b4d-4e6f'}-9a8b-5d0c4f7e2b19`;

/** `text` with the secret in place of `@@`; the near miss has the secret's own cut in its place. */
function within(text: string, secret: string, nearMiss = secret.slice(0, -3)): ExampleSecret {
  return { text: text.replace('@@', secret), secret, nearMiss: text.replace('@@', nearMiss) };
}

const quoted = (secret: string, nearMiss?: string): ExampleSecret => within('key = "@@"', secret, nearMiss);

const password = 'kV7!pR2w';

export const HOSTING_EXAMPLES: Readonly<Record<string, ExampleSecret>> = {
  'aws-session-token': quoted(`IQoJ${'b3JpZ2lu'}${mixed(120)}`, `IQoJ${'b3JpZ2lu'}${mixed(40)}`),
  'aws-mws-token': quoted(`amzn.${'mws.'}${UUID}`),
  'aws-appsync-key': quoted(`da2-${lower(26)}`),
  'azure-storage-key': quoted(`${mixed(76)}+${'ASt'}${mixed(5)}Q==`, `${mixed(76)}+AXt${mixed(5)}Q==`),
  'azure-cosmos-key': quoted(`${mixed(76)}${'AC'}Db${mixed(5)}Q==`, `${mixed(76)}AXDb${mixed(5)}Q==`),
  'azure-shared-access-key': within(
    'Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@@',
    `${mixed(43)}=`,
  ),
  'azure-service-key': quoted(`${mixed(76)}${'AP'}IM${mixed(5)}Q==`, `${mixed(76)}AXIM${mixed(5)}Q==`),
  'azure-annotated-key': quoted(`${mixed(52)}${'JQQ'}J99BA${mixed(16)}${'ACOG'}x7Kd`),
  'azure-devops-token': quoted(`${mixed(76)}${'AZ'}DOk3Rt`),
  'azure-client-secret': quoted(`k7X8${'Q~'}${mixed(34)}`, `k7X8${'Q~'}${mixed(20)}`),
  'azure-app-configuration-key': within(
    'Endpoint=https://acme.azconfig.io;Id=0-l9-s0:aBcD;Secret=@@',
    `${mixed(43)}=`,
    mixed(20),
  ),
  'azure-shared-access-signature': within(
    'https://acme.blob.core.windows.net/c?sv=2023-11-03&sr=c&sp=rl&se=2030-01-01&sig=@@',
    `${mixed(43)}%3D`,
  ),
  'azure-function-key': quoted(`${mixed(44)}${'Az'}Fu${mixed(5)}Q==`),
  'azure-registry-password': quoted(`${mixed(42)}+${'AC'}RB${mixed(5)}`),
  'azure-redis-key': quoted(`${mixed(33)}${'Az'}CaB${mixed(5)}=`),
  'google-oauth-token': quoted(`ya${'29.'}${mixed(120)}`, `ya${'29.'}${mixed(20)}`),
  'google-storage-hmac-secret': within(`GOOG${'1E'}${upper(55)},@@`, mixed(40)),
  'firebase-server-key': quoted(`AAAA${mixed(7)}:${'APA91'}${mixed(134)}`),
  'akamai-client-secret': within('host = akab-x.luna.akamaiapis.net\nclient_secret = @@', `${mixed(43)}=`),
  'cloudflare-origin-ca-key': quoted(`v1${'.0-'}${hex(24)}-${hex(146)}`, `v1${'.0-'}${hex(24)}-${hex(46)}`),
  'ngrok-token': within('authtoken: @@', `2${mixed(26)}_6${mixed(20)}`),
  'railway-token': within('RAILWAY_TOKEN=@@', UUID),
  'scaleway-secret-key': within('SCW_SECRET_KEY=@@', UUID),
  'defined-networking-key': quoted(`dnkey-${upper(26).replace(/9/g, 'K')}-${upper(52).replace(/9/g, 'K')}`),
  'kubernetes-bootstrap-token': within('kubeadm join 10.0.0.1:6443 --token @@', `${lower(6)}.${lower(16)}`),
  'astra-token': quoted(`Astra${'CS:'}${mixed(24)}:${hex(64)}`),
  'cockroachdb-cloud-key': quoted(`CC${'DB1_'}${mixed(22)}_${mixed(40)}`),
  'confluent-secret': quoted(`cf${'lt'}${mixed(60)}`),
  'influxdb-token': within('INFLUX_TOKEN=@@', `${mixed(86)}==`),
  'snowflake-password': within('SNOWFLAKE_PASSWORD=@@', 'kV7!pR2w#x', '$SECRET_NAME'),
  'akeyless-access-key': within('akeyless_access_key = @@', `${mixed(43)}=`),
  'bitwarden-token': within('BWS_ACCESS_TOKEN=@@', `0.${UUID}.${mixed(30)}:${mixed(22)}==`),
  'consul-token': within('CONSUL_HTTP_TOKEN=@@', UUID),
  'doppler-token': quoted(`dp.${'st.'}prd.${mixed(43)}`, `dp.${'st.'}prd.${mixed(23)}`),
  'infisical-token': quoted(`st.${hex(24)}.${hex(32)}.${hex(32)}`),
  'onepassword-secret-key': quoted(`A3-${upper(6)}-${upper(6)}-${upper(5)}-${upper(5)}-${upper(5)}-${upper(5)}`),
  'terraform-cloud-token': quoted(`${mixed(14)}.${'atlasv1'}.${mixed(67)}`, `${mixed(14)}.${'atlasv1'}.${mixed(27)}`),
  'hashicorp-vault-unseal-key': within('Unseal Key 1: @@', mixed(44)),
  'atlassian-token': quoted(`ATA${'TT3xFf'}${mixed(180)}=7A2B9C4D`, `ATA${'TT3xFf'}${mixed(60)}`),
  'phabricator-token': quoted(`cli-${lower(28)}`),
  'npm-legacy-token': within('NPM_TOKEN=@@', UUID),
  'nuget-key': quoted(`oy2${lower(43)}`),
  'nuget-config-password': within('<add key="ClearTextPassword" value="@@" />', password, '%FEED_PASSWORD%'),
  'appveyor-token': within('APPVEYOR_TOKEN=@@', `v2.${lower(20)}`),
  'cypress-record-key': within('CYPRESS_RECORD_KEY=@@', UUID),
  'harness-token': quoted(`pat.${mixed(22)}.${hex(24)}.${mixed(20)}`),
  'jenkins-token': within('JENKINS_TOKEN=@@', `11${hex(32)}`),
  'stackhawk-key': quoted(`hawk.${mixed(20)}.${mixed(20)}`),
  'teamcity-token': quoted(
    `eyJ0eXAi${'OiAiVENWMiJ9'}.${mixed(40)}.${mixed(48)}`,
    `eyJ0eXAi${'OiAiVENWMiJ9'}.${mixed(10)}`,
  ),
  'axiom-token': quoted(`xaat-${UUID}`),
  'checkly-key': within('CHECKLY_API_KEY=@@', `cu_${hex(32)}`),
  'dynatrace-token': quoted(`dt0${'c01'}.${upper(24)}.${upper(64)}`),
  'grafana-legacy-key': quoted(
    Buffer.from(JSON.stringify({ k: mixed(32), n: 'reader', id: 1 })).toString('base64'),
    `eyJr${'Ijoi'}${mixed(60)}`,
  ),
  'opsgenie-key': within('OPSGENIE_API_KEY=@@', UUID),
  'pagerduty-key': within('PAGERDUTY_TOKEN=@@', `u+${mixed(18)}`),
  'newrelic-pixie-key': quoted(`px-${'api-'}${UUID}`),
  'apollo-key': within('APOLLO_KEY=@@', `service:acme:${mixed(22)}`),
  'launchdarkly-key': quoted(`sdk-${UUID}`),
  'mapbox-token': quoted(`sk.${'eyJ'}${mixed(60)}.${mixed(22)}`),
  'optimizely-token': within('OPTIMIZELY_TOKEN=@@', `2:${mixed(44)}`, `2:${mixed(20)}`),
  'postman-key': quoted(`PM${'AK-'}${hex(24)}-${hex(34)}`),
  'prismic-token': within('PRISMIC_TOKEN=@@', `MC5${mixed(70)}`, `MC5${mixed(40)}`),
  'snyk-token': within('SNYK_TOKEN=@@', UUID),
  'storyblok-token': within('STORYBLOK_TOKEN=@@', `${mixed(22)}tt`),
  'okta-api-token': within('OKTA_API_TOKEN=@@', `00${mixed(40)}`),
  'truenas-key': within('{"method":"auth.login_with_api_key","params":["@@"]}', `8-${mixed(64)}`),
  'vsphere-password': within('Connect-VIServer vc.acme.io -User admin -Password @@', password, '$PW'),
  'jdbc-password': within('jdbc:sqlserver://db.acme.io:1433;user=app;password=@@', password, '$PW'),
  'connection-string-password': within('Server=db.acme.io;Database=x;User Id=app;Password=@@;', password, '{0}'),
  'kafka-sasl-password': within(
    'sasl.jaas.config=o.a.k.PlainLoginModule required username="app" password="@@";',
    password,
    '$PW',
  ),
  'service-url-password': within('rediss://:@@@cache.acme.io:6380/0', password, '$PW'),
  'database-url-password': within('postgresql+psycopg2://app:@@@db.acme.io/x', password, '$PW'),
};
