import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/index.ts';
import { rulesetId } from '../../../src/examine/index.ts';
import {
  type CustomAllowlist,
  type CustomPattern,
  type CustomRules,
  distinctMatches,
  type SecretMatch,
  SecretScanner,
} from '../../../src/examine/secrets/index.ts';

const KEY = Buffer.from('key');
const GITHUB = `ghp_${'k3Vq9Zx7Lm2Wd8Rt5Yb1Nc6Hf4Jg0Ps3Qa7T'}`;

function pattern(more: Partial<CustomPattern>): CustomPattern {
  return {
    id: 'acme',
    title: 'Acme',
    severity: 'high',
    regex: 'acme_[a-z0-9]{8}',
    path: null,
    secretGroup: 0,
    entropy: 0,
    keywords: ['acme_'],
    allowlists: [],
    ...more,
  };
}

function allowlist(more: Partial<CustomAllowlist>): CustomAllowlist {
  return { all: false, paths: [], target: 'secret', regexes: [], stopwords: [], commits: false, ...more };
}

let made = 0;
function rules(patterns: readonly CustomPattern[], allowlists: readonly CustomAllowlist[] = []): CustomRules {
  made += 1;
  return { digest: `${made}`, patterns, allowlists, lint: null };
}

interface Scanned {
  readonly matches: SecretMatch[];
  readonly scanner: SecretScanner;
  /** The secrets themselves, of the user's rules. */
  readonly found: readonly string[];
}

async function scan(
  custom: CustomRules,
  data: Uint8Array | string,
  options: { name?: string; chunkBytes?: number; limits?: Partial<Limits> } = {},
): Promise<Scanned> {
  const bytes = Buffer.from(data as string);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const scanner = new SecretScanner({ fingerprintKey: KEY, limits, customRules: custom });
  scanner.begin({ kind: 'content', row: 0 }, 0, options.name ?? 'etc/app.conf');
  const step = options.chunkBytes ?? Math.max(1, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += step) {
    scanner.push(Uint8Array.from(bytes.subarray(at, at + step)), at + step >= bytes.byteLength);
    if (scanner.isDue) await scanner.judge();
  }
  scanner.end();
  await scanner.judge();
  const matches = distinctMatches(scanner.matches);
  const found = matches.filter(({ custom: kind }) => kind !== undefined);
  return { matches, scanner, found: found.map(({ fingerprint }) => scanner.values.get(fingerprint) ?? '') };
}

