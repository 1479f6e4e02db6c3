import { describe, expect, test } from 'vitest';
import { collect, databaseOf, stated } from './collect-files.ts';

describe('packages of R, Lua and PEAR', () => {
  test('R: those that are installed, and R’s own', () => {
    const { databases } = collect({
      'usr/lib/R/site-library/stringr/DESCRIPTION':
        'Package: stringr\nVersion: 1.5.0\nLicense: MIT + file LICENSE\nDescription: Strings\n  Package: no\nBuilt: R 4.5.0; ; 2025-01-01; unix\n',
      'usr/lib/R/library/base/DESCRIPTION': 'Package: base\nVersion: 4.5.0\nPriority: base\n',
      'src/mine/DESCRIPTION': 'Package: mine\nVersion: 0.1\n',
    });
    expect(databases.flatMap(stated)).toEqual([
      { name: 'stringr', version: '1.5.0', license: 'MIT + file LICENSE' },
      { name: 'base', version: '4.5.0' },
    ]);
  });

  test('Lua: a rock where LuaRocks put it, and not the specification in a source tree', () => {
    const rockspec = 'package = "LPeg"\nversion = "1.0.2-1"\ndescription = {\n   license = "MIT/X11"\n}\n';
    expect(stated(databaseOf('usr/local/lib/luarocks/rocks-5.4/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec', rockspec))).toEqual(
      [{ name: 'LPeg', version: '1.0.2-1', license: 'MIT/X11' }],
    );
    expect(collect({ 'src/lpeg-1.0.2-1.rockspec': rockspec }).databases).toEqual([]);
  });

  test.each([
    [
      '6',
      'a:3:{s:7:"channel";s:12:"pecl.php.net";s:4:"name";s:9:"memcached";s:7:"version";a:2:{s:7:"release";s:5:"3.2.0";s:3:"api";s:5:"1.0.0";}}',
    ],
    ['5', 'a:2:{s:4:"name";s:9:"memcached";s:7:"version";s:5:"3.2.0";s:7:"channel";s:12:"pecl.php.net";}'],
  ])('PEAR: an extension, as version %s of its registry has it', (_, content) => {
    expect(stated(databaseOf('usr/local/lib/php/.registry/.channel.pecl.php.net/memcached.reg', content))).toEqual([
      { name: 'memcached', version: '3.2.0', namespace: 'pecl.php.net' },
    ]);
  });
});

describe('Gentoo', () => {
  const contents = 'dir /usr/bin\nobj /usr/bin/a b c 0123456789abcdef 1700000000\nsym /usr/bin/d -> a 1700000000\n';

  test.each([
    ['app-containers/skopeo-1.5.1', 'app-containers/skopeo', '1.5.1'],
    ['sys-libs/glibc-2.38-r9', 'sys-libs/glibc', '2.38-r9'],
    ['dev-lang/python-exec-2.4.10_p1', 'dev-lang/python-exec', '2.4.10_p1'],
    ['x11-libs/gtk+-3.24.38_rc2-r1', 'x11-libs/gtk+', '3.24.38_rc2-r1'],
  ])('%s is a package with its files', (folder, name, version) => {
    expect(stated(databaseOf(`var/db/pkg/${folder}/CONTENTS`, contents))).toEqual([
      { name, namespace: name.split('/')[0], version, files: 'usr/bin/a b c\0usr/bin/d\0' },
    ]);
  });
});

describe('what no package manager brought', () => {
  test.each([
    [
      'opt/java/openjdk/release',
      'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="21.0.4"\nFULL_VERSION="21.0.4+7-LTS"\n',
      'openjdk',
      '21.0.4+7-LTS',
    ],
    ['usr/lib/jvm/zulu17/release', 'IMPLEMENTOR="Azul Systems, Inc."\r\nJAVA_VERSION="17.0.9"\r\n', 'zulu', '17.0.9'],
    ['usr/java/jdk-8/release', 'JAVA_VERSION="1.8.0_411"\nBUILD_TYPE="commercial"\n', 'jdk', '1.8.0_411'],
    ['usr/local/go/VERSION', 'go1.22.3\ntime 2024-05-01T19:49:47Z\n', 'go', '1.22.3'],
    ['usr/local/lib/erlang/releases/27/OTP_VERSION', '27.3.4.1\n', 'erlang', '27.3.4.1'],
  ])('%s', (path, content, name, version) => {
    expect(databaseOf(path, content)).toMatchObject({ kind: 'generic', packages: [{ name, version }] });
  });

  test('files of the same names that say something else are none', () => {
    const files = { 'etc/x/release': 'Debian 12\n', 'srv/go/VERSION': 'latest\n', 'srv/VERSION': 'go1.22\n' };
    expect(collect(files).databases).toEqual([]);
  });

  test('WordPress: plugins, by the folder that they are in', () => {
    const { databases } = collect({
      'var/www/html/wp-content/plugins/akismet/akismet.php':
        '<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\nLicense: GPLv2 or later\n*/\n',
      'var/www/html/wp-content/plugins/hello/hello.php': '<?php /* Plugin Name: Hello */\n',
      'var/www/html/wp-content/plugins/akismet/class.php': '<?php class A {}\n',
    });
    expect(databases.flatMap(stated)).toEqual([
      { name: 'akismet', version: '5.3', license: 'GPLv2 or later' },
      { name: 'hello' },
    ]);
  });

  test('Bitnami: what its documents name, and not what that was made of', () => {
    const one = (name: string, url: string) => ({
      ...{ name, versionInfo: '1.0.0-1', licenseConcluded: 'MIT' },
      externalRefs: [{ referenceType: 'purl', referenceLocator: url }],
    });
    const content = { packages: [one('redis', 'pkg:bitnami/redis@1.0.0-1'), one('left-pad', 'pkg:npm/left-pad@1'), 7] };
    expect(stated(databaseOf('opt/bitnami/redis/.spdx-redis.spdx', content))).toEqual([
      { name: 'redis', version: '1.0.0-1', license: 'MIT' },
    ]);
  });

  test('Homebrew: by the place of its receipt', () => {
    expect(databaseOf('home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json', {})).toMatchObject({
      kind: 'brew',
      packages: [{ name: 'jq', version: '1.7.1' }],
    });
  });
});
