import { describe, expect, test } from 'vitest';
import { APK, collect, DPKG, databaseOf, stated } from './collect-files.ts';

describe('databases of distributions', () => {
  test.each(['lib/apk/db/installed', 'usr/lib/apk/db/installed', 'rootfs/lib/apk/db/installed'])(
    'apk at %s',
    (path) => {
      const database = databaseOf(path, APK);
      const root = path.startsWith('rootfs/') ? 'rootfs/' : '';
      expect(database).toMatchObject({ kind: 'apk', declared: false, members: [], trouble: null });
      expect(stated(database)).toEqual([
        {
          name: 'musl',
          version: '1.2.4-r2',
          architecture: 'x86_64',
          license: 'MIT',
          source: 'musl',
          files: `${root}lib/ld-musl-x86_64.so.1\0${root}lib/libc.musl-x86_64.so.1\0`,
        },
        { name: 'alpine-baselayout', version: '3.4.3-r1', architecture: 'x86_64', files: `${root}etc/motd\0` },
      ]);
    },
  );

  test.each(['var/lib/dpkg/status', 'usr/lib/dpkg/status', 'var/lib/dpkg/status.d/libc6', 'mnt/var/lib/dpkg/status'])(
    'dpkg at %s: what is there, and not what was removed',
    (path) => {
      expect(stated(databaseOf(path, DPKG))).toEqual([
        {
          name: 'libc6',
          version: '2.36-9+deb12u4',
          architecture: 'amd64',
          source: 'glibc',
          sourceVersion: '2.36-9+deb12u3',
        },
        { name: 'waiting', version: '2' },
      ]);
    },
  );

  test('dpkg’s lists of files', () => {
    const { databases, fileLists } = collect({
      'var/lib/dpkg/info/libc6:amd64.list': '/.\n/lib\n/lib/libc.so.6\n',
      'var/lib/dpkg/status.d/base.md5sums': 'd41d8cd98f00b204e9800998ecf8427e  etc/debian_version\nnonsense\n',
      'var/lib/dpkg/info/odd.list': '/.\n\n/usr\r\nrelative\n/last',
      'mnt/var/lib/dpkg/info/other.list': '/.\n/usr\n',
      'var/lib/dpkg/info/libc6:amd64.md5sums': 'd41d8cd98f00b204e9800998ecf8427e  lib/libc.so.6\n',
    });
    expect(databases).toEqual([]);
    expect(fileLists).toEqual([
      { kind: 'dpkg', row: 0, owner: 'dpkg\0var/lib/dpkg\0libc6:amd64', files: '.\0lib\0lib/libc.so.6\0' },
      { kind: 'dpkg', row: 1, owner: 'dpkg\0var/lib/dpkg\0base', files: 'etc/debian_version\0' },
      { kind: 'dpkg', row: 2, owner: 'dpkg\0var/lib/dpkg\0odd', files: 'usr\0relative\0last\0' },
      { kind: 'dpkg', row: 3, owner: 'dpkg\0mnt/var/lib/dpkg\0other', files: 'mnt/usr\0' },
    ]);
  });

  test('pacman', () => {
    const { databases, fileLists } = collect({
      'var/lib/pacman/local/gmp-6.2.1-2/desc':
        '%NAME%\ngmp\n\n%VERSION%\n6.2.1-2\n\n%BASE%\ngmp\n\n%ARCH%\nx86_64\n\n%LICENSE%\nLGPL3\nGPL\n',
      'var/lib/pacman/local/gmp-6.2.1-2/files':
        '%FILES%\nusr/\nusr/lib/\nusr/lib/libgmp.so\n\n%BACKUP%\netc/gmp\tabc\n',
    });
    expect(databases.flatMap(stated)).toEqual([
      { name: 'gmp', version: '6.2.1-2', architecture: 'x86_64', source: 'gmp', license: 'LGPL3, GPL' },
    ]);
    expect(fileLists.map(({ files }) => files)).toEqual(['usr/lib/libgmp.so\0']);
  });

  test('opkg', () => {
    const { databases, fileLists } = collect({
      'usr/lib/opkg/status':
        'Package: ubi-utils\nVersion: 2.1.5-1\nStatus: install user installed\nArchitecture: aarch64\n',
      'usr/lib/opkg/info/ubi-utils.list': '/usr/sbin/mtdinfo\n/usr/sbin/ubinfo\t0755\n',
    });
    expect(databases.map(({ kind }) => kind)).toEqual(['opkg']);
    expect(databases.flatMap(stated)).toEqual([{ name: 'ubi-utils', version: '2.1.5-1', architecture: 'aarch64' }]);
    expect(fileLists[0]?.files).toBe('usr/sbin/mtdinfo\0usr/sbin/ubinfo\0');
  });

  test.each(['lib/apk/db/installed', 'var/lib/dpkg/status', 'var/lib/rpm/Packages', 'var/lib/rpm/rpmdb.sqlite'])(
    'that name no package are databases all the same: %s',
    (path) => {
      expect(databaseOf(path, '')).toMatchObject({ packages: [], trouble: null });
    },
  );
});
