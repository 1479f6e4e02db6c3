/** Holds the search for secrets against labelled ones, and prints how many of each provider are found. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type SecretMatch, TextScanner } from '../../src/examine/index.ts';
import { readSamples, type Sample } from './labelled.ts';
import { isRightNevertheless, whyUnsupported } from './unsupported.ts';

/** What came of a sample. */
type Outcome =
  /** Reported, and the labelled secret is in it. */
  | 'found'
  /** Reported as information: an example of a manual, or a placeholder. */
  | 'doubted'
  /** Something else in the text was reported. */
  | 'elsewhere'
  | 'missed';

interface Result {
  /** Every secret that was reported without a doubt. */
  readonly values: readonly string[];
  readonly sample: Sample;
  readonly outcome: Outcome;
  readonly matches: readonly SecretMatch[];
}

interface Row {
  found: number;
  doubted: number;
  elsewhere: number;
  missed: number;
  hits: number;
  negatives: number;
}

const emptyRow = (): Row => ({ found: 0, doubted: 0, elsewhere: 0, missed: 0, hits: 0, negatives: 0 });

function outcomeOf({ text, secrets }: Sample, matches: readonly SecretMatch[]): Outcome {
  if (matches.length === 0) return 'missed';
  if (matches.every(({ doubt }) => doubt !== null)) return 'doubted';
  const bytes = Buffer.from(text);
  const covers = secrets.map((secret) => {
    const from = bytes.indexOf(secret);
    const to = from + Buffer.byteLength(secret);
    return matches.filter(({ byteRange }) => byteRange[0] < to && from < byteRange[1]);
  });
  if (covers.some((found) => found.length === 0)) return 'elsewhere';
  return covers.every((found) => found.some(({ doubt }) => doubt === null)) ? 'found' : 'doubted';
}

/** Searches all samples of a folder of labelled secrets. */
async function judgeSamples(folder: string): Promise<Result[]> {
  const samples = readSamples(folder);
  const scanner = new TextScanner(Buffer.from('corpus'));
  const scanned = await scanner.scan(samples.map(({ text }) => text));
  return samples.map((sample, i) => {
    const matches = scanned[i]?.matches ?? [];
    const certain = matches.filter(({ doubt }) => doubt === null);
    const values = certain.map(({ fingerprint }) => scanner.values.get(fingerprint) ?? '');
    return { sample, matches, values, outcome: outcomeOf(sample, matches) };
  });
}

/** Whether a negative is hit: not where another rule has the same string as a secret. */
function isHit({ sample, matches, values }: Result, positives: readonly Sample[]): boolean {
  if (sample.isPositive) return false;
  if (matches.every(({ detector, doubt }) => doubt !== null || isRightNevertheless(sample.rule, detector)))
    return false;
  const others = positives.filter(({ rule }) => rule !== sample.rule);
  return values.some((value) => !others.some(({ text }) => text.includes(value)));
}

function tally(results: readonly Result[], positives: readonly Sample[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const result of results) {
    const { sample, outcome } = result;
    const row = rows.get(sample.provider) ?? emptyRow();
    rows.set(sample.provider, row);
    if (sample.isPositive) row[outcome] += 1;
    else row.negatives += 1;
    if (isHit(result, positives)) row.hits += 1;
  }
  return rows;
}

function sumOf(rows: Iterable<Row>): Row {
  const sum = emptyRow();
  for (const row of rows) for (const name of Object.keys(sum) as (keyof Row)[]) sum[name] += row[name];
  return sum;
}

const HEAD = ['provider', 'found', '', 'doubted', 'elsewhere', 'missed', 'negatives'];
const WIDTHS = [34, 10, 9, 9, 10, 8, 10];

function line(cells: readonly (string | number)[]): string {
  const padded = cells.map((cell, i) =>
    i === 0 ? String(cell).padEnd(WIDTHS[0] ?? 0) : String(cell).padStart(WIDTHS[i] ?? 0),
  );
  return `  ${padded.join('')}`;
}

