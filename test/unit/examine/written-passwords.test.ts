import { describe, expect, test } from 'vitest';
import { TextScanner } from '../../../src/examine/index.ts';
import { base64Url, madeUp } from '../../support/made-up.ts';

async function find(text: string): Promise<{ detector: string; doubt: string | null }[]> {
  const [result] = await new TextScanner(Buffer.from('key')).scan([text]);
  return (result?.matches ?? []).map(({ detector, doubt }) => ({ detector, doubt }));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PASSWORD = 'kV9-tr7mQ2';

function webToken(claims: Record<string, unknown>, head = '{"alg":"HS256","typ":"JWT"}'): string {
  return `${base64Url(head)}.${base64Url(JSON.stringify(claims))}.${madeUp('alphanumeric', 43)}`;
}

describe('web tokens', () => {
  test.each([
    ['one that does not expire', webToken({ sub: 'build' }), null],
    ['one that expires in a future century', webToken({ sub: 'build', exp: 7_258_118_400 }), null],
    ['one that is over', webToken({ sub: 'build', exp: 1_500_000_000 }), 'it expired on 2017-07-14'],
    ['one with an absurd time', webToken({ sub: 'build', exp: -1e300 }), 'it expired on a day long ago'],
    ['the example of jwt.io', webToken({ sub: '1234567890', name: 'John Doe' }), 'it is the example of jwt.io'],
    ['one for everybody', webToken({ role: 'anon' }), 'it is meant for everybody: its role is anon'],
  ])('%s', async (_, token, doubt) => {
    expect(await find(`t=${token};`)).toEqual([{ detector: 'json-web-token', doubt }]);
  });

  test.each([
    ['whose head is no JSON', `${base64Url('{"alg":"HS256","typ":"JWT')}`],
    ['whose head names no method', `${base64Url('{"typ":"JWT","kid":"build-key-1"}')}`],
  ])('let one pass %s', async (_, head) => {
    expect(await find(`t=${head}.${base64Url('{"sub":"build-of-acme"}')}.${madeUp('alphanumeric', 43)}`)).toEqual([]);
  });

  test('of Kubernetes are told apart, whichever of its two forms they have', async () => {
    const now = webToken({ iss: 'https://cluster.acme.io', 'kubernetes.io': { namespace: 'shop' } });
    const once = webToken({ iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:shop:build' });
    for (const token of [now, once]) {
      expect(await find(`token: ${token}`)).toEqual([{ detector: 'kubernetes-service-account-token', doubt: null }]);
    }
  });
});

describe('logins in Base64', () => {
  const config = (login: string): string => `{"auths":{"registry.acme.io":{"auth":"${base64(login)}"}}}`;

  test.each([
    ['a login', `build:${PASSWORD}`, [{ detector: 'docker-registry-login', doubt: null }]],
    [
      'a login with a word for a password',
      'build:password',
      [{ detector: 'docker-registry-login', doubt: 'it reads like a placeholder' }],
    ],
    ['a text without a colon', 'nothing but a text', []],
    ['a user without a password', 'build-of-acme:', []],
    ['bytes that are no text', '\u0001\u0002:\u0003\u0004\u0005\u0006\u0007\b', []],
  ])('%s', async (_, login, found) => {
    expect(await find(config(login))).toEqual(found);
  });

  test('the example of RFC 6749 is one', async () => {
    expect(await find(`Authorization: Basic ${base64('s6BhdRkqt3:gX1fBat3bV')}`)).toEqual([
      { detector: 'basic-auth-header', doubt: 'it is the example of RFC 6749' },
    ]);
  });
});

describe('password hashes', () => {
  const hash = `$6$${madeUp('alphanumeric', 16)}$${madeUp('alphanumeric', 86)}`;

  test.each([
    ['of shadow', `root:${hash}:19000:0:99999:7:::`, 1],
    ['given to useradd', `RUN useradd -p '${hash}' app`, 1],
    ['of Kickstart', `rootpw --iscrypted ${hash}`, 1],
    ['of a locked account', 'root:!:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\napp:!!:19000::::::', 0],
    ['that is cut', `root:${hash.slice(0, -1)}:19000:0:99999:7:::`, 0],
    ['that is longer than it can be', `root:${hash}ab:19000:0:99999:7:::`, 0],
  ])('%s', async (_, line, count) => {
    expect(await find(`${line}\n`)).toHaveLength(count);
  });
});

describe('passwords that commands are given', () => {
  test.each([
    [`echo "root:${PASSWORD}" | chpasswd`, 'account-password-command'],
    [`echo -n app:${PASSWORD} | sudo chpasswd`, 'account-password-command'],
    [`curl --user build:${PASSWORD} https://files.acme.io/x`, 'command-line-password'],
    [`wget --user=build --password=${PASSWORD} https://files.acme.io/x`, 'command-line-password'],
    [`sshpass -p ${PASSWORD} ssh build@acme.io`, 'command-line-password'],
    [`docker login -u build -p ${PASSWORD} registry.acme.io`, 'command-line-password'],
  ])('%s', async (line, detector) => {
    expect(await find(`RUN ${line}`)).toEqual([{ detector, doubt: null }]);
  });

  test.each([
    [`echo "root:$ROOT_PASSWORD" | chpasswd`],
    [`curl -u "$USER:$PASSWORD" https://files.acme.io/x`],
    ['curl -u build https://files.acme.io/x'],
    [`wget --password="\${${'PW'}}" https://files.acme.io/x`],
    ['docker login -u build --password-stdin registry.acme.io'],
    ['sshpass -p $PW ssh build@acme.io'],
  ])('but not %s', async (line) => {
    expect(await find(`RUN ${line}`)).toEqual([]);
  });
});
