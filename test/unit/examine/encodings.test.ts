import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { distinctMatches, type SecretMatch, SecretScanner } from '../../../src/examine/secrets/index.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const CARRIER = { kind: 'content', row: 0 } as const;

interface Found {
  readonly match: SecretMatch;
  readonly secret: string | undefined;
}

async function scan(bytes: Uint8Array, chunkBytes = bytes.byteLength): Promise<Found[]> {
  const scanner = new SecretScanner({ fingerprintKey: Buffer.from('key'), limits: DEFAULT_LIMITS });
  scanner.begin(CARRIER);
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
    scanner.push(Uint8Array.from(bytes.subarray(at, at + chunkBytes)), false);
  }
  scanner.end();
  await scanner.judge();
  return distinctMatches(scanner.matches).map((match) => ({ match, secret: scanner.values.get(match.fingerprint) }));
}

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('UTF-16', () => {
  const text = `$env:USER = 'app'\r\n$env:TOKEN = '${TOKEN}'\r\n${'Write-Output "done"\r\n'.repeat(20)}`;

  test.each<[string, Uint8Array, string, number]>([
    ['little-endian', Buffer.from(text, 'utf16le'), 'utf-16le', 0],
    ['big-endian', swapped(text), 'utf-16be', 0],
    ['little-endian with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le', 2],
    ['big-endian with a mark', swapped(`\ufeff${text}`), 'utf-16be', 2],
  ])('%s is read, in chunks of any size', async (_, bytes, encoding, mark) => {
    for (const chunkBytes of [1, 7, 64, 255, 256, 1000, bytes.byteLength]) {
      const found = await scan(bytes, chunkBytes);
      expect(found.map(({ secret }) => secret)).toEqual([TOKEN]);
      const [from, to] = found[0]?.match.byteRange ?? [0, 0];
      expect([from, to - from]).toEqual([text.indexOf(TOKEN) * 2 + mark, TOKEN.length * 2]);
      expect(found[0]?.match).toMatchObject({ line: 2, encodings: [encoding], detector: 'github-token' });
    }
  });

  test('is not what a program is that has many zeros', async () => {
    const bytes = Buffer.alloc(4096);
    for (let i = 0; i < 256; i += 4) bytes.writeUInt32LE(i, i);
    bytes.write(`token=${TOKEN}`, 2000);
    expect((await scan(bytes)).map(({ match }) => match.encodings)).toEqual([[]]);
  });

  test('ends in the middle of a character without harm', async () => {
    const bytes = Buffer.from(text, 'utf16le');
    expect(await scan(bytes.subarray(0, -1))).toHaveLength(1);
  });
});

describe('base64', () => {
  const wrap = (text: string): string => Buffer.from(text).toString('base64');

  test.each([0, 1, 2, 3, 4, 5])(
    'is decoded wherever in its groups the secret begins: after %i characters',
    async (n) => {
      const encoded = wrap(`${'x'.repeat(n)}=${TOKEN}\n`);
      const file = Buffer.from(`apiVersion: v1\nkind: Secret\ndata:\n  token: ${encoded}\n`);
      const found = await scan(file);
      expect(found.map(({ secret }) => secret)).toEqual([TOKEN]);
      const from = file.indexOf(encoded);
      expect(found[0]?.match).toMatchObject({
        encodings: ['base64'],
        byteRange: [from, from + encoded.length],
        line: 4,
        redacted: 'ghp_a1****',
      });
    },
  );

  test('of a private key over many lines is decoded', async () => {
    const body = Buffer.alloc(1200, 'MIIEowIBAAKCAQEA7')
      .toString('latin1')
      .replace(/(.{64})/g, '$1\n');
    const pem = ['-----BEGIN RSA PRIVATE', ` KEY-----\n${body}\n-----END RSA PRIVATE`, ' KEY-----\n'].join('');
    const lines = wrap(pem).replace(/(.{76})/g, '$1\n    ');
    const found = await scan(Buffer.from(`key: |\n    ${lines}\n`));
    expect(found.map(({ match }) => match.detector)).toEqual(['private-key']);
  });

  test('in UTF-16 is decoded', async () => {
    const wide = await scan(Buffer.from(`$token = "${wrap(TOKEN)}"\r\n${'# comment\r\n'.repeat(20)}`, 'utf16le'));
    expect(wide.map(({ match, secret }) => [secret, match.encodings])).toEqual([[TOKEN, ['utf-16le', 'base64']]]);
  });

  test('is the same secret as the one that is written as it is', async () => {
    const [plain] = await scan(Buffer.from(`token=${TOKEN}\n`));
    const [encoded] = await scan(Buffer.from(`token: ${wrap(TOKEN)}\n`));
    expect(encoded?.match.fingerprint).toBe(plain?.match.fingerprint);
  });

  test('that holds no secret is none', async () => {
    expect(await scan(Buffer.from(`data: ${wrap('ghp_ is how GitHub’s tokens begin, and this is none')}\n`))).toEqual(
      [],
    );
  });
});
