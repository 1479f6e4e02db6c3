import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, encodeBytes } from '../../../../src/core/index.ts';
import { PackageCollector } from '../../../../src/examine/packages/index.ts';
import { APK, collect, DPKG, databaseOf } from './collect-files.ts';

describe('hostile and broken files', () => {
  test.each([
    ['var/lib/dpkg/status', 'Package: \n\n:::\n\u0000\n'.repeat(100)],
    ['var/lib/dpkg/status', 'Package: two words\nVersion: 1\n'],
    ['lib/apk/db/installed', 'P:\nV:1\n\nR:x\nF:\n\n'.repeat(100)],
    ['app/package-lock.json', '{"packages": {"node_modules/a": 1, "node_modules/b": null, "c": []}}'],
    ['app/package-lock.json', '[]'],
    ['app/package-lock.json', `${'{"dependencies":{"a":'.repeat(5000)}{}${'}}'.repeat(5000)}`],
    ['app/vendor/composer/installed.json', '{"packages": [1, null, {"name": 5}]}'],
    ['app/a.deps.json', '{"libraries": {"no-slash": {"type": "package"}, "/": {"type": "package"}}}'],
    ['x/conda-meta/a.json', '{"name": {}, "files": 7}'],
    ['x/a.dist-info/METADATA', 'Name\nName:\n: x\n'],
    ['x/specifications/.gemspec', `s.name = ${'"'.repeat(5000)}`],
    ['var/lib/pacman/local/x/desc', '%NAME%\n\n%%\n'],
    ['root/.cargo/.crates2.json', '{"installs": {" ": {}, "": 1}}'],
    ['var/db/pkg/a/noversion/CONTENTS', 'obj\nobj \nsym ->\n'],
    ['R/a/DESCRIPTION', 'Package:\nBuilt: R\nPackage: late\n'],
    ['rocks/a/1/a.rockspec', `package = "${'x'.repeat(5000)}"`],
    ['x/.registry/a.reg', 'a:1:{s:4:"name";s:999:"'],
    ['x/.registry/a.reg', 's:4:"name";s:1:"a";'],
    ['wp-content/plugins/a/a.php', `${'/*'.repeat(50_000)}Plugin Name:`],
    ['opt/bitnami/.spdx-a.spdx', '{"packages":[{"externalRefs":[null,7,{}]},[],null]}'],
    ['jdk/release', '=\n"=\nJAVA=1'],
    ['app/packages.lock.json', '{"dependencies":{"net8.0":{"A":{"resolved":7},"B":null}}}'],
  ])('%s without sense in it names no package', (path, content) => {
    const collector = collect({ [path]: content });
    const { databases } = collector;
    expect(databases.flatMap(({ packages }) => packages.filter(({ version }) => version !== ''))).toEqual([]);
    expect(collector.gaps()).toEqual([]);
  });

  test('names are cut to what a table bears', () => {
    const [one] = databaseOf('a/node_modules/b/package.json', {
      name: 'x'.repeat(100_000),
      version: 'y'.repeat(100_000),
    }).packages;
    expect([one?.name.length, one?.version.length]).toEqual([512, 512]);
  });

  test('a file above the limit is told and not read', () => {
    const collector = new PackageCollector({ ...DEFAULT_LIMITS, maxPackageFileBytes: 10 });
    collector.begin(encodeBytes('lib/apk/db/installed'), 11);
    collector.content(Buffer.from('P:a\nV:1\n\n  '));
    collector.finish(0);
    expect(collector.databases).toEqual([]);
    expect(collector.gaps()).toEqual([
      { bytes: 11, exceeded: true, message: 'lib/apk/db/installed is too large to be read for its packages' },
    ]);
  });

  test('what is more than the limit of a layer is left out and told', () => {
    const collector = new PackageCollector({ ...DEFAULT_LIMITS, maxPackageTextChars: 1000 });
    const text = Array.from({ length: 50 }, (_, i) => `P:p${i}\nV:1\n\n`).join('');
    collector.begin(encodeBytes('lib/apk/db/installed'), text.length);
    collector.content(Buffer.from(text));
    collector.finish(0);
    expect(collector.databases[0]?.packages.length).toBe(8);
    expect(collector.gaps()).toEqual([expect.objectContaining({ exceeded: true })]);
  });

  test('files beyond the limit leave the names of packages', () => {
    const collector = new PackageCollector({ ...DEFAULT_LIMITS, maxPackageTextChars: 10_000 });
    const text = Array.from(
      { length: 20 },
      (_, i) => `P:p${i}\nV:1\nF:usr\n${`R:${'x'.repeat(100)}\n`.repeat(50)}\n`,
    ).join('');
    collector.begin(encodeBytes('lib/apk/db/installed'), text.length);
    collector.content(Buffer.from(text));
    collector.finish(0);
    expect(collector.databases[0]?.packages.length).toBe(20);
    expect(collector.gaps()).toEqual([expect.objectContaining({ exceeded: true })]);
  });

  test('a journal that rpm left is told, as it may change the database', () => {
    expect(collect({ 'var/lib/rpm/rpmdb.sqlite-wal': '' }).gaps()).toEqual([]);
    expect(collect({ 'var/lib/rpm/rpmdb.sqlite-wal': 'frames' }).gaps()).toEqual([
      {
        bytes: 6,
        exceeded: false,
        message: 'var/lib/rpm/rpmdb.sqlite-wal may change the database beside it, and was not read',
      },
    ]);
  });

  test('a thousand broken databases are told in a hundred sentences and one', () => {
    const broken = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`r${i}/var/lib/rpm/Packages`, 'x']));
    const gaps = collect(broken).gaps();
    expect(gaps).toHaveLength(101);
    expect(gaps.at(-1)?.message).toBe('900 more files could not be read for their packages');
  });

  test('a file that stops before its end is read as far as it goes, and told', () => {
    const collector = new PackageCollector(DEFAULT_LIMITS);
    collector.begin(encodeBytes('lib/apk/db/installed'), 5000);
    collector.content(Buffer.from(APK));
    collector.finish(0);
    expect(collector.databases[0]).toMatchObject({ trouble: 'it is cut short' });
    expect(collector.databases[0]?.packages).toHaveLength(2);
    expect(collector.gaps()).toHaveLength(1);
  });

  test.each([
    'status',
    'etc/status',
    'var/lib/dpkg/status-old',
    'package.jso',
    'lib/apk/db/installed/x',
    'a.js',
    'METADATA',
  ])('%s is no file of packages', (path) => {
    expect(collect({ [path]: DPKG }).databases).toEqual([]);
  });

  const WHOLE: readonly (readonly [string, string])[] = [
    ['lib/apk/db/installed', APK],
    ['var/lib/dpkg/status', DPKG],
    ['var/lib/dpkg/info/a.list', '/.\n/usr\n/usr/bin/a\n'],
    ['var/lib/pacman/local/a/desc', '%NAME%\na\n\n%VERSION%\n1\n'],
    ['app/node_modules/a/package.json', '{"name":"a","version":"1","license":{"type":"MIT"}}'],
    ['app/package-lock.json', '{"packages":{"node_modules/a":{"version":"1","dev":true}}}'],
    ['app/yarn.lock', '"a@^1", "a@^2":\n  version "1.0.0"\n'],
    ['app/pnpm-lock.yaml', 'packages:\n\n  /@a/b@1.0.0(c@2):\n    dev: true\n'],
    ['x/a.dist-info/METADATA', 'Name: a\nVersion: 1\nClassifier: License :: OSI Approved :: MIT\n'],
    ['x/a.dist-info/RECORD', 'a/b.py,sha256=x,1\n"a,b.py",,\n'],
    ['x/specifications/a-1.gemspec', 's.name = "a".freeze\ns.licenses = ["MIT".freeze]\n'],
    ['vendor/composer/installed.json', '{"packages":[{"name":"a/b","version":"1","license":["MIT"]}]}'],
    ['root/.cargo/.crates2.json', '{"installs":{"a 1.0.0 (registry)":{"bins":["a"]}}}'],
    ['app/a.deps.json', '{"libraries":{"A/1.0.0":{"type":"package"}}}'],
    ['opt/conda-meta/a.json', '{"name":"a","version":"1","files":["lib/a"]}'],
    ['var/db/pkg/a/b-1.0/CONTENTS', 'obj /a 0 1\nsym /b -> c 1\n'],
    ['R/a/DESCRIPTION', 'Package: a\nVersion: 1\nBuilt: R\n'],
    ['rocks-5.4/a/1-1/a-1-1.rockspec', 'package = "a"\nversion = "1-1"\n'],
    ['php/.registry/a.reg', 'a:2:{s:4:"name";s:1:"a";s:7:"release";s:3:"1.0";}'],
    ['wp-content/plugins/a/a.php', '<?php /*\nPlugin Name: a\nVersion: 1\n*/'],
    ['opt/bitnami/a/.spdx-a.spdx', '{"packages":[{"name":"a","externalRefs":[{"referenceLocator":"pkg:bitnami/a"}]}]}'],
    ['jdk/release', 'JAVA_VERSION="1"\n'],
    ['app/packages.lock.json', '{"dependencies":{"net8.0":{"A":{"resolved":"1"}}}}'],
    ['go/VERSION', 'go1.22\n'],
  ];

  test.each(WHOLE)('%s is read to some end wherever it is cut and whatever is changed', (path, text) => {
    const whole = Buffer.from(text);
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const { fileLists, databases } = collect({ [path]: text });
    expect(fileLists.length + databases.length).toBe(1);
    for (let length = 0; length < whole.byteLength; length += 1) collect({ [path]: text.slice(0, length) });
    for (let round = 0; round < 300; round += 1) {
      const broken = Buffer.from(whole);
      for (let change = 0; change < 4; change += 1) broken[random(broken.byteLength)] = random(256);
      const collector = collect({ [path]: broken.toString('latin1') });
      expect(collector.databases.flatMap(({ packages }) => packages).length).toBeLessThan(20);
    }
  });
});
