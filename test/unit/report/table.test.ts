import { describe, expect, test } from 'vitest';
import { type Report, type ReportAttachment, type ReportImage, renderTable } from '../../../src/report/index.ts';
import { document, finding, image, place } from './documents.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u{e0000}-\u{e007f}]/u;

const plain = { colours: false, width: 100 };
const lines = (text: string): string[] => text.split('\n');

describe('the verdict', () => {
  const base = document().verdict;
  test.each([
    ['nothing found', {}, 'PASSED nothing at or above high (3 entries and 2.0 kB examined)'],
    ['no threshold', { failOn: 'none' }, 'PASSED no threshold is set (3 entries and 2.0 kB examined)'],
    [
      'something missing',
      { complete: false },
      'INCOMPLETE not everything could be examined (3 entries and 2.0 kB examined)',
    ],
    [
      'findings',
      { failed: true, counts: { ...base.counts, critical: 1, high: 1, low: 5 } },
      'FAILED 2 findings at or above high (3 entries and 2.0 kB examined)',
    ],
    [
      'a finding and something missing',
      { failed: true, complete: false, counts: { ...base.counts, high: 1 } },
      'FAILED 1 finding at or above high, and the audit is incomplete (3 entries and 2.0 kB examined)',
    ],
  ] as const)('of %s is the last line', (_, verdict, expected) => {
    const text = renderTable(document([], { verdict: { ...base, ...verdict } }), plain);
    expect(lines(text).slice(-2)).toEqual([expected, '']);
  });
});

