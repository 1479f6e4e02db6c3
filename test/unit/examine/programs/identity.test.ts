import { describe, expect, test } from 'vitest';
import { ProgramCollector, type ProgramFacts } from '../../../../src/examine/programs/index.ts';
import { elf, goBuildInfo, PROGRAM_TEXTS } from '../../../support/elf-writer.ts';

function factsOf(bytes: Uint8Array, name = 'bin/x', mode = 0o755): ProgramFacts | null {
  const collector = new ProgramCollector({ maxProgramFactBytes: 16 * 1024 * 1024 });
  collector.begin(0, mode, Buffer.from(name), bytes.byteLength);
  collector.content(bytes);
  collector.finish();
  return collector.programs[0] ?? null;
}

describe('what a program is, whatever it is called', () => {
  test.each<[string, readonly string[], ProgramFacts['identity']]>([
    ['bash', PROGRAM_TEXTS.bash, { name: 'bash', version: '5.2.15', shells: ['bash'], multiCall: false }],
    ['dash', PROGRAM_TEXTS.dash, { name: 'dash', version: null, shells: ['dash'], multiCall: false }],
    [
      'another Almquist shell',
      ['OPTIND=1', 'PS4=+ '],
      { name: 'ash', version: null, shells: ['ash'], multiCall: false },
    ],
    ['busybox', PROGRAM_TEXTS.busybox, { name: 'busybox', version: '1.36.1', shells: ['ash'], multiCall: true }],
    [
      'busybox with hush',
      [...PROGRAM_TEXTS.busyboxWithoutShell, 'HUSH_VERSION'],
      { name: 'busybox', version: '1.36.1', shells: ['hush'], multiCall: true },
    ],
    [
      'busybox without a shell',
      PROGRAM_TEXTS.busyboxWithoutShell,
      { name: 'busybox', version: '1.36.1', shells: [], multiCall: true },
    ],
    [
      'toybox without a shell',
      ['see toybox --help', 'Toybox %s multicall binary%s'],
      { name: 'toybox', version: null, shells: [], multiCall: true },
    ],
    ['zsh', PROGRAM_TEXTS.zsh, { name: 'zsh', version: null, shells: ['zsh'], multiCall: false }],
    ['mksh', PROGRAM_TEXTS.mksh, { name: 'mksh', version: '59', shells: ['mksh'], multiCall: false }],
    [
      'ksh93',
      ['@(#)$Id: Version AJM 93u+m/1.0.4 2022-10-22 $'],
      { name: 'ksh93', version: 'AJM 93u+m/1.0.4', shells: ['ksh93'], multiCall: false },
    ],
    ['its compiler', ['@(#)$Id: Version AJM 93u+m/1.0.4 2022-10-22 $', '@(#)$Id: shcomp (AT&T Research) $'], null],
    ['the starter of PowerShell', ['pwsh.dll'], { name: 'pwsh', version: null, shells: ['pwsh'], multiCall: false }],
    [
      'coreutils in one file',
      ['Usage: %s --coreutils-prog=PROGRAM_NAME'],
      { name: 'coreutils', version: null, shells: [], multiCall: true },
    ],
    ['a program that speaks of shells', ['export OPTIND=1 to', 'GNU bash, version %s', 'BusyBox v'], null],
  ])('is told of %s', (_, texts, identity) => {
    expect(factsOf(elf({ texts }))?.identity).toEqual(identity);
  });

  test('is not looked for in libraries', () => {
    expect(factsOf(elf({ texts: PROGRAM_TEXTS.bash, soname: 'libx.so' }), 'lib/libx.so.1', 0o755)?.identity).toBeNull();
  });

  test.each([
    ['src.elv.sh/cmd/elvish', 'elvish'],
    ['mvdan.cc/sh/v3/cmd/gosh', 'gosh'],
  ])('is told of the Go program %s', (path, name) => {
    const facts = factsOf(elf({ data: goBuildInfo('go1.22.3', [`path\t${path}`, 'mod\tx\tv1.2.3\th1:x=']) }));
    expect(facts?.identity).toEqual({ name, version: 'v1.2.3', shells: [name], multiCall: false });
  });
});

