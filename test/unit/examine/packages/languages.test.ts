import { describe, expect, test } from 'vitest';
import { collect, databaseOf, stated } from './collect-files.ts';

const METADATA = `Metadata-Version: 2.1
Name: Requests
Version: 2.31.0
License: Apache 2.0
Classifier: License :: OSI Approved :: Apache Software License

Name: not-this-one
`;

describe('packages of languages', () => {
  test('npm: modules, and not their folders', () => {
    const { databases } = collect({
      'app/node_modules/express/package.json': { name: 'express', version: '4.18.2', license: 'MIT' },
      'app/node_modules/express/lib/package.json': { type: 'module' },
      'app/node_modules/@acme/tool/package.json': { name: '@acme/tool', version: '1.0.0', license: { type: 'BSD' } },
      'app/node_modules/@acme/package.json': { name: 'no', version: '1' },
      'app/node_modules/old/package.json': { name: 'old', licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] },
      'app/node_modules/broken/package.json': '{"name": "bro',
      'app/node_modules/nameless/package.json': { version: '1.0.0' },
      'app/node_modules/.bin/package.json': { name: 'no', version: '1' },
    });
    expect(databases.flatMap(stated)).toEqual([
      { name: 'express', version: '4.18.2', license: 'MIT' },
      { name: '@acme/tool', version: '1.0.0', license: 'BSD', namespace: '@acme' },
      { name: 'old', license: 'MIT OR Apache-2.0' },
    ]);
  });

  test('npm: what is there for development', () => {
    const { databases } = collect({
      'app/package.json': { name: 'app', dependencies: { express: '4' }, devDependencies: { jest: '29' } },
      'app/node_modules/.package-lock.json': {
        lockfileVersion: 3,
        packages: {
          'node_modules/jest': { version: '29.7.0', dev: true },
          'node_modules/express': { version: '4.18.2' },
        },
      },
    });
    expect(databases.map(({ declared, packages, development }) => [declared, packages, development])).toEqual([
      [false, [], ['jest']],
      [false, [], ['jest']],
    ]);
  });

  test.each([
    [
      'package-lock.json of version 1, which nests',
      'app/package-lock.json',
      {
        lockfileVersion: 1,
        dependencies: {
          a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } },
          c: { version: '3.0.0', dev: true },
        },
      },
      ['a 1.0.0', 'b 2.0.0', 'c 3.0.0'],
    ],
    [
      'package-lock.json of version 3',
      'app/package-lock.json',
      {
        lockfileVersion: 3,
        packages: {
          '': { name: 'app' },
          'node_modules/a': { version: '1.0.0' },
          'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
          'node_modules/alias': { name: 'real', version: '3.0.0' },
          'node_modules/linked': { link: true, resolved: 'packages/linked' },
        },
      },
      ['@s/b 2.0.0', 'a 1.0.0', 'real 3.0.0'],
    ],
    [
      'yarn.lock of yarn 1',
      'app/yarn.lock',
      '# yarn lockfile v1\n\n"@babel/code@^7.0.0", "@babel/code@^7.1.0":\n  version "7.12.13"\n  resolved "https://x"\n\nabbrev@1:\n  version "1.1.1"\n',
      ['@babel/code 7.12.13', 'abbrev 1.1.1'],
    ],
    [
      'yarn.lock of its successors',
      'app/yarn.lock',
      '__metadata:\n  version: 8\n\n"abbrev@npm:^1.0.0":\n  version: 1.1.1\n  resolution: "abbrev@npm:1.1.1"\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n',
      ['abbrev 1.1.1'],
    ],
    [
      'pnpm-lock.yaml of version 5',
      'app/pnpm-lock.yaml',
      'lockfileVersion: 5.4\n\npackages:\n\n  /@babel/code/7.12.13:\n    resolution: {integrity: x}\n  /debug/4.3.4_supports-color@9:\n    dev: true\n',
      ['@babel/code 7.12.13', 'debug 4.3.4'],
    ],
    [
      'pnpm-lock.yaml of version 6',
      'app/pnpm-lock.yaml',
      "lockfileVersion: '6.0'\n\npackages:\n\n  /@babel/code@7.12.13:\n    resolution: {}\n  /debug@4.3.4(supports-color@9.0.0):\n    dev: true\n",
      ['@babel/code 7.12.13', 'debug 4.3.4'],
    ],
    [
      'pnpm-lock.yaml of version 9',
      'app/pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\nimporters:\n  .:\n    dependencies:\n\npackages:\n\n  '@babel/code@7.12.13':\n    resolution: {}\n\nsnapshots:\n\n  'x@1.0.0':\n    dev: true\n",
      ['@babel/code 7.12.13'],
    ],
  ])('%s is what is to be installed', (_, path, content, expected) => {
    const { declared, packages } = databaseOf(path, content);
    expect(declared).toBe(true);
    expect(packages.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(expected);
  });

  test('lock files that modules bring are none', () => {
    const lock = { packages: { 'node_modules/a': { version: '1' } } };
    expect(
      collect({ 'app/node_modules/x/package-lock.json': lock, 'app/node_modules/x/yarn.lock': '' }).databases,
    ).toEqual([]);
  });

  test.each([
    'usr/lib/python3/site-packages/requests-2.31.0.dist-info/METADATA',
    'usr/lib/python3/site-packages/requests.egg-info/PKG-INFO',
    'usr/lib/python3/dist-packages/requests-2.31.0.egg-info',
    'usr/lib/python3/site-packages/requests-2.31.0-py3.11.egg/EGG-INFO/PKG-INFO',
  ])('Python: %s', (path) => {
    expect(stated(databaseOf(path, METADATA))).toEqual([
      { name: 'Requests', version: '2.31.0', license: 'Apache 2.0' },
    ]);
  });

  test('Python: the license that a classifier names where the other is a whole text', () => {
    const text = `Name: a\nVersion: 1\nLicense: ${'Permission is hereby granted '.repeat(9)}\nClassifier: License :: OSI Approved :: MIT License\n`;
    expect(stated(databaseOf('x/a.dist-info/METADATA', text))).toEqual([
      { name: 'a', version: '1', license: 'MIT License' },
    ]);
  });

  test('Python: the files of a package, from where its RECORD is', () => {
    const { fileLists } = collect({
      'usr/lib/python3/site-packages/a-1.dist-info/RECORD':
        'a/__init__.py,sha256=x,10\n../../../bin/a,sha256=y,20\n"a/with, comma.py",,\n/etc/a.conf,,\n',
    });
    expect(fileLists).toEqual([
      {
        kind: 'pypi',
        row: 0,
        owner: 'pypi\0usr/lib/python3/site-packages/a-1.dist-info\0',
        files:
          'usr/lib/python3/site-packages/a/__init__.py\0usr/bin/a\0usr/lib/python3/site-packages/a/with, comma.py\0etc/a.conf\0',
      },
    ]);
  });

  test('Ruby: specifications of gems', () => {
    const text = `Gem::Specification.new do |s|\n  s.name = "nokogiri".freeze\n  s.version = "1.15.4"\n  s.platform = "x86_64-linux".freeze\n  s.licenses = ["MIT".freeze]\nend\n`;
    expect(
      stated(databaseOf('usr/lib/ruby/gems/3.2.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec', text)),
    ).toEqual([{ name: 'nokogiri', version: '1.15.4', architecture: 'x86_64-linux', license: 'MIT' }]);
    expect(stated(databaseOf('gems/specifications/default/json-2.6.3.gemspec', 'require "x"\n'))).toEqual([
      { name: 'json', version: '2.6.3' },
    ]);
    expect(collect({ 'app/acme.gemspec': text }).databases).toEqual([]);
  });

  test('PHP: what composer 1 and 2 installed', () => {
    const one = { name: 'symfony/console', version: 'v6.3.4', license: ['MIT'] };
    const expected = [{ name: 'symfony/console', version: 'v6.3.4', license: 'MIT', namespace: 'symfony' }];
    const path = 'app/vendor/composer/installed.json';
    expect(stated(databaseOf(path, [one]))).toEqual(expected);
    const two = databaseOf(path, { packages: [one], dev: true, 'dev-package-names': ['phpunit/phpunit'] });
    expect(stated(two)).toEqual(expected);
    expect(two.development).toEqual(['phpunit/phpunit']);
  });

  test('Rust: programs that cargo installed', () => {
    const content = {
      installs: { 'ripgrep 13.0.0 (registry+https://github.com/rust-lang/crates.io-index)': { bins: ['rg'] } },
    };
    expect(stated(databaseOf('root/.cargo/.crates2.json', content))).toEqual([
      { name: 'ripgrep', version: '13.0.0', files: 'root/.cargo/bin/rg\0' },
    ]);
  });

  test('npm: an application, what came another way, and copies in modules, but for those of tests', () => {
    const { databases } = collect({
      'app/package.json': { name: 'shop', version: '1.2.3', license: 'UNLICENSED' },
      'opt/yarn-v1.22.22/package.json': { name: 'yarn', version: '1.22.22' },
      'usr/share/nodejs/acorn/package.json': { name: 'acorn', version: '8.8.1' },
      'app/node_modules/ts/vendor/rpc/package.json': { name: 'rpc', version: '9.0.0' },
      'app/node_modules/ts/vendor/setting/package.json': { name: 'setting' },
      'app/node_modules/ts/test/fixtures/x/package.json': { name: 'nowhere', version: '1.0.0' },
    });
    expect(databases.flatMap(stated)).toEqual([
      { name: 'shop', version: '1.2.3', license: 'UNLICENSED' },
      { name: 'yarn', version: '1.22.22' },
      { name: 'acorn', version: '8.8.1' },
      { name: 'rpc', version: '9.0.0' },
    ]);
    expect(databases.every(({ declared }) => !declared)).toBe(true);
  });

  test('Python: not Python itself', () => {
    expect(
      collect({ 'usr/lib/python2.7/lib-dynload/Python-2.7.egg-info': 'Name: Python\nVersion: 2.7.13\n' }).databases,
    ).toEqual([]);
  });

  test('.NET: the application, and of its packages those that have files to run', () => {
    const content = {
      targets: {
        '.NETCoreApp,Version=v8.0': {},
        '.NETCoreApp,Version=v8.0/linux-x64': {
          'App/1.0.0': { dependencies: { 'Newtonsoft.Json': '13.0.3' }, runtime: { 'App.dll': {} } },
          'Newtonsoft.Json/13.0.3': { runtime: { 'lib/net6.0/Newtonsoft.Json.dll': {} } },
          'Zlib.Native/1.2.0': { runtimeTargets: { 'runtimes/linux-x64/native/z.so': {} } },
          'Microsoft.SourceLink.GitHub/1.1.1': { dependencies: {} },
        },
      },
      libraries: {
        'App/1.0.0': { type: 'project' },
        'Newtonsoft.Json/13.0.3': { type: 'package' },
        'Zlib.Native/1.2.0': { type: 'package' },
        'Microsoft.SourceLink.GitHub/1.1.1': { type: 'package' },
        'System.Runtime/4.0.0': { type: 'reference' },
      },
    };
    expect(stated(databaseOf('app/App.deps.json', content))).toEqual([
      { name: 'App', version: '1.0.0' },
      { name: 'Newtonsoft.Json', version: '13.0.3' },
      { name: 'Zlib.Native', version: '1.2.0' },
    ]);
  });

  test('.NET: a lock file names what is to be restored', () => {
    const content = {
      version: 1,
      dependencies: { 'net8.0': { Serilog: { type: 'Direct', resolved: '3.1.1' }, P: {} } },
    };
    const database = databaseOf('src/packages.lock.json', content);
    expect([database.declared, ...stated(database)]).toEqual([true, { name: 'Serilog', version: '3.1.1' }]);
  });

  test('conda', () => {
    const content = {
      name: 'numpy',
      version: '1.26.0',
      build: 'py311',
      subdir: 'linux-64',
      license: 'BSD-3-Clause',
      files: ['lib/numpy.so', 'bin/f2py'],
    };
    expect(stated(databaseOf('opt/conda/conda-meta/numpy-1.26.0-py311.json', content))).toEqual([
      {
        name: 'numpy',
        version: '1.26.0',
        architecture: 'linux-64',
        license: 'BSD-3-Clause',
        files: 'opt/conda/lib/numpy.so\0opt/conda/bin/f2py\0',
      },
    ]);
  });
});
