import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/index.ts';
import { examineLayer, type LayerRecord } from '../../../src/examine/index.ts';
import { foldLayers } from '../../../src/filesystem/index.ts';
import { type Runnable, readSystem } from '../../../src/system/index.ts';
import { elf } from '../../support/elf-writer.ts';
import { dir, file, hardlink, symlink, type TarMemberSpec, whiteout, writeTar } from '../../support/tar-writer.ts';

async function programsOf(layers: readonly (readonly TarMemberSpec[])[], limits: Limits = DEFAULT_LIMITS) {
  const records: LayerRecord[] = [];
  for (const members of layers) {
    const job = {
      location: 'stream',
      expectedDigest: null,
      expectedDiffId: null,
      limits,
      fingerprintKey: Buffer.from('key'),
    } as const;
    records.push((await examineLayer(job, [Uint8Array.from(writeTar(members))])).record);
  }
  const { filesystem } = foldLayers(records.map(({ columns }) => columns));
  return readSystem(filesystem, records, 'amd64').programs;
}

/** Whether /bin/x can run in a filesystem. */
async function canRun(...layers: readonly (readonly TarMemberSpec[])[]): Promise<Runnable | null> {
  const programs = await programsOf(layers);
  const program = programs.fileAt('/bin/x');
  return program === null ? null : programs.canRun(program);
}

const runs = (path: string, content: string | Uint8Array) => file(path, content, { mode: 0o755 });
const LOADER = '/lib64/ld-linux-x86-64.so.2';
const MUSL = '/lib/ld-musl-x86_64.so.1';
const dynamic = (...needed: readonly string[]) => elf({ interpreter: LOADER, needed });
const loader = runs('lib64/ld-linux-x86-64.so.2', elf({ soname: 'ld-linux-x86-64.so.2' }));
const library = (path: string, ...needed: readonly string[]) =>
  file(path, elf({ soname: path.slice(path.lastIndexOf('/') + 1), needed }));
const YES = { can: 'yes', why: null };
const no = (why: string): Runnable => ({ can: 'no', why });

describe('a program can run', () => {
  test.each<[string, readonly TarMemberSpec[]]>([
    ['where it is static', [runs('bin/x', elf())]],
    ['where its loader is there', [runs('bin/x', dynamic()), loader]],
    [
      'where its libraries are, and theirs',
      [runs('bin/x', dynamic('liba.so')), loader, library('usr/lib/liba.so', 'libc.so.6'), library('lib/libc.so.6')],
    ],
    ['where a library needs itself', [runs('bin/x', dynamic('liba.so')), loader, library('lib/liba.so', 'liba.so')]],
    [
      'where links lead to all that',
      [
        symlink('bin/x', '../opt/x'),
        runs('opt/x', dynamic('liba.so.1')),
        loader,
        library('opt/liba.so.1.2.3'),
        symlink('lib/liba.so.1', '/opt/liba.so.1.2.3'),
      ],
    ],
    ['by a hard link', [runs('opt/x', elf()), hardlink('bin/x', 'opt/x')]],
    [
      'where musl’s loader is the library it asks for',
      [
        runs('bin/x', elf({ interpreter: MUSL, needed: ['libc.musl-x86_64.so.1', 'libpthread.so.0'] })),
        runs(MUSL.slice(1), elf({ soname: 'libc.so' })),
      ],
    ],
    ['where it is for a machine that this one can be', [runs('bin/x', elf({ bits: 32, machine: 3 }))]],
    ['where it is a script, and its interpreter can', [runs('bin/x', '#!/bin/sh\n'), runs('bin/sh', elf())]],
    [
      'where env finds its interpreter',
      [runs('bin/x', '#!/usr/bin/env node\n'), runs('usr/bin/env', elf()), runs('usr/local/bin/node', elf())],
    ],
    [
      'where env finds it in a PATH of the container only',
      [runs('bin/x', '#!/usr/bin/env node\n'), runs('usr/bin/env', elf()), runs('opt/node/bin/node', elf())],
    ],
  ])('%s', async (_, members) => {
    expect(await canRun(members)).toEqual(YES);
  });
});

