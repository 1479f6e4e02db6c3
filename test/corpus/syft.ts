/**
 * Lists packages of images with `audit packages` and with Syft, and prints how they differ, by ecosystem:
 * `node test/corpus/syft.ts PATH-OF-SYFT [IMAGE…]`. Without images it takes those of the corpus. Syft is not part of this
 * repository, nor are the images.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { listPackages } from '../../src/audit/index.ts';
import { AuditError } from '../../src/core/index.ts';
import { compareLists, type Listed, type SyftDocument, syftPackages } from './compare-packages.ts';
import { corpusFolder, type Observed } from './observed.ts';

const corpus = corpusFolder();
const folder = mkdtempSync(join(tmpdir(), 'layer-audit-syft-'));

/** What one of the two lists of an image; a sentence where it lists none. */
type Listing = readonly Listed[] | string;

/** Our lists, by platform; under an empty name where there is one image only. */
async function ours(path: string): Promise<Map<string, Listing>> {
  try {
    const { images } = await listPackages({
      reference: path,
      fingerprintKey: Buffer.from('corpus'),
      version: 'corpus',
    });
    return new Map(
      images.map(({ platform, packages }) => [
        images.length === 1 ? '' : platform,
        packages.map(({ type, name, version, path: file, purl }) => ({ type, name, version, path: file, purl })),
      ]),
    );
  } catch (error) {
    if (error instanceof AuditError) return new Map([['', error.message]]);
    throw error;
  }
}

function theirs(syft: string, path: string, platform: string): Listing {
  const chosen = platform === '' ? [] : ['--platform', platform];
  const { stdout, stderr, status } = spawnSync(syft, ['scan', schemeOf(path), '-o', 'json', ...chosen], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
    env: { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false', NO_COLOR: '1' },
  });
  if (status === 0) return syftPackages(JSON.parse(stdout) as SyftDocument);
  const lines = stripVTControlCharacters(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return `it fails: ${lines.at(-1)?.trim().slice(0, 300)}`;
}

/** Syft is told what it is given, and knows no compressed archives. */
function schemeOf(path: string): string {
  if (statSync(path).isDirectory()) return existsSync(join(path, 'index.json')) ? `oci-dir:${path}` : `dir:${path}`;
  let plain = path;
  let bytes = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    bytes = gunzipSync(bytes);
    plain = join(folder, `${basename(path)}.tar`);
    writeFileSync(plain, bytes);
  }
  return bytes.includes('manifest.json\0') ? `docker-archive:${plain}` : `oci-archive:${plain}`;
}

const [syft, ...chosen] = process.argv.slice(2);
if (syft === undefined) throw new Error('give the path of Syft');
const images =
  chosen.length > 0
    ? chosen
    : readFileSync(new URL('observed-shared.jsonl', corpus), 'utf8')
        .trim()
        .split('\n')
        .map((line) => new URL((JSON.parse(line) as Observed).path, corpus).pathname);

const sums = new Map<string, { both: number; ours: number; theirs: number }>();
try {
  for (const path of images) {
    for (const [platform, mine] of await ours(path))
      compareOne(`${path} ${platform}`, mine, theirs(syft, path, platform));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log('\nall images: packages in both, only in audit’s list, only in Syft’s');
for (const [type, { both, ours: a, theirs: b }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`  ${type.padEnd(12)} ${String(both).padStart(6)} ${String(a).padStart(6)} ${String(b).padStart(6)}`);

function compareOne(title: string, mine: Listing, other: Listing): void {
  console.log(`\n${title}`);
  if (typeof mine === 'string' || typeof other === 'string') {
    console.log(`  audit: ${typeof mine === 'string' ? mine : `${mine.length} packages`}`);
    console.log(`  syft:  ${typeof other === 'string' ? other : `${other.length} packages`}`);
    return;
  }
  for (const { type, both, onlyOurs, onlyTheirs } of compareLists(mine, other)) {
    const sum = sums.get(type) ?? { both: 0, ours: 0, theirs: 0 };
    sums.set(type, { both: sum.both + both, ours: sum.ours + onlyOurs.length, theirs: sum.theirs + onlyTheirs.length });
    console.log(`  ${type}: ${both} in both, ${onlyOurs.length} only audit's, ${onlyTheirs.length} only Syft's`);
    for (const [mark, some] of [
      ['+', onlyOurs],
      ['-', onlyTheirs],
    ] as const) {
      for (const { name, version, path, why } of some)
        console.log(`    ${mark} ${name} ${version}  ${path}${why === null ? '' : `  (${why})`}`);
    }
  }
}