describe('colours', () => {
  const report = document([finding({ severity: 'critical' })]);
  test('are in the text only where they are asked for, and change nothing else', () => {
    const bare = renderTable(report, plain);
    const coloured = renderTable(report, { ...plain, colours: true });
    expect(bare).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[1;97;41mCRITICAL\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what this removes
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(bare);
  });
});

describe('texts out of an image never reach the terminal as they are', () => {
  const HOSTILE = [
    ['an escape sequence', '\u001b[2J\u001b]0;owned\u0007', '\\x1b[2J\\x1b]0;owned\\x07'],
    ['a C1 escape', '\u009b31m', '\\x9b31m'],
    ['a bidirectional override', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a carriage return', 'evil\rgood', null],
    ['a new line that pretends to be the verdict', 'x\nPASSED nothing at or above high', null],
    ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a byte that is no UTF-8', 'a\udcff', 'a\\xff'],
  ] as const;

  test.each(HOSTILE)('%s', (_, evil, shown) => {
    const hostilePlace = place({
      platform: evil,
      path: `/${evil}`,
      nestedPath: [evil],
      field: evil,
      instruction: evil,
      detail: evil,
      secret: { redacted: evil, value: evil, fingerprint: 'x', lengthChars: 1 },
    });
    const report = document([finding({ title: evil, message: evil, evidence: [hostilePlace] })], {
      subject: { reference: evil, source: 'docker-archive', digest: null, mediaType: evil },
      images: [
        image({
          platform: evil,
          config: { ...(image().config as NonNullable<ReturnType<typeof image>['config']>), user: evil },
          os: { id: evil, versionId: evil, prettyName: evil },
          packages: { [evil]: 1 },
          layers: image().layers.map((layer) => ({ ...layer, instruction: evil })),
        }),
        image(),
      ],
      gaps: [{ subject: evil, reason: 'tar-damaged', bytes: null, message: evil, incomplete: true }],
    });
    const text = renderTable(report, { colours: false, width: 2000 });
    expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    expect(text.isWellFormed()).toBe(true);
    expect(lines(text).filter((line) => line.startsWith('PASSED'))).toHaveLength(1);
    if (shown !== null) expect(text.split(shown).length).toBeGreaterThan(8);
  });
});

describe('the width', () => {
  const long = 'directory/'.repeat(40);
  const report = document(
    [
      finding({
        message: 'many words '.repeat(40).trim(),
        remediation: 'many words '.repeat(40).trim(),
        evidence: [place({ path: `/${long}`, instruction: `RUN ${long}`, detail: 'detail '.repeat(30) })],
      }),
    ],
    {
      images: [image({ layers: image().layers.map((layer) => ({ ...layer, instruction: 'RUN x '.repeat(60) })) })],
      subject: { reference: long, source: 'docker-archive', digest: null, mediaType: null },
      gaps: [{ subject: 'x', reason: 'tar-damaged', bytes: null, message: 'many words '.repeat(30), incomplete: true }],
    },
  );

  test.each([40, 60, 100, 200])('of %i columns is kept to by every line but the verdict', (width) => {
    const text = lines(renderTable(report, { colours: false, width })).slice(0, -2);
    expect(text.filter((line) => line.length > width)).toEqual([]);
    expect(text.some((line) => line.endsWith('…'))).toBe(true);
  });

  test.each([0, 1, 39])('of %d columns is taken for 40', (width) => {
    expect(renderTable(report, { colours: false, width })).toBe(renderTable(report, { colours: false, width: 40 }));
  });

  test('counts wide characters as two columns', () => {
    const wide = document([
      finding({ evidence: [place({ path: `/${'漢'.repeat(100)}`, instruction: null, layer: null })] }),
    ]);
    const line = lines(renderTable(wide, plain)).find((one) => one.includes('漢')) ?? '';
    expect(line).toMatch(/^ {4}\/漢{47}…$/);
  });
});

describe('findings', () => {
  test('of one rule stand under one heading with their fix once', () => {
    const text = renderTable(document([finding({ message: 'One.' }), finding({ message: 'Two.' })]), plain);
    expect(text.match(/LOW {2}git is in the image/g)).toHaveLength(1);
    expect(text.match(/Fix: /g)).toHaveLength(1);
    expect(text).toMatch(/ {2}One\.\n.*\n {2}Two\./);
  });

  test('show six places, and say how many more there are', () => {
    const evidence = Array.from({ length: 1200 }, (_, i) => place({ path: `/place-${i}` }));
    const text = renderTable(document([finding({ evidence })]), plain);
    expect(text.match(/\/place-/g)).toHaveLength(6);
    expect(text).toContain('    and 1,194 more places');
  });

  test('say what hides a place, and in which layer', () => {
    const hidden = place({ state: 'deleted', hiddenBy: { layerIndex: 3, how: 'whiteout' }, line: 7 });
    const text = renderTable(document([finding({ evidence: [hidden] })]), plain);
    expect(text).toContain('    /app/a:7  layer 0 · deleted in layer 3 (whiteout) · COPY . /app');
  });

  test('name the platform where there are several', () => {
    const images = [image(), image({ platform: 'linux/arm64' })];
    expect(renderTable(document([finding()], { images }), plain)).toContain('  linux/amd64 · layer 0');
    expect(renderTable(document([finding()]), plain)).not.toContain('  linux/amd64 · layer 0');
  });
});

describe('what was not examined', () => {
  test('stands apart from what merely belongs to another source', () => {
    const gap = { subject: 'x', bytes: null } as const;
    const text = renderTable(
      document([], {
        gaps: [
          { ...gap, reason: 'blob-absent', message: 'layer 1 is not here', incomplete: true },
          { ...gap, reason: 'manifest-absent', message: 'linux/arm64 is not here', incomplete: false },
        ],
      }),
      plain,
    );
    expect(text).toMatch(
      /NOT EXAMINED\n {2}blob-absent: layer 1 is not here\n\nNamed, and not part of this source:\n {2}manifest-absent/,
    );
  });

  test('has question marks where there are no numbers', () => {
    const layers = image().layers.map((layer) => ({
      ...layer,
      uncompressedBytes: null,
      contentBytes: null,
      entries: null,
      complete: false,
    }));
    expect(renderTable(document([], { images: [image({ layers })] }), plain)).toMatch(
      / 0 +\? +\? +\(incomplete\) COPY/,
    );
  });
});

test('a report that reveals secrets says so in its first lines', () => {
  expect(lines(renderTable(document([], { revealed: true }), plain))[3]).toMatch(/^Secrets are shown in full/);
});

describe('signatures and attestations', () => {
  const attachment: ReportAttachment = {
    kind: 'attestation',
    format: 'sigstore-bundle',
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    digest: `sha256:${'a'.repeat(64)}`,
    subject: `sha256:${'b'.repeat(64)}`,
    foundBy: ['tag'],
    verdict: 'verified',
    reasons: [],
    identity: { name: 'https://a.test/\u001b[2J\nVERIFIED', issuer: 'https://issuer.test' },
    signs: 'index',
    blob: null,
    trustedAs: [],
    coveredBy: null,
    times: [{ at: '2026-01-02T03:04:05.000Z', by: 'log' }],
    logs: [],
    predicateType: 'https://example.test/vex',
    reference: null,
    claims: [],
    says: null,
  };
  const trust: NonNullable<Report['trust']> = {
    policy: {
      origin: 'flags',
      keys: [],
      identity: null,
      identities: [],
      authorities: null,
      notation: null,
      signatures: 1,
      attestations: [],
      ignoreLog: false,
    },
    trustedRoot: { origin: 'embedded', place: 'x', knowsUntil: null, expires: null },
    notChecked: [],
    searched: [],
  };
  const table = (attachments: readonly ReportAttachment[], more: Partial<ReportImage> = {}): string =>
    renderTable(document([], { images: [image(more)], attachments, trust }), { colours: false, width: 200 });

  test('stand in a line each, with who, when and over what, and nothing does something to the terminal', () => {
    const text = table([attachment]);
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(
      /^ {2}VERIFIED {5}sigstore-bundle sha256:a{12} on the index · https:\/\/example\.test\/vex · by https:\/\/a\.test\/.*, vouched for by https:\/\/issuer\.test · at 2026-01-02/m,
    );
    expect(text).not.toMatch(/^VERIFIED/m);
  });

  test.each<[NonNullable<ReportAttachment['says']>, string]>([
    [
      {
        kind: 'test-result',
        format: 'in-toto-test-result',
        result: 'FAILED',
        url: null,
        passed: 2,
        warned: 0,
        failed: 1,
        failures: [],
      },
      'test result FAILED: 2 passed, 0 warned, 1 failed',
    ],
    [
      { kind: 'vex', format: 'openvex', author: null, at: null, statements: [], statementCount: 1200 },
      'VEX (openvex), 1,200 statements',
    ],
    [
      { kind: 'sbom', format: 'spdx', name: null, version: 'SPDX-2.3', entries: 7, createdAt: null, tools: [] },
      'SBOM (spdx SPDX-2.3), 7 entries',
    ],
  ])('say in short what an attestation says (%#)', (says, wanted) => {
    expect(table([{ ...attachment, says }])).toContain(wanted);
  });

  test('are shown up to twenty, and counted', () => {
    expect(table(Array.from({ length: 25 }, () => attachment))).toContain('  and 5 more');
  });

  test('say of an image whether it is verified, and why not', () => {
    const verdict = {
      verdict: 'failed',
      reasons: ['1 of the 2 signers that are wanted signed it'],
      signed: [],
    } as const;
    expect(table([], { trust: verdict })).toContain('Signatures: failed: 1 of the 2 signers');
  });

  test('name the base image as what it is: somebody’s word', () => {
    const base = { name: 'debian', version: '13', digest: null, verdict: null, created: null, layers: 1, basis: [] };
    expect(table([], { base })).toContain('built upon debian 13');
    const attested = { ...base, verdict: 'unsigned' as const };
    expect(table([], { base: attested })).toContain('built upon debian 13, as not verified provenance says');
  });
});
