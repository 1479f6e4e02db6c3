import { beforeAll, describe, expect, test } from 'vitest';
import { acmeApi } from '../../../fixtures/recipes/acme-api.ts';
import { imageOf, program } from '../../../fixtures/rules/fixture.ts';
import { severityRank } from '../../../src/core/index.ts';
import type { Report } from '../../../src/report/index.ts';
import type { Finding } from '../../../src/rules/index.ts';
import { auditImages, auditRecipe } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import { buildImage, type ImageRecipe } from '../../support/image-builder.ts';
import { dir, file, hardlink, opaque, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';

const TOKEN = EXAMPLE_SECRETS['github-token']?.secret as string;
const NPM = EXAMPLE_SECRETS['npm-token']?.secret as string;
const ENV = file('app/env', `TOKEN=${TOKEN}\n`);

async function secretIn(...layers: TarMemberSpec[][]): Promise<Finding> {
  const { findings } = await auditRecipe(imageOf(...layers));
  const found = findings.filter(({ rule }) => rule === 'secrets/github-token');
  expect(found).toHaveLength(1);
  return found[0] as Finding;
}

describe('the state of a secret', () => {
  test.each<[string, string, object | null, TarMemberSpec[][]]>([
    ['live', 'live', null, [[ENV]]],
    [
      'deleted by a whiteout',
      'deleted',
      { layerIndex: 1, how: 'whiteout' },
      [[dir('app'), ENV], [whiteout('app/env')]],
    ],
    ['deleted with its folder', 'deleted', { layerIndex: 1, how: 'whiteout' }, [[dir('app'), ENV], [whiteout('app')]]],
    [
      'deleted by an opaque folder',
      'deleted',
      { layerIndex: 1, how: 'opaque' },
      [
        [dir('app'), ENV],
        [dir('app'), opaque('app')],
      ],
    ],
    ['overwritten', 'overwritten', { layerIndex: 1, how: 'overwrite' }, [[ENV], [file('app/env', 'TOKEN=\n')]]],
    ['overwritten by a folder', 'overwritten', { layerIndex: 1, how: 'type-change' }, [[ENV], [dir('app/env')]]],
    ['never effective', 'never-effective', { layerIndex: 0, how: 'overwrite' }, [[ENV, file('app/env', 'TOKEN=\n')]]],
    ['live again after a deletion', 'live', null, [[ENV], [whiteout('app/env')], [ENV]]],
  ])('is told: %s', async (_, state, hiddenBy, layers) => {
    const { evidence, ...finding } = await secretIn(...layers);
    expect(finding.state).toBe(state);
    expect(finding.severity).toBe('critical');
    expect(evidence.at(-1)).toMatchObject({ path: '/app/env', state, hiddenBy, line: 1 });
  });

  test('is the most exposed of its places, and the message says that one', async () => {
    const finding = await secretIn([dir('app'), ENV], [whiteout('app/env')], [file('app/other', TOKEN)]);
    expect(finding.evidence.map(({ path, state }) => [path, state])).toEqual([
      ['/app/env', 'deleted'],
      ['/app/other', 'live'],
    ]);
    expect(finding.state).toBe('live');
    expect(finding.message).toContain('is in the image');
  });

  test('is live while a hard link shows the same bytes', async () => {
    const finding = await secretIn([dir('app'), ENV, hardlink('app/link', 'app/env')], [whiteout('app/env')]);
    expect(finding.evidence.map(({ path, state }) => [path, state])).toEqual([
      ['/app/env', 'deleted'],
      ['/app/link', 'live'],
    ]);
    expect(finding.state).toBe('live');
  });
});

describe('a secret that may be none', () => {
  test('is told as information, with the reason', async () => {
    const url = ['https://deploy:', 'hunter2hunter2', '@registry.example.com/x'].join('');
    const { findings } = await auditRecipe(imageOf([file('a', url)]));
    expect(findings).toMatchObject([{ rule: 'secrets/basic-auth-url', severity: 'info', confidence: 'low' }]);
    expect(findings[0]?.message).toMatch(/It may be none: .* is a host name for documentation\.$/);
  });
});

describe('one problem is one finding', () => {
  test('whatever its layers, files and platforms', async () => {
    const recipe = imageOf([ENV, file('copy', TOKEN)], [file('third', TOKEN)]);
    const { findings } = await auditRecipe([recipe, { ...recipe, platform: 'linux/arm64' }]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence.map(({ path, platform, layer }) => `${path} ${platform} ${layer?.index}`)).toEqual([
      '/app/env linux/amd64 0',
      '/app/env linux/arm64 0',
      '/copy linux/amd64 0',
      '/copy linux/arm64 0',
      '/third linux/amd64 1',
      '/third linux/arm64 1',
    ]);
  });

  test('two secrets of one kind in one file are two', async () => {
    const other = TOKEN.slice(0, -4) + TOKEN.slice(-4).split('').reverse().join('');
    const { findings } = await auditRecipe(imageOf([file('a', `${TOKEN}\n${other}\n`)]));
    expect(findings.map(({ rule }) => rule)).toEqual(['secrets/github-token', 'secrets/github-token']);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});

describe('fingerprints', () => {
  const members = [ENV, file('bin/sh', program('sh'), { mode: 0o4755 }), file('npm', NPM)];
  const prints = async (recipe: ImageRecipe | ImageRecipe[]): Promise<Record<string, string>> => {
    const { findings } = await auditRecipe(recipe);
    return Object.fromEntries(findings.map(({ rule, fingerprint }) => [rule, fingerprint]));
  };
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = await prints(imageOf(members));
    expect(Object.keys(expected)).toHaveLength(4);
  });

  test.each<[string, ImageRecipe | ImageRecipe[]]>([
    ['another layer', imageOf([file('x', 'x')], members)],
    ['several layers, in another order', imageOf(members.slice(1), members.slice(0, 1))],
    [
      'another instruction and time',
      { ...imageOf(), steps: [{ createdBy: 'RUN x', members: members.map((one) => ({ ...one, mtime: 1 })) }] },
    ],
    ['another platform', { ...imageOf(members), platform: 'linux/arm64' }],
    ['several platforms', [imageOf(members), { ...imageOf(members), platform: 'linux/arm64' }]],
    ['a line further down', imageOf([file('app/env', `\n\nTOKEN=${TOKEN}\n`), ...members.slice(1)])],
  ])('are the same in %s', async (_, recipe) => {
    expect(await prints(recipe)).toEqual(expected);
  });

  test('differ for the same problem elsewhere', async () => {
    const moved = await prints(imageOf(members.map((one) => ({ ...one, name: `opt/${one.name as string}` }))));
    expect(Object.keys(moved)).toEqual(Object.keys(expected));
    for (const [rule, fingerprint] of Object.entries(moved)) expect(fingerprint).not.toBe(expected[rule]);
  });
});

describe('the report', () => {
  let report: Report;
  beforeAll(async () => {
    report = await auditRecipe([acmeApi, { ...acmeApi, platform: 'linux/arm64' }]);
  });

  test('orders findings by severity, then rule, then first place', () => {
    const keys = report.findings.map(({ severity, rule, evidence }) => [
      severityRank(severity),
      rule,
      evidence[0]?.path ?? '',
    ]);
    expect(keys.length).toBeGreaterThan(8);
    expect(keys).toEqual(
      keys.toSorted((a, b) =>
        a[0] === b[0] ? (`${a[1]}\0${a[2]}` < `${b[1]}\0${b[2]}` ? -1 : 1) : Number(a[0]) - Number(b[0]),
      ),
    );
  });

  test('counts what it lists', () => {
    for (const [severity, count] of Object.entries(report.verdict.counts))
      expect(report.findings.filter((finding) => finding.severity === severity)).toHaveLength(count);
  });

  test('is the same for the same bytes, times aside', async () => {
    const comparable = ({ startedAt, durationMs, subject, ...rest }: Report): unknown => {
      expect(startedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(durationMs).toBeGreaterThanOrEqual(0);
      return { ...rest, subject: { ...subject, reference: '' } };
    };
    const [one, two] = [await auditRecipe(acmeApi), await auditRecipe(acmeApi, { jobs: 3 })];
    expect(JSON.stringify(comparable(one))).toBe(JSON.stringify(comparable(two)));
  });

  test('has the same findings however the layers are compressed', async () => {
    const findings = await Promise.all(
      (['none', 'gzip', 'zstd'] as const).map(async (compression) => {
        const { findings } = await auditImages([buildImage(acmeApi, compression)]);
        return findings.map(({ fingerprint, message, state, evidence }) => ({
          fingerprint,
          message,
          state,
          evidence: evidence.map((place) => ({ ...place, layer: place.layer && { ...place.layer, digest: null } })),
        }));
      }),
    );
    expect(findings[1]).toEqual(findings[0]);
    expect(findings[2]).toEqual(findings[0]);
  });
});
