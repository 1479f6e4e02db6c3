import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { examineLayer, type LayerRecord } from '../../../src/examine/index.ts';
import { foldLayers } from '../../../src/filesystem/index.ts';
import { type ImagePackages, readSystem, toPurl } from '../../../src/system/index.ts';
import { crateList, elf, packageNote } from '../../support/elf-writer.ts';
import { berkeleyDb, rpmHeader } from '../../support/rpm-database.ts';
import {
  dir,
  file,
  hardlink,
  opaque,
  symlink,
  type TarMemberSpec,
  whiteout,
  writeTar,
} from '../../support/tar-writer.ts';
import { zipArchive } from '../examine/nested/archive-writer.ts';

async function packagesOf(...layers: readonly (readonly TarMemberSpec[])[]): Promise<ImagePackages> {
  const records: LayerRecord[] = [];
  for (const members of layers) {
    const job = {
      location: 'stream',
      expectedDigest: null,
      expectedDiffId: null,
      limits: DEFAULT_LIMITS,
      fingerprintKey: Buffer.from('key'),
    } as const;
    records.push((await examineLayer(job, [Uint8Array.from(writeTar(members))])).record);
  }
  return readSystem(foldLayers(records.map(({ columns }) => columns)).filesystem, records).packages;
}

const dpkg = (packages: Readonly<Record<string, string>>): TarMemberSpec =>
  file(
    'var/lib/dpkg/status',
    Object.entries(packages)
      .map(
        ([name, version]) =>
          `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64\n`,
      )
      .join('\n'),
  );
const module = (path: string, version: string): TarMemberSpec =>
  file(`${path}/package.json`, JSON.stringify({ name: path.slice(path.lastIndexOf('node_modules/') + 13), version }));

/** Each package in a line: what it is, what became of it, and where. */
const lines = (packages: ImagePackages): string[] =>
  packages.all.map(
    ({ kind, name, version, state, layerIndex, removedIn }) =>
      `${kind} ${name} ${version} ${state} ${layerIndex}${removedIn === null ? '' : `-${removedIn}`}`,
  );

describe('the layer of a package', () => {
  test('is the first whose database names it, however often the database is written again', async () => {
    const packages = await packagesOf(
      [dpkg({ base: '1' })],
      [dpkg({ base: '1', curl: '8' })],
      [dpkg({ base: '1', curl: '8', jq: '1.7' })],
    );
    expect(lines(packages)).toEqual(['dpkg base 1 installed 0', 'dpkg curl 8 installed 1', 'dpkg jq 1.7 installed 2']);
  });

  test('is the last that brought it where it was gone in between', async () => {
    const packages = await packagesOf([dpkg({ a: '1', b: '1' })], [dpkg({ a: '1' })], [dpkg({ a: '1', b: '1' })]);
    expect(lines(packages)).toEqual(['dpkg a 1 installed 0', 'dpkg b 1 installed 2']);
  });

  test('is told of packages that were removed or replaced, with the layer that did it', async () => {
    const packages = await packagesOf([dpkg({ a: '1', gcc: '12' })], [dpkg({ a: '2', gcc: '12' })], [dpkg({ a: '2' })]);
    expect(lines(packages)).toEqual(['dpkg a 1 removed 0-1', 'dpkg a 2 installed 1', 'dpkg gcc 12 removed 0-2']);
  });

  test.each([
    ['a whiteout', [whiteout('app/node_modules/x')]],
    ['an opaque folder', [opaque('app/node_modules')]],
    ['a file in place of the folder', [file('app/node_modules', '')]],
  ])('is told of modules that %s hides', async (_, second) => {
    const packages = await packagesOf([module('app/node_modules/x', '1')], second);
    expect(lines(packages)).toEqual(['npm x 1 removed 0-1']);
    expect(packages.counts()).toEqual({});
  });

  test('is the one that put a module there again', async () => {
    const packages = await packagesOf(
      [module('app/node_modules/x', '1')],
      [whiteout('app/node_modules/x')],
      [module('app/node_modules/x', '1')],
    );
    expect(lines(packages)).toEqual(['npm x 1 installed 2']);
  });

  test('keeps modules of one name in two places apart', async () => {
    const packages = await packagesOf([module('a/node_modules/x', '1'), module('b/node_modules/x', '1')]);
    expect(packages.all.map(({ database }) => database.path)).toEqual([
      'a/node_modules/x/package.json',
      'b/node_modules/x/package.json',
    ]);
    expect(packages.counts()).toEqual({ npm: 2 });
  });

  test('is one where a database moved, and was copied', async () => {
    const rpm = berkeleyDb([rpmHeader({ name: 'bash' })]);
    const packages = await packagesOf(
      [file('var/lib/rpm/Packages', rpm)],
      [file('usr/lib/sysimage/rpm/Packages', rpm)],
    );
    expect(lines(packages)).toEqual(['rpm bash 1-1 installed 0']);
  });
});

