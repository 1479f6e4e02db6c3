/** Holds readers of package databases and of os-release against what others read in the same files. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPackages } from '../../src/audit/index.ts';
import { DEFAULT_LIMITS, encodeBytes } from '../../src/core/index.ts';
import { PackageCollector, type PackageFacts } from '../../src/examine/packages/index.ts';
import { parseOsRelease } from '../../src/system/os-release.ts';

/** What reading a file gave, and what it should have. */
interface Case {
  readonly name: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** Reads a file as if it were at a place in an image. */
function read(file: string, place: string): PackageFacts[] {
  const collector = new PackageCollector(DEFAULT_LIMITS);
  const bytes = readFileSync(file);
  collector.begin(encodeBytes(place), bytes.byteLength);
  collector.content(bytes);
  collector.finish(0);
  return collector.databases.flatMap(({ packages }) => packages);
}

const rpmLine = ({ name, epoch, version, architecture }: PackageFacts): string =>
  `${name} ${epoch ?? '(none)'} ${version} ${architecture}`;

/** Lists of `rpm -qa`: name, epoch, version, release, architecture. */
function* rpmCases(folder: string): Iterable<Case> {
  const databases: readonly (readonly [list: string, database: string, place: string])[] = [
    ['go-rpmdb_libuuid.tsv', 'go-rpmdb/pkg/testdata/libuuid/Packages', 'Packages'],
    ['scancode_fc38_sqlite.tsv', 'scancode-toolkit/tests/packagedcode/data/rpm/rpmdb.sqlite', 'rpmdb.sqlite'],
    ['snyk_Packages.db.tsv', 'snyk/test/unit/lib/inputs/rpm/Packages.db', 'Packages.db'],
  ];
  for (const [list, database, place] of databases) {
    const lines = readFileSync(join(folder, 'rpm-oracle', list), 'utf8')
      .trim()
      .split('\n');
    yield {
      name: `rpm ${database}`,
      expected: lines.map((line) => {
        const [name, epoch, version, release, architecture] = line.split('\t');
        return `${name} ${epoch} ${version}-${release} ${architecture}`;
      }),
      actual: read(join(folder, database), `var/lib/rpm/${place}`).map(rpmLine),
    };
  }
}

const dpkgLine = ({ name, version, architecture, source }: PackageFacts): string =>
  `${name} ${version} ${architecture} ${source ?? '-'}`;

interface Stanza {
  readonly package: string;
  readonly status?: string;
  readonly version: string;
  readonly architecture: string;
  readonly source?: string;
}

/** Databases of dpkg that debian-inspector read. */
function* dpkgCases(folder: string): Iterable<Case> {
  const base = join(folder, 'debian-inspector/tests/data/debcon');
  for (const path of globSync('{status,deb822}/*status*.json', { cwd: base }).sort()) {
    const file = join(base, path.replace(/-expected(?:-deb822)?\.json$/, ''));
    if (!existsSync(file)) continue;
    const stanzas = [JSON.parse(readFileSync(join(base, path), 'utf8')) as Stanza | readonly Stanza[]].flat();
    yield {
      name: `dpkg ${path}`,
      expected: stanzas
        .filter(({ status }) => status === undefined || status.endsWith(' installed'))
        .map(({ package: name, version, architecture, source = '-' }) =>
          [name, version, architecture, source.replace(/ \(.*/, '')].join(' '),
        ),
      actual: read(file, 'var/lib/dpkg/status').map(dpkgLine),
    };
  }
}

interface Golden {
  readonly Name: string;
  readonly Version: string;
  readonly SrcName: string;
  readonly License: string;
  readonly Layer: { readonly DiffID: string };
}

/** Packages of an image as fanal lists them, with their layers. */
async function* imageCases(corpus: string): AsyncIterable<Case> {
  const golden = join(
    corpus,
    'expected/aquasecurity+fanal/test/integration/testdata/goldens/packages/alpine-310.json.golden',
  );
  const reference = join(corpus, 'images/aquasecurity+trivy/alpine-310.tar.gz');
  if (!existsSync(golden) || !existsSync(reference)) return;
  const { images } = await listPackages({ reference, fingerprintKey: Buffer.from('corpus'), version: 'corpus' });
  yield {
    name: 'apk alpine-310.tar.gz',
    expected: (JSON.parse(readFileSync(golden, 'utf8')) as Golden[]).map(
      ({ Name, Version, SrcName, License, Layer }) => `${Name} ${Version} ${SrcName} ${License} ${Layer.DiffID}`,
    ),
    actual: images.flatMap(({ packages, layers }) =>
      packages.map(({ name, version, source, license, layer }) =>
        [name, version, source?.name, license, layers[layer]?.diffId].join(' '),
      ),
    ),
  };
}

interface Distribution {
  readonly identifier: string;
  readonly version_id: string | null;
  readonly pretty_name: string | null;
}

/** Files of os-release that container-inspector read. */
function* distributionCases(folder: string): Iterable<Case> {
  for (const path of globSync('**/*-distro-expected.json', { cwd: folder }).sort()) {
    const file = join(folder, path.replace(/-distro-expected\.json$/, ''));
    if (!existsSync(file)) continue;
    const { identifier, version_id, pretty_name } = JSON.parse(
      readFileSync(join(folder, path), 'utf8'),
    ) as Distribution;
    const os = parseOsRelease(readFileSync(file, 'utf8'));
    yield {
      name: `os-release ${path}`,
      expected: [`${identifier} ${version_id} ${pretty_name}`],
      actual: [`${os?.id} ${os?.versionId ?? null} ${os?.prettyName}`],
    };
  }
}

async function allCases(corpus: string): Promise<Case[]> {
  const databases = join(corpus, 'pkgdb');
  const cases = [...rpmCases(databases), ...dpkgCases(databases), ...distributionCases(join(corpus, 'os-release'))];
  for await (const one of imageCases(corpus)) cases.push(one);
  return cases;
}

/** Cases that differ for a reason that was looked into. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'os-release nexus/nexus-7.txt-distro-expected.json': 'without a pretty name the name is shown',
  'os-release zorinos/zorinos-12.txt-distro-expected.json': 'the ID is given as it is stated, with its blank',
};

/** Prints what differs, and how many cases are the same; how many are not. */
export async function compareDatabases(corpus: string): Promise<number> {
  const cases = await allCases(corpus);
  let wrong = 0;
  let packages = 0;
  for (const { name, expected, actual } of cases) {
    packages += expected.length;
    const [wanted, got] = [[...expected].sort(), [...actual].sort()];
    if (JSON.stringify(wanted) === JSON.stringify(got)) continue;
    const why = EXPLAINED[name];
    if (why === undefined) wrong += 1;
    console.log(`${why === undefined ? 'DIFF ' : 'known'} ${name}${why === undefined ? '' : `: ${why}`}`);
    for (const line of wanted.filter((one) => !got.includes(one))) console.log(`        missing ${line}`);
    for (const line of got.filter((one) => !wanted.includes(one))) console.log(`        besides ${line}`);
  }
  console.log(
    `${cases.length} databases and files of distributions with ${packages} entries, ${wrong} with differences`,
  );
  return wrong;
}
