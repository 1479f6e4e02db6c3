import { beforeAll, describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/audit/redactor.ts';
import { type Report, renderJson, renderTable } from '../../../src/report/index.ts';
import { auditRecipe, TEST_KEY } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { dir, file, hardlink, symlink, whiteout } from '../../support/tar-writer.ts';

const TOKEN = EXAMPLE_SECRETS['github-token']?.secret as string;
/** Too short to be looked for everywhere, and in texts that are shown all the same. */
const PIN = 'q7x9z';

/** A secret everywhere where an image has a text that the report shows, or might. */
const everywhere: ImageRecipe = {
  steps: [
    {
      createdBy: `RUN /bin/sh -c git clone https://${TOKEN}@github.com/acme/x # buildkit`,
      members: [
        dir(TOKEN),
        file(`${TOKEN}/secret`, `one ${TOKEN}\n`),
        file(`app/${TOKEN}`, 'the name is the secret\n'),
        symlink('app/link', `/run/${TOKEN}`),
        hardlink(`app/again-${TOKEN}`, `${TOKEN}/secret`),
        file('usr/bin/gcc', 'x', { mode: 0o4755 }),
        file(`${TOKEN}/usr/bin/git`, 'x', { mode: 0o4755 }),
        file(`${TOKEN}/bin/sh`, 'x', { mode: 0o755 }),
        file(`${TOKEN}/bin/apt`, 'x', { mode: 0o755 }),
        dir(`${TOKEN}/.git`),
        file(`${TOKEN}/.git/HEAD`, 'ref: refs/heads/main\n'),
        file(`${TOKEN}/.npm/_cacache/x`, 'cached'),
        file('etc/os-release', `ID=${TOKEN}\nVERSION_ID=${TOKEN}\nPRETTY_NAME="Acme ${TOKEN}"\n`),
        file('etc/passwd', `root:x:0:0::/root:/${TOKEN}\n${TOKEN}:x:0:0::/:/bin/false\n`),
        file('etc/shells', `/${TOKEN}/usr/bin/git\n`),
        file(`../${TOKEN}`, 'out of the root'),
        file('twice', TOKEN),
        file('twice', TOKEN),
      ],
    },
    { createdBy: 'RUN /bin/sh -c rm -rf # buildkit', members: [whiteout(`app/${TOKEN}`)] },
    { createdBy: `|1 TOKEN=${TOKEN} /bin/sh -c make`, members: [dir('b')] },
    { createdBy: `ENV DATABASE=postgresql://app:${PIN}@db.acme.io/x`, members: [dir('c')] },
  ],
  config: {
    User: TOKEN,
    Env: [`GITHUB_TOKEN=${TOKEN}`],
    Cmd: ['run', `--token=${TOKEN}`],
    Entrypoint: [`/${TOKEN}`],
    WorkingDir: `/${TOKEN}`,
    StopSignal: TOKEN,
    ExposedPorts: { [TOKEN]: {} },
    Labels: { [TOKEN]: 'key', value: TOKEN },
    Healthcheck: { Test: ['CMD', TOKEN] },
    OnBuild: [`RUN ${TOKEN}`],
    [TOKEN]: { deeper: [TOKEN] },
  },
  document: { author: TOKEN, created: TOKEN, variant: TOKEN },
  annotations: { [`org.acme.${TOKEN}`]: 'key', 'org.acme.value': TOKEN },
};

describe('the report of an image that has a secret in every text', () => {
  let report: Report;
  let revealed: Report;
  beforeAll(async () => {
    report = await auditRecipe(everywhere);
    revealed = await auditRecipe(everywhere, { reveal: true });
  });

  test('has it nowhere', () => {
    // All places at once, so that a failure names each.
    const lines = JSON.stringify(report, null, 1).split('\n');
    expect(lines.filter((line) => line.includes(TOKEN))).toEqual([]);
  });

  test('has it in no view', () => {
    expect(renderJson(report)).not.toContain(TOKEN);
    expect(renderTable(report, { colours: false, width: 100_000 })).not.toContain(TOKEN);
  });

  test('tells that it is there all the same', () => {
    const finding = report.findings.find(({ rule }) => rule === 'secrets/github-token');
    expect(finding?.severity).toBe('critical');
    const fields = new Set(finding?.evidence.map(({ field }) => field));
    for (const field of ['path', 'link target', 'config.Env[0]', 'config.Labels.value', 'history[0].created_by', null])
      expect(fields).toContain(field);
    expect(new Set(finding?.evidence.map(({ secret }) => secret?.value))).toEqual(new Set([null]));
  });

  test('shows around it what is no secret', () => {
    expect(report.images[0]?.config?.cmd).toEqual(['run', '--token=****']);
    expect(report.images[0]?.os?.prettyName).toBe('Acme ****');
    expect(report.images[0]?.layers[2]?.instruction).toBe('RUN |1 TOKEN=**** /bin/sh -c make');
  });

  test('gives the value in the secret of each place, and nowhere else, when the user asks for it', () => {
    const finding = revealed.findings.find(({ rule }) => rule === 'secrets/github-token');
    expect(new Set(finding?.evidence.map(({ secret }) => secret?.value))).toEqual(new Set([TOKEN]));
    expect(revealed.revealed).toBe(true);
    const lines = JSON.stringify(revealed, null, 1).split('\n');
    expect(lines.filter((line) => line.includes(TOKEN) && !line.includes('"value"'))).toEqual([]);
  });

  test('does not show a short password in the instruction that has it', () => {
    expect(report.images[0]?.layers[3]?.instruction).toBe('ENV DATABASE=postgresql://app:****@db.acme.io/x');
    expect(JSON.stringify(report)).not.toContain(PIN);
  });
});

describe('redaction', () => {
  const redactor = (...values: string[]): Redactor =>
    new Redactor(new Map(values.map((value, i) => [`fingerprint ${i}`, value])));

  test.each([
    ['every occurrence', ['secret-one'], 'a secret-one b secret-one', 'a **** b ****'],
    ['the longer of two where one contains the other', ['serval', 'serval-one'], 'serval-one serval', '**** ****'],
    ['a value with characters that patterns know', ['a.b*c$d['], 'a.b*c$d[ axbbcd', '**** axbbcd'],
    ['a value of several lines', ['BEGIN\nkey\nEND'], 'ENV K=BEGIN\nkey\nEND', 'ENV K=****'],
    ['nothing of a text without secrets', ['secret-one'], 'plain', 'plain'],
    ['no short word that a password may be', ['app'], '/app/app.js', '/app/app.js'],
    ['a short password where it is one', ['app'], '/app postgres://app:app@db/app', '/app postgres://app:****@db/app'],
    ['a short token in an npmrc', ['abc'], '//r.io/:_authToken=abc', '//r.io/:_authToken=****'],
    ['no word of examples in the name of a program', ['passwd'], '/usr/bin/gpasswd', '/usr/bin/gpasswd'],
    ['a word of examples where it is one', ['passwd'], 'ENV PASSWORD=passwd', 'ENV PASSWORD=****'],
    ['a word of examples in an address', ['password'], '/password http://a:password@b', '/password http://a:****@b'],
    ['all of two that overlap', ['abcdef12', 'xxabcdef'], '/xxabcdef12/', '/****/'],
    ['one beside the other', ['abcdef', 'ghijkl'], 'abcdefghijkl', '********'],
    ['no empty value', [''], 'plain', 'plain'],
  ])('removes %s', (_, values, text, expected) => {
    expect(redactor(...values).redact(text)).toBe(expected);
  });

  test.each([
    ['keeps a word that is a password elsewhere', ['debian'], 'debian-archive-keyring', 'debian-archive-keyring'],
    ['removes what is no word', ['debian1234'], 'debian1234-tools', '****-tools'],
    ['removes a long run of letters', ['abcdefghijklmnopqrst'], 'x-abcdefghijklmnopqrst', 'x-****'],
  ])('of names of packages %s', (_, values, name, expected) => {
    expect(redactor(...values).redactName(name)).toBe(expected);
  });

  test('removes the last of very many values', () => {
    const values = Array.from({ length: 50_000 }, (_, i) => `token-${i}-`);
    expect(redactor(...values).redact('a token-49999- b')).toBe('a **** b');
  });

  test('stays the same when it is applied again', () => {
    const one = redactor('secret-one', 'pw');
    const text = one.redact('u:pw@ secret-one');
    expect(one.redact(text)).toBe(text);
  });
});

test('a report that reveals nothing does not depend on the fingerprint key, fingerprints of secrets aside', async () => {
  const [one, two] = await Promise.all(
    [TEST_KEY, Buffer.from('another key')].map((fingerprintKey) =>
      auditRecipe(everywhere, { fingerprintKey, reproducible: true }),
    ),
  );
  const comparable = (report: Report | undefined): unknown => [
    report?.findings.map(({ fingerprint, rule, message }) => ({ fingerprint, rule, message })),
    report?.images,
    report?.verdict,
  ];
  expect(comparable(one)).toEqual(comparable(two));
  expect(JSON.stringify(one)).not.toBe(JSON.stringify(two));
});
