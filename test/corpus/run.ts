/**
 * Runs the audit over images that nobody here made, and holds the results against what an independent reader
 * saw; and the search for secrets over labelled ones: `npm run corpus`. A part of a path as an argument takes the images
 * that have it in their names, `databases` the databases of packages, `dockerfiles` the labelled Dockerfiles, `stages` the build
 * stages of some images, and `secrets` (with `details` behind it) the labelled secrets only. Where the corpus is not beside the
 * repository, CORPUS says where. None of them is part of this repository; without them it says so and ends.
 */
import { existsSync, readFileSync } from 'node:fs';
import { auditImage } from '../../src/audit/index.ts';
import { AuditError } from '../../src/core/index.ts';
import type { Report } from '../../src/report/index.ts';
import { compareImage, type Difference } from './compare.ts';
import { compareDatabases } from './databases.ts';
import { judgeDockerfiles } from './dockerfiles.ts';
import { corpusFolder, type Observed, type ObservedImage } from './observed.ts';
import { measureSecrets } from './secrets.ts';
import { checkStages } from './stages.ts';

const corpus = corpusFolder();
const key = Buffer.from('corpus');

/** Facts in which the observer and the audit differ for a reason that was looked into. */
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {
  // Its shells are empty files without execute permission, made to have names in an archive.
  'ubuntu.tar.gz': ['shells'],
};

interface Row {
  readonly path: string;
  readonly outcome: string;
  readonly images: number;
  readonly differences: readonly Difference[];
}

async function audit(reference: string): Promise<Report> {
  return auditImage({ reference, fingerprintKey: key, version: 'corpus', reproducible: true });
}

/** One report, or where a source holds several images, one for each. */
async function auditAll(path: string): Promise<Report[]> {
  try {
    return [await audit(path)];
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'IMAGE_AMBIGUOUS') throw error;
    const names = /It has: (.*)\.$/.exec(error.hint ?? '')?.[1]?.split(', ') ?? [];
    const reports: Report[] = [];
    for (const name of names) {
      try {
        reports.push(await audit(name.startsWith('@') ? `${path}${name}` : `${path}:${name}`));
      } catch (inner) {
        if (!(inner instanceof AuditError)) throw inner;
      }
    }
    return reports;
  }
}

function isImage(image: ObservedImage): boolean {
  // The reader lists signatures and attestations as images whose only layer is no tar.
  return image.layers.every((layer) => layer.error === undefined);
}

async function runOne(observed: Observed): Promise<Row> {
  const path = new URL(observed.path, corpus).pathname;
  let reports: Report[];
  try {
    reports = await auditAll(path);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    // A layout that holds nothing but artifacts has no image to audit.
    const right =
      ['IMAGE_NOT_FOUND', 'NOT_AN_IMAGE'].includes(error.code) && observed.images.filter(isImage).length === 0;
    if (right) return { path: observed.path, outcome: error.code, images: 0, differences: [] };
    return {
      path: observed.path,
      outcome: error.code,
      images: 0,
      differences: [{ fact: 'audit', expected: 'a report', actual: error.message }],
    };
  }
  const ours = reports.flatMap((report) => report.images.map((image) => ({ report, image })));
  const differences: Difference[] = [];
  for (const expected of observed.images.filter(isImage)) {
    const found = ours.find(
      ({ image }) =>
        image.configDigest === expected.config_digest &&
        (expected.manifest_digest === undefined ||
          image.manifestDigest === null ||
          image.manifestDigest === expected.manifest_digest),
    );
    if (found === undefined)
      differences.push({
        fact: 'image',
        expected: expected.config_digest,
        actual: ours.map(({ image }) => image.configDigest),
      });
    else {
      const explained = new Set(EXPLAINED[observed.path.slice(observed.path.lastIndexOf('/') + 1)]);
      differences.push(...compareImage(found.report, found.image, expected, explained));
    }
  }
  if (observed.legacy_layers !== undefined && ours[0]?.image.layers.length !== observed.legacy_layers) {
    differences.push({ fact: 'layers', expected: observed.legacy_layers, actual: ours[0]?.image.layers.length });
  }
  const worst =
    reports
      .map((report) => report.verdict.exitStatus)
      .sort()
      .at(-1) ?? 0;
  const rules = [
    ...new Set(
      reports.flatMap((report) =>
        report.findings
          .filter(({ rule }) => /^(?:integrity|secrets)\//.test(rule))
          .map(({ rule, severity }) => `${rule} ${severity}`),
      ),
    ),
  ];
  const gaps = reports.flatMap((report) => report.gaps.map((gap) => gap.reason));
  const outcome = [`exit ${worst}`, ...rules, ...new Set(gaps)].join(', ');
  return { path: observed.path, outcome, images: ours.length, differences };
}

if (!existsSync(corpus)) {
  console.log(`The corpus is not at ${corpus.pathname}; nothing to do.`);
} else {
  const lines = readFileSync(new URL('observed-shared.jsonl', corpus), 'utf8').trim().split('\n');
  const [, , wanted, option] = process.argv;
  let failed = 0;
  for (const line of lines) {
    const observed = JSON.parse(line) as Observed;
    if (wanted !== undefined && !observed.path.includes(wanted)) continue;
    const row = await runOne(observed);
    if (row.differences.length > 0) failed += 1;
    console.log(
      `${row.differences.length === 0 ? 'same ' : 'DIFF '} ${String(row.images).padStart(2)} ${row.path}  ${row.outcome}`,
    );
    for (const { fact, expected, actual } of row.differences)
      console.log(`        ${fact}: expected ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`);
  }
  if (wanted === undefined || wanted === 'stages') failed += await checkStages(corpus);
  console.log(`${lines.length} sources, ${failed} with differences`);
  if (wanted === undefined || wanted === 'databases') failed += await compareDatabases(corpus.pathname);
  process.exitCode = failed === 0 ? 0 : 1;
  if (wanted === undefined || wanted === 'dockerfiles') {
    const folder = new URL('dockerfiles/checkov/tests/dockerfile/graph_builder/checks/resources', corpus).pathname;
    const { instructions, explained, differences } = await judgeDockerfiles(folder);
    console.log(
      `${instructions} labelled instructions, ${differences.length} judged otherwise, ${explained} for a known reason`,
    );
    for (const difference of differences) console.log(`        ${difference}`);
    if (differences.length > 0) process.exitCode = 1;
  }
  if (wanted === undefined || wanted === 'secrets') {
    await measureSecrets(new URL('secrets', corpus).pathname, option === 'details');
  }
}