describe('a program cannot run', () => {
  test.each<[string, readonly (readonly TarMemberSpec[])[], string]>([
    ['without its loader', [[runs('bin/x', dynamic())]], `its loader ${LOADER} is not there`],
    [
      'with a loader that is a text',
      [[runs('bin/x', dynamic()), file(LOADER.slice(1), 'gone')]],
      `its loader ${LOADER} is no program`,
    ],
    ['without a library', [[runs('bin/x', dynamic('liba.so')), loader]], 'it needs liba.so, which is not there'],
    [
      'without a library of a library',
      [[runs('bin/x', dynamic('liba.so')), loader, library('lib/liba.so', 'libb.so')]],
      'it needs libb.so, which is not there',
    ],
    [
      'with a library that a later layer deletes',
      [[runs('bin/x', dynamic('liba.so')), loader, dir('lib'), library('lib/liba.so')], [whiteout('lib/liba.so')]],
      'it needs liba.so, which is not there',
    ],
    [
      'with a library for another machine',
      [[runs('bin/x', dynamic('liba.so')), loader, file('lib/liba.so', elf({ machine: 183, soname: 'liba.so' }))]],
      'it needs liba.so, which is not there',
    ],
    ['for another machine', [[runs('bin/x', elf({ machine: 183 }))]], 'it is for arm64, and the image for amd64'],
    ['that is none', [[runs('bin/x', 'a text\n')]], 'it is no program'],
    ['that is cut', [[runs('bin/x', elf().subarray(0, 30))]], 'its ELF header is cut'],
    ['that is a library', [[runs('bin/x', elf({ soname: 'liba.so' }))]], 'it is a library'],
    ['whose interpreter is gone', [[runs('bin/x', '#!/bin/sh\n')]], 'its interpreter /bin/sh is not there'],
    [
      'whose interpreter cannot',
      [[runs('bin/x', '#!/bin/sh\n'), runs('bin/sh', dynamic())]],
      `its interpreter /bin/sh cannot run: its loader ${LOADER} is not there`,
    ],
  ])('%s', async (_, layers, why) => {
    expect(await canRun(...layers)).toEqual(no(why));
  });

  test('that is its own interpreter', async () => {
    expect((await canRun([runs('bin/x', '#!/bin/x\n')]))?.can).toBe('no');
  });
});

describe('nothing is at a path', () => {
  test.each<[string, TarMemberSpec]>([
    ['that nobody may execute', file('bin/x', elf())],
    ['that is a folder', dir('bin/x')],
    ['that is a link to itself', symlink('bin/x', 'x')],
  ])('%s', async (_, member) => {
    expect(await canRun([member])).toBeNull();
  });
});

test('what limits kept from being examined is unknown, not absent', async () => {
  const programs = await programsOf([[runs('bin/x', elf())]], { ...DEFAULT_LIMITS, maxProgramFactBytes: 0 });
  const program = programs.fileAt('bin/x');
  expect(program === null ? null : programs.canRun(program).can).toBe('unknown');
});

describe('a command is found', () => {
  test.each([
    ['in the first folder of PATH that has it', 'x', '/opt:/usr/bin', '/', 'usr/bin/x'],
    ['in the usual folders where no PATH is set', 'x', null, '/', 'usr/bin/x'],
    ['by its path', '/usr/bin/x', '', '/', 'usr/bin/x'],
    ['from the working folder', './x', '', '/usr/bin', 'usr/bin/x'],
    ['nowhere outside PATH', 'x', '/opt', '/usr/bin', undefined],
    ['nowhere by an empty name', '', null, '/', undefined],
  ])('%s', async (_, command, path, folder, expected) => {
    const programs = await programsOf([[runs('usr/bin/x', elf()), dir('opt')]]);
    expect(programs.find(command, path, folder)?.path).toBe(expected);
  });
});
