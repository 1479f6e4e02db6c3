import { describe, expect, test } from 'vitest';
import { TextScanner } from '../../../src/examine/index.ts';
import { madeUp, UUID } from '../../support/made-up.ts';

async function find(text: string): Promise<{ detector: string; value: string | undefined; doubted: boolean }[]> {
  const scanner = new TextScanner(Buffer.from('key'));
  const [scanned] = await scanner.scan([text]);
  return (scanned?.matches ?? []).map(({ detector, fingerprint, doubt }) => ({
    detector,
    value: scanner.values.get(fingerprint),
    doubted: doubt !== null,
  }));
}

const HEX = madeUp('hex', 32);
const RANDOM = `Jx4vTq9Lw2Rm8Nc5${'Yb7Kd3Hf6Zp1Sg0Ue'}`;

describe('a value that only a name tells is found in', () => {
  test.each([
    ['a shell', `export BROWSERSTACK_ACCESS_KEY=${madeUp('alphanumeric', 20)}`, 'browserstack-key'],
    ['an .env file with quotes', `DATADOG_API_KEY="${HEX}"`, 'datadog-key'],
    ['an INI file with columns', `datadog_api_key          = ${HEX}`, 'datadog-key'],
    ['JSON', `{"datadog": 1, "datadogApiKey": "${HEX}"}`, 'datadog-key'],
    ['JSON in a string', `"{\\"datadog_api_key\\":\\"${HEX}\\"}"`, 'datadog-key'],
    ['YAML', `datadog:\n  # the key\ndatadog-api-key: '${HEX}'\n`, 'datadog-key'],
    ['the environment of a Kubernetes container', `- name: DATADOG_API_KEY\n  value: "${HEX}"\n`, 'datadog-key'],
    ['the environment of an ECS task', `{"name":"DATADOG_API_KEY","value":"${HEX}"}`, 'datadog-key'],
    ['the settings of .NET', `<add key="DatadogApiKey" value="${HEX}" />`, 'datadog-key'],
    ['XML', `<datadogApiKey>${HEX}</datadogApiKey>`, 'datadog-key'],
    ['the default of a Terraform variable', `variable "datadog_api_key" {\n  default = "${HEX}"\n}`, 'datadog-key'],
    [
      'the default of a Terraform variable with a type',
      `variable "datadog_api_key" {\n  type        = string\n  sensitive   = true\n  default     = "${HEX}"\n}`,
      'datadog-key',
    ],
    ['a URL', `https://api.datadoghq.com/api/v1/validate?datadog_api_key=${HEX}&x=1`, 'datadog-key'],
    ['a command line', `agent --datadog-api-key ${HEX} --verbose`, 'datadog-key'],
    ['a file name', `datadog-api-key-${HEX}`, 'datadog-key'],
    ['a comment', `# datadog api key: ${HEX}`, 'datadog-key'],
  ])('%s', async (_, text, detector) => {
    const found = await find(text);
    expect(found.map((one) => one.detector)).toEqual([detector]);
    expect(text).toContain(found[0]?.value);
  });

  test('the same line as others, at the first and the last byte', async () => {
    const [one, two] = [HEX, HEX.split('').toReversed().join('')];
    expect((await find(`datadog_api_key=${one}; datadog_app_key2=${two}`)).map(({ value }) => value)).toEqual([
      one,
      two,
    ]);
  });
});