function describe(name: string, { found, doubted, elsewhere, missed, hits, negatives }: Row): string {
  const wanted = found + elsewhere + missed;
  const rate = wanted === 0 ? '-' : `${((100 * found) / wanted).toFixed(1)} %`;
  return line([name, `${found}/${wanted}`, rate, doubted, elsewhere, missed, `${hits}/${negatives}`]);
}

/**
 * Prints for each set how many labelled secrets of each supported provider are found, and by name what is not supported.
 * What is reported as information is counted apart. `details` lists what is missed, and the negatives that are hit.
 */
export async function measureSecrets(folder: string, details: boolean): Promise<void> {
  const all = await judgeSamples(folder);
  const positives = all.map(({ sample }) => sample).filter(({ isPositive }) => isPositive);
  for (const [set, results] of Map.groupBy(all, ({ sample }) => sample.set)) {
    const reasons = new Map(results.map((result) => [result, whyUnsupported(result.sample)]));
    const unsupported = results.filter((result) => result.sample.isPositive && reasons.get(result) !== null);
    const supported = results.filter((result) => !unsupported.includes(result));
    const rows = tally(supported, positives);
    console.log(`\nlabelled secrets of ${set}\n${line(HEAD)}`);
    for (const [provider, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(describe(provider, row));
    console.log(describe('all that is supported', sumOf(rows.values())));
    for (const [why, group] of Map.groupBy(unsupported, (result) => reasons.get(result) ?? ''))
      printUnsupported(why, group);
    if (details) for (const result of supported) printUnexpected(result, positives);
  }
  await measureLeaks(join(folder, 'leaky-repo'));
}

/** By name, with how many are found nevertheless. */
function printUnsupported(why: string, results: readonly Result[]): void {
  const found = (some: readonly Result[]): string =>
    `${some.filter(({ matches }) => matches.length > 0).length}/${some.length}`;
  const names = [...Map.groupBy(results, ({ sample }) => `${sample.provider} (${sample.note})`)];
  const listed = names.map(([name, some]) => `${name} ${found(some)}`).sort();
  console.log(`  not supported, found nevertheless ${found(results)}: ${why}: ${listed.join('; ')}`);
}

function printUnexpected(result: Result, positives: readonly Sample[]): void {
  const { sample, outcome, matches, values } = result;
  if (sample.isPositive ? outcome === 'found' : values.length === 0) return;
  const what = sample.isPositive ? outcome : isHit(result, positives) ? 'hit' : 'labelled by another rule';
  const kinds = matches.map(({ detector, doubt }) => `${detector}${doubt === null ? '' : '?'}`).join(' ');
  const text = JSON.stringify(sample.text).slice(0, 160);
  console.log(`    ${what.padEnd(10)} ${sample.rule} [${sample.note}] ${kinds} ${text}`);
}

/** A folder of files as people leave them, with the number of lines in each that are a risk. */
async function measureLeaks(folder: string): Promise<void> {
  const csv = join(folder, '.leaky-meta', 'secrets.csv');
  const files = globSync(csv).flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  const risks = files.filter((line) => /^[^#,]+,\d+,\d+$/.test(line)).map((line) => line.split(','));
  if (risks.length === 0) return;
  console.log(`\nlines at risk of leaky-repo\n  ${'file'.padEnd(44)} found  risks`);
  let [found, all] = [0, 0];
  for (const [name = '', risk = ''] of risks) {
    const path = join(folder, name);
    const text = statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'latin1') : '';
    const [scanned] = await new TextScanner(Buffer.from('corpus')).scan([text]);
    const lines = new Set(scanned?.matches.map(({ line }) => line)).size;
    found += Math.min(lines, Number(risk));
    all += Number(risk);
    if (Number(risk) > 0) console.log(`  ${name.padEnd(44)} ${String(lines).padStart(5)} ${risk.padStart(6)}`);
  }
  console.log(`  ${'all'.padEnd(44)} ${String(found).padStart(5)} ${String(all).padStart(6)}`);
}