describe('what is listed', () => {
  test('tells what is installed from what lock files name', async () => {
    const lock = {
      lockfileVersion: 3,
      packages: { 'node_modules/a': { version: '1' }, 'node_modules/b': { version: '2' } },
    };
    const packages = await packagesOf([
      file('app/package-lock.json', JSON.stringify(lock)),
      module('app/node_modules/a', '1'),
    ]);
    expect(lines(packages)).toEqual(['npm a 1 installed 0', 'npm a 1 declared 0', 'npm b 2 declared 0']);
    expect(packages.counts()).toEqual({ npm: 1 });
  });

  test('has the jars of an executable jar, and one that others were put into beside these', async () => {
    const coordinates = (artifact: string): { name: string; content: string } => ({
      name: `META-INF/maven/org.shaded/${artifact}/pom.properties`,
      content: `groupId=org.shaded\nartifactId=${artifact}\nversion=1\n`,
    });
    const shaded = zipArchive([
      { name: 'META-INF/MANIFEST.MF', content: 'Implementation-Version: 99\n' },
      coordinates('guava'),
      coordinates('protobuf'),
    ]);
    const starts = Buffer.from('#!/bin/bash\nexec java -jar "$0"\n');
    const executable = Buffer.concat([starts, zipArchive([{ name: 'BOOT-INF/lib/client-2.0.jar', content: shaded }])]);
    const packages = await packagesOf([file('app/app.jar', executable), file('app/uber.jar', shaded)]);
    expect(packages.all.map(({ name, version, database }) => `${database.path} ${name} ${version}`)).toEqual([
      'app/app.jar client 2.0',
      'app/app.jar guava 1',
      'app/uber.jar guava 1',
      'app/app.jar protobuf 1',
      'app/uber.jar protobuf 1',
    ]);
  });

  test('has the jars in a war, with the members that lead to them', async () => {
    const text = 'groupId=com.acme\nartifactId=inner\nversion=1.2\n';
    const jar = zipArchive([{ name: 'META-INF/maven/com.acme/inner/pom.properties', content: text }]);
    const plain = zipArchive([
      {
        name: 'META-INF/MANIFEST.MF',
        content: 'Manifest-Version: 1.0\r\nImplementation-Version: 3\r\n .4\r\n\r\nName: x\r\n',
      },
    ]);
    const war = zipArchive([
      { name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\r\n' },
      { name: 'WEB-INF/lib/inner-1.2.jar', content: jar },
      { name: 'WEB-INF/lib/plain.jar', content: plain },
      { name: 'WEB-INF/lib/notes.txt', content: 'x' },
    ]);
    const packages = await packagesOf([file('app/outer-9.war', war), file('app/not-java.zip', jar)]);
    expect(packages.all.map(({ name, version, namespace, members }) => [name, version, namespace, members])).toEqual([
      ['inner', '1.2', 'com.acme', ['WEB-INF/lib/inner-1.2.jar']],
      ['outer', '9', null, []],
      ['plain', '3.4', null, ['WEB-INF/lib/plain.jar']],
    ]);
  });

  test('counts a database without packages, so that it is told from none', async () => {
    expect((await packagesOf([file('lib/apk/db/installed', '')])).counts()).toEqual({ apk: 0 });
  });
});

describe('files that no package owns', () => {
  const unmanaged = (packages: ImagePackages): string[] => [...packages.unmanaged()].map(({ path }) => path).sort();

  test('are all but those that the lists of dpkg name, and the lists themselves', async () => {
    const packages = await packagesOf([
      dpkg({ coreutils: '9', libc6: '2' }),
      file('var/lib/dpkg/info/coreutils.list', '/.\n/bin\n/bin/ls\n'),
      file('var/lib/dpkg/info/libc6:amd64.list', '/lib/libc.so.6\n'),
      // Of a package that was purged, whose list was left.
      file('var/lib/dpkg/info/gone.list', '/opt/gone\n'),
      dir('usr'),
      dir('usr/bin'),
      symlink('bin', 'usr/bin'),
      file('usr/bin/ls', 'x'),
      file('lib/libc.so.6', 'x'),
      file('opt/gone', 'x'),
      file('app/server', 'x'),
      hardlink('app/ls', 'usr/bin/ls'),
    ]);
    expect(unmanaged(packages)).toEqual(['app/ls', 'app/server', 'opt/gone']);
  });

  test('are files that replaced nothing, in every layer', async () => {
    const apk = 'P:musl\nV:1\nF:lib\nR:ld-musl.so.1\nF:etc\nR:motd\n';
    const packages = await packagesOf(
      [file('lib/apk/db/installed', apk), file('lib/ld-musl.so.1', 'x'), file('etc/motd', 'x')],
      [file('etc/motd', 'changed'), file('etc/extra', 'x')],
      [whiteout('lib/ld-musl.so.1')],
    );
    expect(unmanaged(packages)).toEqual(['etc/extra']);
  });

  test('are those of no module of Python by its record', async () => {
    const folder = 'usr/lib/python3/site-packages';
    const packages = await packagesOf([
      file(`${folder}/a-1.dist-info/METADATA`, 'Name: a\nVersion: 1\n'),
      file(`${folder}/a-1.dist-info/RECORD`, 'a/__init__.py,,\n../../../bin/a,,\na-1.dist-info/METADATA,,\n'),
      file(`${folder}/a/__init__.py`, 'x'),
      file(`${folder}/b.py`, 'x'),
      file('usr/bin/a', 'x'),
    ]);
    expect(unmanaged(packages)).toEqual([`${folder}/b.py`]);
  });

  test('are jars and modules, which say what they are and belong to nobody', async () => {
    const jar = zipArchive([{ name: 'META-INF/MANIFEST.MF', content: 'Implementation-Version: 1\n' }]);
    const packages = await packagesOf([dpkg({}), file('app/x-1.jar', jar), module('app/node_modules/y', '1')]);
    expect(packages.counts()).toEqual({ dpkg: 0, maven: 1, npm: 1 });
    expect(unmanaged(packages)).toEqual(['app/node_modules/y/package.json', 'app/x-1.jar']);
  });

  test('are all files where no database says anything', async () => {
    expect(unmanaged(await packagesOf([file('app', 'x'), dir('etc')]))).toEqual(['app']);
  });
});

describe('a package URL', () => {
  const bare = { version: '1.0', architecture: '', namespace: null, epoch: null };
  const os = { id: 'debian', versionId: '12', prettyName: null };

  test.each([
    [
      { ...bare, kind: 'dpkg', name: 'libstdc++6', version: '1:2+b1', architecture: 'amd64' },
      'pkg:deb/debian/libstdc%2B%2B6@1:2+b1?arch=amd64&distro=debian-12',
    ],
    [{ ...bare, kind: 'rpm', name: 'vim', epoch: 2 }, 'pkg:rpm/debian/vim@1.0?distro=debian-12&epoch=2'],
    [{ ...bare, kind: 'npm', name: '@acme/tool' }, 'pkg:npm/%40acme/tool@1.0'],
    [{ ...bare, kind: 'pypi', name: 'Flask_Login' }, 'pkg:pypi/flask-login@1.0'],
    [{ ...bare, kind: 'maven', name: 'guava', namespace: 'com.google.guava' }, 'pkg:maven/com.google.guava/guava@1.0'],
    [
      { ...bare, kind: 'golang', name: 'github.com/acme/tool/v2', version: 'v2.1.0' },
      'pkg:golang/github.com/acme/tool/v2@v2.1.0',
    ],
    [{ ...bare, kind: 'golang', name: 'stdlib', version: 'go1.22.3' }, 'pkg:golang/stdlib@1.22.3'],
    [{ ...bare, kind: 'golang', name: 'acme.dev/app', version: '(devel)' }, 'pkg:golang/acme.dev/app'],
    [{ ...bare, kind: 'composer', name: 'symfony/console' }, 'pkg:composer/symfony/console@1.0'],
    [
      { ...bare, kind: 'gem', name: 'nokogiri', architecture: 'x86_64-linux' },
      'pkg:gem/nokogiri@1.0?platform=x86_64-linux',
    ],
    [{ ...bare, kind: 'cargo', name: 'ripgrep' }, 'pkg:cargo/ripgrep@1.0'],
    [{ ...bare, kind: 'portage', name: 'sys-libs/glibc', namespace: 'sys-libs' }, 'pkg:ebuild/sys-libs/glibc@1.0'],
    [{ ...bare, kind: 'pear', name: 'memcached', namespace: 'pecl.php.net' }, 'pkg:pear/pecl.php.net/memcached@1.0'],
    [{ ...bare, kind: 'cran', name: 'stringr' }, 'pkg:cran/stringr@1.0'],
    [{ ...bare, kind: 'generic', name: 'node' }, 'pkg:generic/node@1.0'],
    [{ ...bare, kind: 'nix', name: 'glibc' }, 'pkg:nix/glibc@1.0'],
    [{ ...bare, kind: 'wordpress', name: 'akismet' }, null],
    [{ ...bare, kind: 'nuget', name: 'Newtonsoft.Json' }, 'pkg:nuget/Newtonsoft.Json@1.0'],
    [{ ...bare, kind: 'conda', name: 'numpy', architecture: 'linux-64' }, 'pkg:conda/numpy@1.0?subdir=linux-64'],
    [{ ...bare, kind: 'pacman', name: 'gmp' }, 'pkg:alpm/debian/gmp@1.0?distro=debian-12'],
  ] as const)('of %o is what the specification says', (facts, expected) => {
    expect(toPurl(facts, os)).toBe(expected);
  });

  test.each([
    ['redhat', { id: 'rhel', versionId: '9.4', prettyName: null }, 'rpm', 'pkg:rpm/redhat/a@1.0?distro=rhel-9.4'],
    ['the usual distribution where none is stated', null, 'apk', 'pkg:apk/alpine/a@1.0'],
    ['none where it cannot be known', null, 'rpm', 'pkg:rpm/a@1.0'],
  ] as const)('has as its namespace %s', (_, release, kind, expected) => {
    expect(toPurl({ ...bare, kind, name: 'a' }, release)).toBe(expected);
  });

  test('of a name that cannot be in one is none', () => {
    expect(toPurl({ ...bare, kind: 'npm', name: '\udcff' }, null)).toBeNull();
    expect(toPurl({ ...bare, kind: 'npm', name: '' }, null)).toBeNull();
  });
});

describe('what programs say', () => {
  const program = (path: string, bytes: Uint8Array): TarMemberSpec => file(path, bytes, { mode: 0o755 });
  const node = elf({ interpreter: '/lib/ld.so', texts: ['node.js/v22.9.0'] });
  const crates = Buffer.concat([elf(), crateList([{ name: 'serde', version: '1.0.200', source: 'crates.io' }])]);
  const noted = elf({ notes: packageNote({ type: 'rpm', name: 'bash', version: '5.2-1', architecture: 'x86_64' }) });

  test('of what they are is listed where no package brought them', async () => {
    const packages = await packagesOf([program('usr/local/bin/node', node), program('opt/bash', noted)]);
    expect(lines(packages)).toEqual(['generic node 22.9.0 installed 0', 'rpm bash 5.2-1 installed 0']);
    expect(packages.counts()).toEqual({ generic: 1, rpm: 1 });
    expect(packages.systemDatabases()).toEqual([]);
    expect([...packages.unmanaged()].map(({ path }) => path)).toEqual(['usr/local/bin/node', 'opt/bash']);
  });

  test('of what they are is no news where a package brought them', async () => {
    const packages = await packagesOf([
      dpkg({ nodejs: '22.9.0-1' }),
      file('var/lib/dpkg/info/nodejs.list', '/usr/bin/node\n/opt/bash\n/usr/lib/jvm/release\n'),
      program('usr/bin/node', node),
      program('opt/bash', noted),
      file('usr/lib/jvm/release', 'JAVA_VERSION="21.0.4"\n'),
    ]);
    expect(lines(packages)).toEqual(['dpkg nodejs 22.9.0-1 installed 0']);
  });

  test('of what they are is told once for a program and its library, and of those that are there only', async () => {
    const library = elf({ soname: 'libnode.so.127', texts: ['node.js/v22.9.0'] });
    const packages = await packagesOf(
      [
        program('usr/local/bin/node', node),
        file('usr/local/lib/libnode.so.127', library),
        program('old/nginx', elf({ texts: ['nginx version: nginx/1.27.0'] })),
      ],
      [whiteout('old/nginx')],
    );
    expect(lines(packages)).toEqual(['generic node 22.9.0 installed 0']);
  });

  test('of what they are is held against a million owned files without a folder', async () => {
    const many = `P:many\nV:1\n${'R:x\n'.repeat(1_000_000)}R:node\n\n`;
    const packages = await packagesOf([file('lib/apk/db/installed', many), program('node', node)]);
    expect(lines(packages)).toEqual(['apk many 1 installed 0']);
  });

  test('of the crates in them is listed, whoever brought them', async () => {
    const packages = await packagesOf([
      dpkg({ rg: '1' }),
      file('var/lib/dpkg/info/rg.list', '/usr/bin/rg\n'),
      program('usr/bin/rg', crates),
    ]);
    expect(lines(packages)).toEqual(['cargo serde 1.0.200 installed 0', 'dpkg rg 1 installed 0']);
  });
});

describe('a Nix store', () => {
  const store = (name: string): string => `nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-${name}`;

  test('is packages by the names of its folders', async () => {
    const packages = await packagesOf(
      [
        dir(store('glibc-2.34-210-bin')),
        file(`${store('glibc-2.34-210-bin')}/bin/ldd`, 'x'),
        dir(store('python3.11-requests-2.31.0')),
        dir(store('source')),
        dir(store('jq-1.7.drv')),
        file(store('xgcc-13.2.0-libgcc.patch'), 'x'),
        dir('nix/store/.links'),
        dir('nix/store/tooshort-glibc-1.0'),
        dir(store('gone-1.0')),
      ],
      [whiteout(store('gone-1.0')), dir(store('jq-1.7.1'))],
    );
    expect(lines(packages)).toEqual([
      'nix glibc 2.34-210 installed 0',
      'nix jq 1.7.1 installed 1',
      'nix python3.11-requests 2.31.0 installed 0',
      'nix xgcc 13.2.0-libgcc.patch installed 0',
    ]);
  });
});
