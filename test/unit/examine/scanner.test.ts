import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/index.ts';
import { distinctMatches, type SecretMatch, SecretScanner, TextScanner } from '../../../src/examine/secrets/index.ts';
import { secretOfEveryMessage } from '../../support/secretlint-samples.ts';

const KEY = Buffer.from('key');
const GITHUB = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const OTHER = `ghp_${'Z1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const PEM = secretOfEveryMessage.find(({ message }) => message === 'privatekey/PrivateKey')?.text ?? '';

async function scan(
  data: Uint8Array,
  chunkBytes = data.byteLength,
  limits: Limits = DEFAULT_LIMITS,
): Promise<{ matches: SecretMatch[]; scanner: SecretScanner }> {
  const scanner = new SecretScanner({ fingerprintKey: KEY, limits });
  scanner.begin({ kind: 'content', row: 0 });
  for (let at = 0; at < data.byteLength; at += chunkBytes) {
    // Memory that is used again for the next chunk, as in the worker threads.
    scanner.push(Uint8Array.from(data.subarray(at, at + chunkBytes)), at + chunkBytes >= data.byteLength);
    if (scanner.isDue) await scanner.judge();
  }
  await scanner.judge();
  return { matches: distinctMatches(scanner.matches), scanner };
}

describe('a secret', () => {
  test('is found with its place, line and redacted form', async () => {
    const { matches } = await scan(Buffer.from(`one\ntwo = ${GITHUB}\nthree\n`));
    expect(matches).toEqual([
      {
        detector: 'github-token',
        carrier: { kind: 'content', row: 0 },
        byteRange: [10, 50],
        line: 2,
        redacted: 'ghp_a1****',
        encodings: [],
        doubt: null,
        fingerprint: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
        lengthChars: 40,
      },
    ]);
  });

  test('has its place in bytes where other characters take several', async () => {
    const { matches } = await scan(Buffer.from(`äöü€ ${GITHUB}`));
    expect(matches[0]?.byteRange).toEqual([10, 50]);
  });

  test('has no line in binary content', async () => {
    const { matches } = await scan(Buffer.from(`\u0000\u0001\n\n${GITHUB}\u0000`));
    expect(matches[0]).toMatchObject({ line: null, byteRange: [4, 44] });
  });

  test('has the line of its first byte behind megabytes of text', async () => {
    const text = Buffer.concat([Buffer.from('some line of text\n'.repeat(200_000)), Buffer.from(`key ${GITHUB}\n`)]);
    for (const chunkBytes of [text.byteLength, 1024 * 1024, 65_537]) {
      const { matches } = await scan(text, chunkBytes);
      expect(matches.map(({ line }) => line)).toEqual([200_001]);
    }
  });

  test('has the same fingerprint wherever it is found, another one under another key, and differs from others', async () => {
    const { matches } = await scan(Buffer.from(`${GITHUB} ${'x '.repeat(5000)} ${GITHUB} ${OTHER}`));
    const [first, second, third] = matches.map(({ fingerprint }) => fingerprint);
    expect(first).toBe(second);
    expect(first).not.toBe(third);
    const scanner = new SecretScanner({ fingerprintKey: Buffer.from('another'), limits: DEFAULT_LIMITS });
    scanner.begin({ kind: 'text' });
    scanner.push(Buffer.from(GITHUB), true);
    await scanner.judge();
    expect(scanner.matches[0]?.fingerprint).not.toBe(first);
  });
});

describe('how the bytes are cut into chunks', () => {
  const texts = [
    GITHUB,
    OTHER,
    `\n${PEM}\n`,
    `//r.acme.io/:_authToken=${'abcDEF123456'.repeat(3)}\n`,
    'postgres://app:s3cret-pw@db.acme.io/x\n',
    'plain text\n',
    '\n\n',
    ' ',
  ];
  const content = fc.array(
    fc.oneof(
      fc.constantFrom(...texts),
      fc.nat(3000).map((n) => 'filler '.repeat(n)),
    ),
    { maxLength: 12 },
  );

  test('makes no difference to what is found', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 40_000 }), async (parts, chunkBytes) => {
        const data = Buffer.from(parts.join(' '));
        if (data.byteLength === 0 || data.byteLength / chunkBytes > 3000) return;
        const whole = await scan(data);
        const cut = await scan(data, chunkBytes);
        expect(cut.matches).toEqual(whole.matches);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('finds a private key that spans many chunks', async () => {
    const data = Buffer.from(`${'x\n'.repeat(1000)}${PEM}\n${'y\n'.repeat(1000)}`);
    for (const chunkBytes of [64, 100, 333, 1000]) {
      const { matches, scanner } = await scan(data, chunkBytes);
      expect(matches.map(({ detector, line }) => [detector, line])).toEqual([['private-key', 1001]]);
      expect([...scanner.values.values()]).toEqual([PEM]);
    }
  });
});

