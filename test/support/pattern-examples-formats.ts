/** Examples of keys, passwords and tokens that no service issues, see pattern-examples.ts. */
import type { ExampleSecret } from './example-secrets.ts';
import { base64Url, madeUp } from './made-up.ts';

const base64 = (length: number): string => madeUp('alphanumeric', length);
const PASSWORD = 'kV9-tr7mQ2';

/** A password in a text of which the near miss has a variable in its place. */
const password = (before: string, after: string, secret = PASSWORD, variable = `\${${'PW'}}`): ExampleSecret => ({
  text: `${before}${secret}${after}`,
  secret,
  nearMiss: `${before}${variable}${after}`,
});

function encryptedPem(): ExampleSecret {
  const pem = (what: string): string =>
    `-----BEGIN ${what}-----\n${base64(64)}\n${base64(64)}\n${base64(40)}\n-----END ${what}-----`;
  const secret = pem(`ENCRYPTED ${'PRIVATE'} KEY`);
  return { text: secret, secret, nearMiss: pem('CERTIFICATE') };
}

function putty(): ExampleSecret {
  const secret = `${base64(64)}\n${base64(36)}`;
  const file = (key: string): string =>
    `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: build\nPublic-Lines: 2\n${base64(64)}\n${base64(16)}\nPrivate-Lines: 2\n${key}\nPrivate-MAC: ${madeUp('hex', 64)}`;
  return { text: file(secret), secret, nearMiss: file('') };
}

function jwk(): ExampleSecret {
  const parts = `"kty":"EC","crv":"P-256","x":"${base64(43)}","y":"${base64(43)}"`;
  const secret = `{${parts},"d":"${base64(43)}"}`;
  return { text: secret, secret, nearMiss: `{${parts}}` };
}

function webToken(claims: Record<string, unknown>): ExampleSecret {
  const head = base64Url('{"alg":"RS256","typ":"JWT"}');
  const secret = `${head}.${base64Url(JSON.stringify(claims))}.${base64(64)}`;
  return { text: `TOKEN=${secret}`, secret, nearMiss: `TOKEN=${head}.${base64(40)}.${base64(64)}` };
}

const CLAIMS = { iss: 'https://login.acme.io', sub: 'build', exp: 4_102_444_800 };

export const FORMAT_EXAMPLES: Readonly<Record<string, ExampleSecret>> = {
  'encrypted-private-key': encryptedPem(),
  'putty-private-key': putty(),
  'age-secret-key': {
    text: `AGE-${'SECRET'}-KEY-1${'QPZRY9X8GF'.repeat(5)}2TVDW0S3`,
    secret: `AGE-${'SECRET'}-KEY-1${'QPZRY9X8GF'.repeat(5)}2TVDW0S3`,
    nearMiss: `age1${'qpzry9x8gf'.repeat(5)}2tvdw0s3`,
  },
  'wireguard-key': password('PrivateKey = ', '', `${base64(42)}A=`),
  'json-web-key': jwk(),
  'tsig-key': password(`key "rndc-key" {\n\talgorithm hmac-sha256;\n\tsecret "`, '";\n};', `${base64(43)}=`, ''),
  'password-hash': password('app:', ':19000:0:99999:7:::', `$6$${base64(16)}$${base64(86)}`, '!'),
  'weak-password-hash': password('app:', '', `$apr1$${base64(8)}$${base64(22)}`, '*'),
  'netrc-password': password('machine git.acme.io\n  login build\n  password ', '\n'),
  'pgpass-password': password('db.acme.io:5432:shop:build:', ''),
  'mysql-option-password': password('[client]\nuser = build\npassword = ', '\n'),
  'pypirc-password': password('[pypi]\nusername = build\npassword = ', '\n'),
  'maven-server-password': password(
    '<server>\n  <id>acme</id>\n  <username>build</username>\n  <password>',
    '</password>\n</server>',
  ),
  'gradle-publishing-password': password('signing.keyId=24875D73\nsigning.password=', ''),
  'composer-password': password('{"http-basic": {"repo.acme.io": {"username": "build", "password": "', '"}}}'),
  'docker-registry-login': password(
    '{"auths": {"registry.acme.io": {"auth": "',
    '"}}}',
    Buffer.from(`build:${PASSWORD}`).toString('base64'),
    '',
  ),
  'filezilla-password': password('<Pass encoding="base64">', '</Pass>', Buffer.from(PASSWORD).toString('base64'), ''),
  'server-login': password('{"host": "files.acme.io", "user": "build", "password": "', '"}'),
  'database-client-password': password('"userName" : "build",\n"userPassword" : "', '"'),
  'firefox-login': password('{"encryptedPassword":"', '"}', `MDo${base64(60)}`, ''),
  'wordpress-database-password': password("define( 'DB_PASSWORD', '", "' );", PASSWORD, 'password_here'),
  'wordpress-salt': password(
    "define( 'AUTH_KEY',  '",
    "' );",
    `${base64(30)}|}~^*${base64(28)}`,
    'put your unique phrase here, it has to be long',
  ),
  'django-secret-key': password("SECRET_KEY = '", "'", `${'k3$v9(q+w7'.repeat(4)}z2!m5#r8*t`, ''),
  'laravel-app-key': password('APP_KEY=', '', `base64:${base64(43)}=`, ''),
  'jwt-signing-secret': password('JWT_SECRET=', '', `${base64(20)}-q8`),
  'ansible-vault': password('$ANSIBLE_VAULT;1.1;AES256\n', '', `${madeUp('hex', 80)}\n${madeUp('hex', 60)}`, ''),
  'account-password-command': password("RUN echo 'root:", "' | chpasswd"),
  'command-line-password': password('curl -fsS -u build:', ' https://files.acme.io/tool.tar.gz'),
  'kubernetes-service-account-token': webToken({ ...CLAIMS, iss: 'kubernetes/serviceaccount' }),
  'json-web-token': webToken(CLAIMS),
  'basic-auth-header': password(
    'Authorization: Basic ',
    '',
    Buffer.from(`build:${PASSWORD}`).toString('base64'),
    'aGVsbG8gd29ybGQh',
  ),
  'bearer-token': password('Authorization: Bearer ', '', base64(40)),
};