describe('a regular expression of the user’s', () => {
  test('finds with its place, and says what the user says of it', async () => {
    const { matches } = await scan(rules([pattern({})]), 'one\ntwo = acme_a1b2c3d4\n');
    expect(matches).toEqual([
      {
        detector: 'acme',
        carrier: { kind: 'content', row: 0 },
        byteRange: [10, 23],
        line: 2,
        redacted: '****',
        encodings: [],
        doubt: null,
        fingerprint: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
        lengthChars: 13,
        custom: { title: 'Acme', severity: 'high' },
      },
    ]);
  });

  test.each([
    ['a keyword in another case than the text', { keywords: ['ACME_'] }, 'x Acme_ acme_a1b2c3d4'],
    ['a keyword of two characters, by all text', { keywords: ['ac'] }, 'x acme_a1b2c3d4'],
    [
      'a keyword longer than the prefilter takes',
      { keywords: [`acme_${'z'.repeat(60)}`], regex: 'acme_z{60}' },
      `acme_${'z'.repeat(60)}`,
    ],
    ['no keyword, by all text', { keywords: [] }, 'x acme_a1b2c3d4'],
    ['text that is no ASCII', { regex: 'señal=[a-z]{4}', keywords: ['ñal='] }, 'señal=abcd'],
  ])('is asked with %s', async (_, more, text) => {
    const { found } = await scan(rules([pattern(more)]), text);
    expect(found).toHaveLength(1);
  });

  test('counts bytes, whatever characters stand before', async () => {
    const { matches } = await scan(rules([pattern({ keywords: [] })]), 'äöü€ acme_a1b2c3d4');
    expect(matches[0]?.byteRange).toEqual([10, 23]);
  });

  test('finds in UTF-16', async () => {
    const text = Buffer.from(`${'line of text\n'.repeat(10)}key = acme_a1b2c3d4\n`, 'utf16le');
    for (const keywords of [['acme_'], []]) {
      const { matches } = await scan(rules([pattern({ keywords })]), text);
      expect(matches[0]).toMatchObject({ byteRange: [272, 298], line: 11, encodings: ['utf-16le'] });
    }
  });

  test('with keywords is asked about programs, too; without, about text only', async () => {
    const program = `\u007fELF\u0000\u0000 acme_a1b2c3d4\u0000`;
    expect((await scan(rules([pattern({})]), program)).found).toEqual(['acme_a1b2c3d4']);
    expect((await scan(rules([pattern({ keywords: [] })]), program)).found).toEqual([]);
  });

  test.each([
    ['the first group that took part', { regex: 'acme_(?:(x+)|([a-z0-9]{8}))' }, 'a1b2c3d4'],
    ['the group it names', { regex: '(ac)me_([a-z0-9]{8})', secretGroup: 2 }, 'a1b2c3d4'],
    ['all of it, without groups', {}, 'acme_a1b2c3d4'],
  ])('takes for the secret %s', async (_, more, secret) => {
    expect((await scan(rules([pattern(more)]), 'k acme_a1b2c3d4')).found).toEqual([secret]);
  });

  test('finds none of less entropy than it asks', async () => {
    const custom = rules([pattern({ regex: 'acme_([a-z0-9]{8})', entropy: 2.9 })]);
    expect((await scan(custom, 'acme_aabbaabb\nacme_a1b2c3d4\n')).found).toEqual(['a1b2c3d4']);
  });

  test('is for the paths it names, with or without a slash in front', async () => {
    for (const path of ['\\.env$', '^etc/', '^/etc/']) {
      const custom = rules([pattern({ path })]);
      expect((await scan(custom, 'acme_a1b2c3d4', { name: 'etc/.env' })).found).toHaveLength(1);
      expect((await scan(custom, 'acme_a1b2c3d4', { name: 'srv/app.js' })).found).toHaveLength(0);
    }
  });

  test('without an expression reports the file, and takes nothing of it for a secret', async () => {
    const custom = rules([pattern({ id: 'store', title: 'Store', regex: null, path: '\\.jks$', keywords: [] })]);
    const { matches, scanner } = await scan(custom, 'anything', { name: 'srv/a.jks' });
    expect(matches).toMatchObject([{ detector: 'store', redacted: '', line: null, byteRange: [0, 0] }]);
    expect(scanner.values.size).toBe(0);
    expect((await scan(custom, 'anything', { name: 'srv/b.jks' })).matches[0]?.fingerprint).not.toBe(
      matches[0]?.fingerprint,
    );
  });
});

describe('an allowlist', () => {
  const text = 'token: acme_a1b2c3d4 # sample\n';

  test.each<[string, Partial<CustomAllowlist>, boolean]>([
    ['a path', { paths: ['^etc/'] }, true],
    ['another path', { paths: ['^srv/'] }, false],
    ['the secret', { regexes: ['^a1b2'] }, true],
    ['the match', { target: 'match', regexes: ['^acme_a1'] }, true],
    ['what is in the match only', { regexes: ['acme_'] }, false],
    ['the line', { target: 'line', regexes: ['# sample$'] }, true],
    ['what is in another line', { target: 'line', regexes: ['other'] }, false],
    ['a stopword', { stopwords: ['b2c3'] }, true],
    ['one of two', { paths: ['^srv/'], stopwords: ['b2c3'] }, true],
    ['both, and one does not apply', { all: true, paths: ['^srv/'], stopwords: ['b2c3'] }, false],
    ['both, and both apply', { all: true, paths: ['^etc/'], stopwords: ['b2c3'] }, true],
    ['commits, of which there are none', { commits: true }, false],
    ['commits and something that applies', { all: true, commits: true, stopwords: ['b2c3'] }, false],
  ])('by %s', async (_, list, allowed) => {
    const own = pattern({ regex: 'acme_([a-z0-9]{8})', allowlists: [allowlist(list)] });
    const common = pattern({ regex: 'acme_([a-z0-9]{8})' });
    const data = `other\n${text}other\n`;
    expect((await scan(rules([own]), data)).found).toHaveLength(allowed ? 0 : 1);
    expect((await scan(rules([common], [allowlist(list)]), data)).found).toHaveLength(allowed ? 0 : 1);
  });
});

