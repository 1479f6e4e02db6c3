import { describe, expect, test } from 'vitest';
import { type FixtureCase, layoutOf, type NgCase, USUAL } from '../../fixtures/rules/fixture.ts';
import { RULE_FIXTURES } from '../../fixtures/rules/index.ts';
import { auditImage } from '../../src/audit/index.ts';
import type { Report } from '../../src/report/index.ts';
import { type Evidence, type Finding, RULES } from '../../src/rules/index.ts';
import { auditFiles, TEST_KEY } from '../support/audit-recipe.ts';
import { buildImage } from '../support/image-builder.ts';
import { RegistryServer } from '../support/registry-server.ts';

async function audit(fixture: FixtureCase): Promise<Report> {
  const { image, reference } = fixture;
  // `created` needs today's date, which reports that are to be the same on any day do without.
  if (fixture.signed !== undefined) {
    const { files, trust } = await fixture.signed();
    return await auditFiles(files, { reproducible: true, trust: trust ?? null });
  }
  if (reference === undefined) return auditFiles(layoutOf(fixture), { reproducible: fixture.dated !== true });
  if (typeof image === 'function') throw new Error('a registry gets images, not files');
  await using registry = await RegistryServer.start();
  const built = buildImage(image);
  registry.push('acme/api', [built]);
  for (const tag of ['latest', 'main', '1.4']) registry.tag('acme/api', tag, built.manifest);
  return await auditImage({
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    reproducible: true,
    reference: `${registry.host}/acme/api${reference.replace(/@$/, `@${built.manifest.digest}`)}`,
    registry: { plainHttp: true, env: {} },
  });
}

const gapsOf = (report: Report): string[] => report.gaps.map(({ reason }) => reason);

function otherRules(report: Report, rule: string): string[] {
  return [...new Set(report.findings.map((finding) => finding.rule))].filter((id) => id !== rule && !USUAL.has(id));
}

/** Of each place what the fixture states. */
function asStated(evidence: readonly Evidence[], { places }: NgCase): unknown[] {
  return evidence.map(({ path, field, layer, state }, i) => {
    const actual = { path, field, layer: layer?.index ?? null, state };
    const stated = Object.keys(places[i] ?? actual);
    return Object.fromEntries(Object.entries(actual).filter(([key]) => stated.includes(key)));
  });
}

describe('the catalogue', () => {
  test('has no two rules of one id, and lists them by id', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test('has fixtures of both kinds for every rule, and none of a rule that is not there', () => {
    const withBoth = RULE_FIXTURES.filter(({ ng, ok }) => ng.length > 0 && ok.length > 0).map(({ rule }) => rule);
    expect(withBoth.sort()).toEqual(RULES.map(({ id }) => id));
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('says what %s is about', (_, rule) => {
    expect(rule.id).toMatch(/^[a-z][a-z-]*\/[a-z][a-z0-9-]*$/);
    expect(rule.title).toMatch(/^\S.*[^.\s]$/);
    expect(rule.why).toMatch(/^\S.{40,}\.$/);
    expect(rule.fix).toMatch(/^[A-Z].{30,}\.$/);
    expect(rule.references).not.toEqual([]);
    for (const reference of rule.references) {
      expect(URL.canParse(reference), reference).toBe(true);
      expect(new URL(reference).protocol).toBe('https:');
    }
    expect(new Set(rule.references).size).toBe(rule.references.length);
  });
});

function expectWholeFinding(finding: Finding): void {
  expect(finding.title).toMatch(/\S/);
  expect(finding.message).toMatch(/\S.*\.$/s);
  expect(finding.message).not.toMatch(/undefined|null|NaN|\[object/);
  expect(finding.remediation).toMatch(/\S/);
  expect(finding.fingerprint).toMatch(/^[0-9a-f]{40}$/);
  for (const { layer, instruction, platform } of finding.evidence) {
    if (layer === null) continue;
    expect(platform).toMatch(/^(?:linux|windows)\//);
    expect(layer.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(layer.diffId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(instruction).toMatch(/^(?:COPY|ADD|RUN) |^\/bin\/bash$/);
  }
}

describe.each(RULE_FIXTURES.map((fixture) => [fixture.rule, fixture] as const))('%s', (rule, { ng, ok }) => {
  test.each(ng.map((one) => [one.name, one] as const))('finds %s', async (_, one) => {
    const report = await audit(one);
    const findings = report.findings.filter((finding) => finding.rule === rule);
    expect(findings.map(({ state, severity }) => ({ state, severity }))).toEqual([
      { state: one.state, severity: one.severity },
    ]);
    const [finding] = findings as [Finding];
    expect(asStated(finding.evidence, one)).toEqual(one.places);
    expectWholeFinding(finding);
    expect(otherRules(report, rule)).toEqual(one.also ?? []);
    expect(gapsOf(report)).toEqual(one.gaps ?? []);
  });

  test.each(ok.map((one) => [one.name, one] as const))('lets %s pass', async (_, one) => {
    const report = await audit(one);
    const found = report.findings.map((finding) => finding.rule).filter((id) => id === rule || !USUAL.has(id));
    expect(found).toEqual(one.also ?? []);
    expect(gapsOf(report)).toEqual(one.gaps ?? []);
  });
});