describe('a key of an unknown service is found', () => {
  test.each([
    ['in the environment', `WAREHOUSE_API_KEY=${RANDOM}`],
    ['in JSON', `{"warehouseApiKey": "${RANDOM}"}`],
    ['in YAML', `  client_secret: '${RANDOM}'\n`],
    ['in a program', `const accessToken = '${RANDOM}';`],
    ['in PHP', `define('WAREHOUSE_SECRET', '${RANDOM}');`],
    ['in Ruby', `'warehouse_token' => '${RANDOM}'`],
    ['in a header', `X-Api-Key: ${RANDOM}`],
    ['as a UUID', `warehouse.api.token=${UUID}`],
    ['in hexadecimal', `WAREHOUSE_SECRET=${HEX}`],
  ])('%s', async (_, text) => {
    expect(await find(text)).toMatchObject([{ detector: 'generic-secret', doubted: false }]);
  });

  test.each([
    ['a name that says nothing', `key = "${RANDOM}"`],
    ['a public key', `STRIPE_PUBLIC_KEY=${RANDOM}`],
    ['a fingerprint of PGP', `GPG_KEY=${madeUp('hex', 40)}`],
    ['a key of a cache', `cache_key: "${HEX}"`],
    ['a page of a list', `next_token = "${RANDOM}"`],
    ['a sentence', `The next token: ${RANDOM}`],
    ['a variable of a program', 'const apiKey = process.env.WAREHOUSE_API_KEY_OF_2024;'],
    ['the name of a constant', 'api_key: warehouse_api_key_for_production_2'],
    ['a file', 'ssl_key = "warehouse-2024-production-01.pem"'],
    ['a hash', `api_token=${madeUp('hex', 41)}`],
    ['words in Base64', `api_key=${Buffer.from('some text with words and 1 number').toString('base64')}`],
  ])('and %s is none', async (_, text) => {
    expect(await find(text)).toEqual([]);
  });

  test.each([
    ['typed', 'WAREHOUSE_API_KEY=a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6'],
    ['of a manual', `access_token=${'2YotnFZFEjr1zCsicMWpAA'}`],
  ])('and doubted where it is %s', async (_, text) => {
    expect(await find(text)).toMatchObject([{ detector: 'generic-secret', doubted: true }]);
  });
});

describe('a password in the environment', () => {
  const PASSWORD = `kV9-${'tr7mQ2'}`;
  test.each([`REPORTS_PASSWORD=${PASSWORD}`, `SMTP_PASS="${PASSWORD}"`, `ENV LDAP_PASSWD='${PASSWORD}'`])(
    '%s',
    async (text) => {
      expect(await find(text)).toEqual([{ detector: 'password-variable', value: PASSWORD, doubted: false }]);
    },
  );

  test.each(['REPORTS_PASSWORD=changeme', 'REPORTS_PASSWORD=reports_password', 'REPORTS_PASSWORD=REPORTS_PASSWORD'])(
    '%s is doubted',
    async (text) => {
      expect(await find(text)).toMatchObject([{ detector: 'password-variable', doubted: true }]);
    },
  );

  test.each([
    `REPORTS_PASSWORD=\${${'SECRET'}}`,
    `REPORTS_PASSWORD=$1`,
    'REPORTS_PASSWORD=/run/secrets/password',
    'REPORTS_PASSWORD=',
    'REPORTS_PASSWORD=none',
  ])('%s is none', async (text) => {
    expect(await find(text)).toEqual([]);
  });
});

describe('private keys', () => {
  const body = `${madeUp('alphanumeric', 64)}\n${madeUp('alphanumeric', 64)}\n`;

  test.each(['AES-256-CBC', 'DES-EDE3-CBC', 'AES-128-CBC'])('with a passphrase and %s are found', async (cipher) => {
    const head = `-----BEGIN RSA ${'PRIVATE'} KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${madeUp('hex', 32)}\n\n`;
    const found = await find(`${head}${body}-----END RSA ${'PRIVATE'} KEY-----\n`);
    expect(found.map(({ detector }) => detector)).toEqual(['encrypted-private-key']);
  });

  test('with dots in place of the key are doubted', async () => {
    const json = {
      private_key_id: '...',
      private_key: `-----BEGIN ${'PRIVATE'} KEY-----\n...\n-----END ${'PRIVATE'} KEY-----\n`,
    };
    expect(await find(JSON.stringify({ type: 'service_account', ...json }))).not.toContainEqual(
      expect.objectContaining({ doubted: false }),
    );
  });
});

test('a login in the address of a service without a domain is found', async () => {
  const password = `kV9-${'tr7mQ2'}`;
  expect(await find(`ELASTIC_URL=http://elastic:${password}@elasticsearch:9200`)).toEqual([
    { detector: 'web-url-password', value: password, doubted: false },
  ]);
  expect(await find(`http://user:${'pass'}@proxy:3128/`)).toMatchObject([{ doubted: true }]);
});