describe('which kind it is, where several claim it', () => {
  test('a token in a URL is the token, and the URL shows nothing of it', async () => {
    const { matches } = await scan(Buffer.from(`https://${GITHUB}:x-oauth-basic@github.com/acme/x.git`));
    expect(matches.map(({ detector }) => detector)).toEqual(['github-oauth-url']);
    expect(JSON.stringify(matches)).not.toContain(GITHUB.slice(8));
  });

  test('a service account key is one finding, not a private key as well', async () => {
    const sample = secretOfEveryMessage.find(({ message }) => message === 'gcp/PrivateKeyJSON')?.text ?? '';
    const { matches } = await scan(Buffer.from(JSON.stringify(JSON.parse(sample), null, 2)));
    expect(matches.map(({ detector }) => detector)).toEqual(['gcp-service-account-key']);
  });
});

describe('doubts', () => {
  test.each([
    ['https://bob:hunter22@example.org/x', 'host name for documentation'],
    ['https://bob:hunter22@proxy.example.com/x', 'host name for documentation'],
    ['mysql://keystone:keystone_dbpass@127.0.0.1/keystone', 'the machine itself'],
    ['//registry.npmjs.org/:_authToken=MYTOKEN', 'too short'],
    ['xoxb-1-a', 'form of Slack'],
  ])('%s: %s', async (text, doubt) => {
    const { matches } = await scan(Buffer.from(text));
    expect(matches).toHaveLength(1);
    expect(matches[0]?.doubt).toContain(doubt);
  });

  test.each([
    'https://bob:hunter22@git.acme.io/x',
    'https://bob:hunter22@example.com.acme.io/x',
    `//r.io/:_authToken=${'a1b2c3d4'.repeat(4)}`,
    GITHUB,
  ])('there are none about %s', async (text) => {
    const { matches } = await scan(Buffer.from(text));
    expect(matches.map(({ doubt }) => doubt)).toEqual([null]);
  });
});

describe('limits', () => {
  test('of secrets: the rest is not judged, and said to be', async () => {
    const tokens = Array.from({ length: 5000 }, (_, i) => `ghp_${String(i).padStart(36, 'a')}`).join('\n');
    const { scanner } = await scan(Buffer.from(tokens), 10_000, { ...DEFAULT_LIMITS, maxSecretsPerLayer: 100 });
    expect(scanner.matches.length).toBeGreaterThanOrEqual(100);
    expect(scanner.matches.length).toBeLessThan(5000);
    expect(scanner.skippedBytes).toBeGreaterThan(0);
  });

  test('of window bytes: a file full of literals costs no more than that', async () => {
    const bait = Buffer.from('a://user:password@ '.repeat(20_000));
    const { scanner } = await scan(bait, 65_536, { ...DEFAULT_LIMITS, maxSecretWindowBytes: 100_000 });
    expect(scanner.skippedBytes).toBeGreaterThan(100_000);
  });

  test('of nothing: without candidates no window is cut', async () => {
    const { scanner } = await scan(Buffer.alloc(3_000_000, 'text without anything. '), 65_536);
    expect(scanner.isDue).toBe(false);
    expect(scanner.matches).toEqual([]);
  });
});

describe('texts', () => {
  test('come back with their secrets redacted', async () => {
    const scanner = new TextScanner(KEY);
    const results = await scanner.scan([
      `TOKEN=${GITHUB} next`,
      'DB=postgres://app:s3cret-pw@db.acme.io/x',
      'nothing here',
    ]);
    expect(results.map(({ redacted }) => redacted)).toEqual([
      'TOKEN=ghp_a1**** next',
      'DB=postgres://app:****@db.acme.io/x',
      'nothing here',
    ]);
    expect([...scanner.values.values()]).toEqual([GITHUB, 's3cret-pw']);
  });

  test('are searched each on its own: no secret spans two', async () => {
    const scanner = new TextScanner(KEY);
    const results = await scanner.scan([GITHUB.slice(0, 20), GITHUB.slice(20)]);
    expect(results.flatMap(({ matches }) => matches)).toEqual([]);
  });
});
