import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { examineLayer, type LayerRecord } from '../../../src/examine/index.ts';
import { foldLayers } from '../../../src/filesystem/index.ts';
import { readSystem } from '../../../src/system/index.ts';
import { dir, file, symlink, type TarMemberSpec, whiteout, writeTar } from '../../support/tar-writer.ts';

async function systemOf(...layers: readonly (readonly TarMemberSpec[])[]) {
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
  return readSystem(foldLayers(records.map(({ columns }) => columns)).filesystem, records);
}
const dpkg = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n`;

describe('the operating system', () => {
  test.each([
    [
      'quoted',
      'ID="debian"\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
      ['debian', '12', 'Debian GNU/Linux 12'],
    ],
    ['in single quotes', "ID='alpine'\nNAME='Alpine'\n", ['alpine', null, 'Alpine']],
    ['with escapes', 'ID=x\nPRETTY_NAME="a \\"b\\" \\$c"\n', ['x', null, 'a "b" $c']],
    ['with comments, blank lines and DOS line ends', '# x\r\n\r\nID=a\r\nID=b\r\n', ['b', null, null]],
    ['with a lone quote', 'ID="\nNAME=x', ['"', null, 'x']],
  ])('is read %s', async (_, text, [id, versionId, prettyName]) => {
    expect((await systemOf([file('etc/os-release', text)])).os).toEqual({ id, versionId, prettyName });
  });

  test('is read through the link that distributions have', async () => {
    const { os } = await systemOf([
      file('usr/lib/os-release', 'ID=debian\n'),
      symlink('etc/os-release', '../usr/lib/os-release'),
    ]);
    expect(os?.id).toBe('debian');
  });

  test('is what the last layer says', async () => {
    expect((await systemOf([file('etc/os-release', 'ID=a\n')], [file('etc/os-release', 'ID=b\n')])).os?.id).toBe('b');
  });

  test('is unknown where it was deleted, or says nothing', async () => {
    expect((await systemOf([file('etc/os-release', 'ID=a\n')], [whiteout('etc/os-release')])).os).toBeNull();
    expect((await systemOf([file('etc/os-release', 'HOME_URL=x\n')])).os).toBeNull();
    expect((await systemOf([dir('etc/os-release')])).os).toBeNull();
    expect((await systemOf([symlink('etc/os-release', 'os-release')])).os).toBeNull();
  });
});

describe('accounts', () => {
  test('are the lines with seven fields', async () => {
    const { accounts } = await systemOf([
      file(
        'etc/passwd',
        'root::0:0:root:/root:/bin/sh\n# comment:x:1:1:::\nshort:x:1\napp:x:1000:1000:a,b:/app:\nodd:x:-1:x:::/bin/odd \n',
      ),
    ]);
    expect(accounts).toEqual([
      { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh', emptyPassword: true },
      { name: 'app', uid: 1000, gid: 1000, home: '/app', shell: '', emptyPassword: false },
      { name: 'odd', uid: null, gid: null, home: '', shell: '/bin/odd', emptyPassword: false },
    ]);
  });

  test('of a file with millions of lines are limited', async () => {
    const { accounts } = await systemOf([file('etc/passwd', 'a:x:1:1:::\n'.repeat(70_000))]);
    expect(accounts.length).toBe(65_536);
  });

  test('have the login shells that are listed', async () => {
    const { loginShells } = await systemOf([file('etc/shells', '# shells\n/bin/sh\n /bin/bash # mine\nnologin\n\n')]);
    expect(loginShells).toEqual(['/bin/sh', '/bin/bash']);
  });
});

describe('packages', () => {
  test('are those of the live database only', async () => {
    const { packages } = await systemOf(
      [file('var/lib/dpkg/status', `${dpkg('gcc')}\n${dpkg('dash')}`)],
      [file('var/lib/dpkg/status', dpkg('dash'))],
    );
    expect(packages.installed.map(({ kind, name }) => [kind, name])).toEqual([['dpkg', 'dash']]);
  });

  test('of a folder of databases are put together, also where it has thousands of files', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => file(`var/lib/dpkg/status.d/p${i}`, dpkg(`p${i}`)));
    expect((await systemOf(many)).packages.counts()).toEqual({ dpkg: 3000 });
  });

  test('of a deleted database are none', async () => {
    expect(
      (await systemOf([file('var/lib/dpkg/status', dpkg('a'))], [whiteout('var/lib/dpkg')])).packages.counts(),
    ).toEqual({});
  });
});

test('an image without layers has nothing of a system', () => {
  const { os, accounts, loginShells, packages } = readSystem(foldLayers([]).filesystem, []);
  expect({ os, accounts, loginShells, packages: packages.all }).toEqual({
    os: null,
    accounts: [],
    loginShells: [],
    packages: [],
  });
});
