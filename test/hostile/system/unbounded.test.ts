/** Files of a system, and programs, made to cost time or memory, or to break what reads them. */
import { describe, expect, test } from 'vitest';
import { APP_USER, steps } from '../../../fixtures/rules/fixture.ts';
import type { Report } from '../../../src/report/index.ts';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { elf, PROGRAM_TEXTS } from '../../support/elf-writer.ts';
import { berkeleyDb, ndb, rpmHeader } from '../../support/rpm-database.ts';
import { file, hardlink, symlink, type TarMemberSpec } from '../../support/tar-writer.ts';
import { APK } from '../../unit/examine/packages/collect-files.ts';
import { sqliteDatabase } from '../../unit/examine/packages/rpm-sqlite.ts';

const runs = (path: string, content: string | Uint8Array) => file(path, content, { mode: 0o755 });
const audit = (members: readonly TarMemberSpec[], config: object = APP_USER): Promise<Report> =>
  auditRecipe({ steps: steps(members), config: { ...config } }, { reproducible: true });
const of = (report: Report, rule: string) => report.findings.filter((finding) => finding.rule === rule);

describe('files of the system', () => {
  test('with a hundred thousand accounts give a hundred findings', async () => {
    const line = (i: number): string => `a${i}::0:0::/:/bin/sh\n`;
    const report = await audit([file('etc/passwd', Array.from({ length: 100_000 }, (_, i) => line(i)).join(''))]);
    expect(of(report, 'user/second-root').length).toBe(100);
    expect(of(report, 'user/empty-password').length).toBe(100);
  });

  test('with a million accounts are too large, which is told, and the rest is examined', async () => {
    const lines = Array.from({ length: 1_000_000 }, (_, i) => `account-${i}:x:${i}:${i}::/home:/bin/sh\n`).join('');
    const report = await audit([
      file('etc/passwd', lines),
      runs('bin/sh', elf({ texts: PROGRAM_TEXTS.dash })),
      file('lib/apk/db/installed', APK),
    ]);
    expect(report.gaps.map(({ message }) => message)).toEqual([
      expect.stringContaining('etc/passwd is too large to be read as a system file'),
    ]);
    expect(of(report, 'shell/present').length).toBe(1);
    expect(report.images[0]?.packages).toEqual({ apk: 2 });
  });

  test('with a hundred thousand shells give one finding', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `/bin/${i}\n`).join('');
    const report = await audit([file('etc/shells', lines)]);
    expect(of(report, 'shell/listed-absent').length).toBe(1);
  });

  test('with a hundred thousand rules of sudo are cut', async () => {
    const report = await audit([file('etc/sudoers', 'a ALL=(ALL) NOPASSWD: ALL\n'.repeat(100_000))]);
    expect(of(report, 'user/sudo-nopasswd').length).toBe(1);
  });

  test('that are links to themselves, or folders, are none', async () => {
    const report = await audit([
      symlink('etc/passwd', 'passwd'),
      symlink('etc/shadow', '/etc/shadow'),
      symlink('etc/shells', '..'),
      symlink('etc/sudoers.d', '../etc'),
    ]);
    expect(report.findings.filter(({ rule }) => /^(?:user|shell)\//.test(rule))).toEqual([]);
  });

  test('with bytes that are no text are read all the same', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256));
    const paths = ['passwd', 'group', 'shadow', 'shells', 'sudoers', 'crontab', 'ld.so.preload', 'os-release'];
    const report = await audit([...paths.map((name) => file(`etc/${name}`, noise)), runs('usr/sbin/cron', elf())]);
    expect(report.gaps).toEqual([]);
  });
});