describe('beside our own', () => {
  test('a rule of the user’s makes no finding of ours go away, nor less severe', async () => {
    const loud = pattern({ id: 'any', severity: 'low', regex: 'ghp_[A-Za-z0-9]+', keywords: ['ghp_'] });
    const { matches } = await scan(rules([loud]), `token ${GITHUB}\n`);
    expect(matches.map(({ detector, custom }) => [detector, custom?.severity])).toEqual([
      ['any', 'low'],
      ['github-token', undefined],
    ]);
  });

  test('keywords of the user’s that are ours as well take nothing from ours', async () => {
    const { matches } = await scan(rules([pattern({ regex: 'never', keywords: ['ghp_'] })]), `token ${GITHUB}\n`);
    expect(matches.map(({ detector }) => detector)).toEqual(['github-token']);
  });

  test('the ruleset of a record names the rules of the user’s', () => {
    expect(new Set([rulesetId(), rulesetId({ digest: 'a' }), rulesetId({ digest: 'b' })]).size).toBe(3);
    expect(rulesetId({ digest: 'a' })).toBe(rulesetId({ digest: 'a' }));
  });
});

describe('bytes in chunks', () => {
  const token = 'acme_a1b2c3d4';
  const filler = 'some line of text that holds nothing at all\n';
  /** Tokens in all kinds of places: at the beginning, around the borders of parts, at the end. */
  const places = [0, 8_176, 8_192, 57_329, 57_344, 65_520, 65_536, 122_880, 150_000];
  const text = Buffer.from(filler.repeat(4000));
  for (const place of places) text.write(`\n${token}\n`, place);

  test.each([[['acme_']], [[]]])('give the same as bytes at once, with keywords %j', async (keywords) => {
    const custom = rules([pattern({ regex: '\\bacme_[a-z0-9]{8}\\b', keywords })]);
    const whole = await scan(custom, text);
    expect(whole.matches.map(({ byteRange }) => byteRange[0])).toEqual(places.map((place) => place + 1));
    for (const { byteRange, line } of whole.matches) {
      expect(line).toBe(text.subarray(0, byteRange[0]).toString().split('\n').length);
    }
    for (const chunkBytes of [1000, 65_536, 100_003]) {
      expect((await scan(custom, text, { chunkBytes })).matches).toEqual(whole.matches);
    }
  });

  test('never make a match of what was cut', async () => {
    const custom = (keywords: string[]): CustomRules =>
      rules([pattern({ regex: '(?:^|\\W)[0-9a-f]{32}(?:\\W|$)', keywords })]);
    const long = `id ${'0123456789abcdef'.repeat(8)}\n`.repeat(2000);
    expect((await scan(custom([]), long)).found).toEqual([]);
    expect((await scan(custom(['id ']), long)).found).toEqual([]);
  });

  test('hold whatever expressions and texts come', async () => {
    const words = fc.constantFrom('acme_', 'a1b2c3d4', '\n', ' ', 'ñ', '\u0000', 'acme_a1b2c3d4');
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, chunkBytes) => {
          const custom = rules([pattern({})]);
          const data = parts.join('');
          const at = async (size: number): Promise<SecretMatch[]> =>
            (await scan(custom, data, { chunkBytes: size })).matches;
          expect(await at(chunkBytes)).toEqual(await at(1_000_000));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('work without end', () => {
  test('an expression that others never come to an end with is done at once', async () => {
    const custom = rules([pattern({ regex: '(x+x+)+y', keywords: [] }), pattern({ regex: '(?:a|a)*c', keywords: [] })]);
    const { found, scanner } = await scan(custom, `${'x'.repeat(50_000)}\n${'a'.repeat(50_000)}`);
    expect(found).toEqual([]);
    expect(scanner.customGaps()).toEqual([]);
  });

  test('is cut off at the limit, and told', async () => {
    const custom = rules([pattern({ regex: '(?i)(?:[\\w.-]{0,50}?){15}zzz', keywords: [] })]);
    const limits = { maxCustomRuleSteps: 1_000_000 };
    const { scanner } = await scan(custom, 'a'.repeat(400_000), { limits });
    expect(scanner.customGaps()).toMatchObject([{ reason: 'budget-exceeded' }]);
    expect(scanner.customGaps()[0]?.bytes).toBeGreaterThan(100_000);
  });

  test('an expression that matches everywhere is left where it is seen to be one, and that is told', async () => {
    const { found, scanner } = await scan(rules([pattern({ regex: 'x', keywords: [] })]), 'x '.repeat(3000));
    expect(found).toHaveLength(500);
    expect(scanner.customGaps()).toMatchObject([{ reason: 'budget-exceeded', bytes: 6000 }]);
  });

  test('more matches than secrets are kept are told', async () => {
    const limits = { maxSecretsPerLayer: 10 };
    const { matches, scanner } = await scan(rules([pattern({ keywords: [] })]), 'acme_a1b2c3d4 '.repeat(100), {
      limits,
    });
    expect(matches).toHaveLength(10);
    expect(scanner.skippedBytes).toBeGreaterThan(0);
  });
});