describe('what Go wrote into a program', () => {
  const LINES = [
    'path\texample.com/app/cmd/app',
    'mod\texample.com/app\t(devel)\t',
    'dep\tgithub.com/a/b\tv1.0.0\th1:aaa=',
    'dep\tgithub.com/c/d\tv2.0.0',
    '=>\tgithub.com/fork/d\tv2.0.1\th1:ddd=',
    'build\t-compiler=gc',
    'build\t-ldflags="-X main.token=hunter2hunter2"',
    'build\tCGO_ENABLED=0',
    'build\tvcs.revision=0123abcd',
  ];

  test('is its version, its modules and how it was built', () => {
    expect(factsOf(elf({ data: goBuildInfo('go1.22.3', LINES) }))?.go).toEqual({
      version: 'go1.22.3',
      path: 'example.com/app/cmd/app',
      main: { path: 'example.com/app', version: '(devel)', sum: null, replacedBy: null },
      dependencies: [
        { path: 'github.com/a/b', version: 'v1.0.0', sum: 'h1:aaa=', replacedBy: null },
        {
          path: 'github.com/c/d',
          version: 'v2.0.0',
          sum: null,
          replacedBy: { path: 'github.com/fork/d', version: 'v2.0.1', sum: 'h1:ddd=' },
        },
      ],
      settings: { '-compiler': 'gc', CGO_ENABLED: '0', 'vcs.revision': '0123abcd' },
    });
  });

  test('has no flags of the linker, where people put secrets', () => {
    expect(JSON.stringify(factsOf(elf({ data: goBuildInfo('go1.22.3', LINES) })))).not.toContain('hunter2');
  });

  test('is known to be there in programs of Go before 1.18, and is not read', () => {
    const blob = goBuildInfo('go1.16', []);
    blob[15] = 0;
    expect(factsOf(elf({ data: blob }))?.go).toEqual({
      version: null,
      path: null,
      main: null,
      dependencies: [],
      settings: {},
    });
  });

  test.each([
    ['a length beyond the end', (blob: Buffer) => blob.fill(0xff, 32, 36)],
    ['an empty version', (blob: Buffer) => blob.fill(0, 32, 33)],
  ])('with %s is nothing', (_, change) => {
    const blob = goBuildInfo('go1.22.3', LINES);
    change(blob);
    expect(factsOf(elf({ data: blob }))?.go).toBeNull();
  });

  test('is not what a program holds to compare with', () => {
    expect(factsOf(elf({ texts: ['\u00ff Go buildinf:'] }))?.go).toBeNull();
  });
});

describe('scripts', () => {
  test.each([
    ['#!/bin/sh\n', '/bin/sh', null],
    ['#! /bin/sh -e\nx', '/bin/sh', null],
    ['#!/usr/bin/env node\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env -S deno run --allow-net\n', '/usr/bin/env', 'deno'],
    ['#!/usr/bin/env -Spython3 -u\n', '/usr/bin/env', 'python3'],
    ['#!/usr/bin/env -u A B=c ruby\n', '/usr/bin/env', 'ruby'],
    ['#!/bin/bash\r\n', '/bin/bash', null],
    ['#!/bin/bash', '/bin/bash', null],
  ])('%j runs %s', (text, interpreter, envProgram) => {
    expect(factsOf(Buffer.from(text))).toMatchObject({ format: 'script', interpreter, envProgram });
  });

  test.each(['#!\n\n\n', '#!    ', '# !/bin/sh', '#'])('%j is none', (text) => {
    expect(factsOf(Buffer.from(text))).toBeNull();
  });

  test('that nobody may start is none', () => {
    expect(factsOf(Buffer.from('#!/bin/sh\n'), 'x', 0o644)).toBeNull();
  });

  test('that unpack themselves are told', () => {
    const packed = "#!/bin/sh\nskip=44\nset -e\ntab='\t'\numask=`umask`\ngztmpdir=\n";
    expect(factsOf(Buffer.from(packed))?.packer).toBe('gzexe');
    expect(factsOf(Buffer.from('#!/bin/sh\nskip=44\n'))?.packer).toBeNull();
  });
});

describe('programs of other systems', () => {
  function pe(sections: readonly string[], characteristics = 0x22): Buffer {
    const bytes = Buffer.alloc(1024);
    bytes.write('MZ');
    bytes.writeUInt32LE(0x80, 0x3c);
    bytes.write('PE\0\0', 0x80);
    bytes.writeUInt16LE(0x8664, 0x84);
    bytes.writeUInt16LE(sections.length, 0x86);
    bytes.writeUInt16LE(0xf0, 0x94);
    bytes.writeUInt16LE(characteristics, 0x96);
    bytes.writeUInt16LE(0x20b, 0x98);
    for (const [i, name] of sections.entries()) bytes.write(name, 0x98 + 0xf0 + i * 40);
    return bytes;
  }

  test('are told by what is behind their first bytes', () => {
    expect(factsOf(pe(['.text']))).toMatchObject({ format: 'pe', kind: 'executable', architecture: 'amd64', bits: 64 });
    expect(factsOf(pe(['.text'], 0x2022))).toMatchObject({ kind: 'library' });
    expect(factsOf(pe(['UPX0', 'UPX1']))?.packer).toBe('upx');
    expect(factsOf(Buffer.from('MZ is how a text may begin'))).toBeNull();
    const absurd = pe([]);
    absurd.writeUInt32LE(0xfffffff0, 0x3c);
    expect(factsOf(absurd)).toBeNull();
  });

  test('of macOS are no classes of Java', () => {
    const mach = Buffer.alloc(64);
    mach.writeUInt32LE(0xfeedfacf, 0);
    mach.writeUInt32LE(0x0100000c, 4);
    mach.writeUInt32LE(2, 12);
    expect(factsOf(mach)).toMatchObject({ format: 'mach-o', architecture: 'arm64', kind: 'executable', bits: 64 });
    const several = Buffer.alloc(64);
    several.writeUInt32BE(0xcafebabe, 0);
    several.writeUInt32BE(2, 4);
    expect(factsOf(several)).toMatchObject({ format: 'mach-o', architecture: null });
    several.writeUInt32BE(61, 4);
    expect(factsOf(several)).toBeNull();
  });
});