describe('programs', () => {
  test('that need each other in a circle, or without end, come to an end', async () => {
    const needs = (name: string, ...needed: readonly string[]) => file(`lib/${name}`, elf({ soname: name, needed }));
    const chain = Array.from({ length: 1500 }, (_, i) => needs(`lib${i}.so`, `lib${i + 1}.so`));
    const report = await audit([
      runs('lib/ld.so', elf({ soname: 'ld.so' })),
      needs('liba.so', 'libb.so'),
      needs('libb.so', 'liba.so'),
      ...chain,
      runs('bin/sh', elf({ interpreter: '/lib/ld.so', needed: ['liba.so'], texts: PROGRAM_TEXTS.dash })),
      runs('bin/zsh', elf({ interpreter: '/lib/ld.so', needed: ['lib0.so'], texts: PROGRAM_TEXTS.zsh })),
    ]);
    const messages = of(report, 'shell/present').map(({ message }) => message);
    expect(messages).toEqual([
      '/bin/sh can be run. By its content it is dash.',
      '/bin/zsh can perhaps be run: it needs very many libraries. By its content it is zsh.',
    ]);
  });

  test('that are run by each other are scripts that nothing runs', async () => {
    const report = await audit([runs('bin/npm', '#!/bin/yarn\n'), runs('bin/yarn', '#!/bin/npm\n')]);
    expect(of(report, 'package-manager/present').map(({ severity }) => severity)).toEqual(['info', 'info']);
  });

  test('in a thousand copies and names are told once each', async () => {
    const copies = Array.from({ length: 1000 }, (_, i) =>
      runs(`opt/${i}/x`, elf({ texts: [...PROGRAM_TEXTS.busybox, `${i}`] })),
    );
    const names = Array.from({ length: 1000 }, (_, i) => hardlink(`opt/${i}/sh`, `opt/${i}/x`));
    const report = await audit([...copies, ...names]);
    expect(of(report, 'shell/present').length).toBe(1000);
  });

  test('with absurd headers leave what else is in the layer', async () => {
    const absurd = elf({ interpreter: '/lib/ld.so', needed: ['libc.so'] });
    const members = Array.from({ length: 300 }, (_, i) => {
      const bytes = Buffer.from(absurd);
      bytes.fill(0xff, 16 + i, 24 + i);
      return runs(`bin/${i}`, bytes);
    });
    const report = await audit([...members, runs('bin/sh', elf({ texts: PROGRAM_TEXTS.dash }))]);
    expect(of(report, 'shell/present').map(({ evidence }) => evidence[0]?.path)).toEqual(['/bin/sh']);
    expect(report.gaps).toEqual([]);
  });

  test('whose segments are all of the file are searched once', async () => {
    // 512 program headers, each of which loads everything, some of them to be written to.
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'x\u009c', 'latin1');
    elf({ texts: PROGRAM_TEXTS.dash }).copy(bytes);
    bytes.writeUInt16LE(512, 56);
    for (let i = 0; i < 512; i += 1) {
      const at = 64 + i * 56;
      bytes.writeUInt32LE(1, at);
      bytes.writeUInt32LE(i % 2 === 0 ? 4 : 6, at + 4);
      bytes.writeBigUInt64LE(0n, at + 8);
      bytes.writeBigUInt64LE(BigInt(bytes.byteLength), at + 32);
    }
    const report = await audit([runs('bin/x', bytes), runs('bin/sh', elf({ texts: PROGRAM_TEXTS.dash }))]);
    expect(of(report, 'shell/present').map(({ evidence }) => evidence[0]?.path)).toEqual(['/bin/sh']);
  });

  test('in commands and paths that go round in circles are not found', async () => {
    const report = await audit([symlink('bin/a', 'b'), symlink('bin/b', 'a'), symlink('app', '.')], {
      ...APP_USER,
      Entrypoint: ['a'],
      Cmd: ['./app/app/app/x', ''],
      Env: ['PATH=:::/bin:relative:/app/../../..'],
      WorkingDir: '/app/../app',
    });
    expect(of(report, 'user/writable-program')).toEqual([]);
  });
});

describe('databases of packages', () => {
  const headers = Array.from({ length: 40 }, (_, i) => rpmHeader({ name: `p${i}`, files: [`/usr/bin/p${i}`] }));

  /** A database of SQLite whose pages are changed. */
  const changed = (change: (bytes: Buffer, pages: number) => void): Buffer => {
    const bytes = sqliteDatabase(headers, 512);
    change(bytes, bytes.byteLength / 512);
    return bytes;
  };

  test.each<[string, string, Buffer]>([
    ['cut', 'Packages', berkeleyDb(headers).subarray(0, 30_000)],
    ['cut', 'Packages.db', ndb(headers).subarray(0, 9000)],
    ['cut', 'rpmdb.sqlite', sqliteDatabase(headers, 512).subarray(0, 9000)],
    ['of nothing but zeros', 'Packages', Buffer.alloc(100_000)],
    [
      'whose pages are all their own children',
      'rpmdb.sqlite',
      changed((bytes, pages) => {
        for (let page = 1; page < pages; page += 1)
          if (bytes[page * 512] === 5) bytes.writeUInt32BE(page + 1, page * 512 + 8);
      }),
    ],
    [
      'whose rows are longer than numbers go',
      'rpmdb.sqlite',
      changed((bytes, pages) => {
        for (let page = 1; page < pages; page += 1)
          if (bytes[page * 512] === 13)
            bytes.fill(0xff, bytes.readUInt16BE(page * 512 + 8) + page * 512, (page + 1) * 512);
      }),
    ],
  ])('%s are told, and do not keep others from being read: %s', async (_, name, bytes) => {
    const report = await audit([
      file(`var/lib/rpm/${name}`, bytes),
      file('lib/apk/db/installed', APK),
      runs('bin/sh', elf({ texts: PROGRAM_TEXTS.dash })),
    ]);
    expect(report.gaps.map(({ message }) => message)).toEqual([
      expect.stringContaining(`var/lib/rpm/${name} could not be read in full for its packages`),
    ]);
    expect(report.images[0]?.packages['apk']).toBe(2);
    expect(report.images[0]?.packages['rpm']).toBeLessThan(40);
    expect(of(report, 'shell/present').length).toBe(1);
  });

  test('of SQLite whose list of free pages goes round in circles are read in full: nothing of that list is', async () => {
    const bytes = changed((database) => {
      database.writeUInt32BE(2, 32);
      database.writeUInt32BE(0xffffffff, 36);
    });
    const report = await audit([file('var/lib/rpm/rpmdb.sqlite', bytes)]);
    expect([report.images[0]?.packages, report.gaps]).toEqual([{ rpm: 40 }, []]);
  });

  test('that are links to themselves, or whose files are behind circles of links, are none', async () => {
    const report = await audit([
      symlink('var/lib/dpkg', 'dpkg'),
      symlink('var/lib/rpm', '../lib/rpm'),
      symlink('lib/a', 'b'),
      symlink('lib/b', 'a'),
      file('lib/apk/db/installed', 'P:looped\nV:1\nF:lib/a/b/a\nR:x\nF:lib/apk/../apk\nR:y\n\n'),
    ]);
    expect([report.images[0]?.packages, report.gaps]).toEqual([{ apk: 1 }, []]);
  });
});
