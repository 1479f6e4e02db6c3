import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditSecretsOptions, auditSecrets } from '../../../src/audit/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { walkFolder } from '../../../src/source/index.ts';

const TOKEN = `ghp_${'k3Vq9Zx7Lm2Wd8Rt5Yb1Nc6Hf4Jg0Ps3Qa7T'}`;
const OTHER = `ghp_${'Zk3Vq9x7Lm2Wd8Rt5Yb1Nc6Hf4Jg0Ps3Qa7T'}`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string | Buffer, content: string | Uint8Array): void {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name as string)]);
  mkdirSync(dirname(path.toString('latin1')), { recursive: true });
  writeFileSync(path, content);
}

function audit(more: Partial<AuditSecretsOptions> = {}): Promise<Report> {
  return auditSecrets({ target: folder, fingerprintKey: Buffer.from('key'), version: '0', ...more });
}

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function places(report: Report): unknown[] {
  return report.findings.flatMap(({ evidence }) =>
    evidence.map(({ path, nestedPath, field, line, byteRange }) => [path, nestedPath, field, line, byteRange]),
  );
}

describe('a folder', () => {
  test('is searched with all that is in it, every secret with its places', async () => {
    write('a.env', `one\nt=${TOKEN}\n`);
    write('node_modules/x/.git/deep', `t=${TOKEN}`);
    write('b.gz', gzipSync(`t=${TOKEN}`));
    write(`${OTHER}.txt`, 'nothing');
    symlinkSync(`https://x:${OTHER}@host`, join(folder, 'link'));
    const report = await audit();
    expect(report.findings.map(({ rule, severity, state }) => [rule, severity, state])).toEqual([
      ['secrets/github-token', 'critical', 'live'],
      ['secrets/github-token', 'critical', 'live'],
    ]);
    expect(places(report)).toEqual([
      ['****.txt', [], 'path', null, [0, 40]],
      ['link', [], 'link target', null, [10, 50]],
      ['a.env', [], null, 2, [6, 46]],
      ['b.gz', ['b'], null, 1, [2, 42]],
      ['node_modules/x/.git/deep', [], null, 1, [2, 42]],
    ]);
    expect(report.findings[0]?.message).toContain('is in the folder');
    expect(JSON.stringify(report)).not.toContain(TOKEN);
    expect(JSON.stringify(report)).not.toContain(OTHER);
  });

  test('is told as what it is', async () => {
    write('a', 'abc');
    write('b/c', 'defg');
    const report = await audit({ reproducible: true });
    expect(report.subject).toEqual({ reference: folder, source: 'folder', digest: null, mediaType: null });
    expect(report.images).toEqual([]);
    expect(report.coverage).toEqual({
      layers: { examined: 0, partial: 0, absent: 0 },
      entries: 2,
      bytes: { read: 7, examined: 7, notExamined: 0 },
    });
    expect(report.verdict).toMatchObject({ complete: true, failed: false, exitStatus: 0 });
    expect(await audit({ reproducible: true })).toEqual(report);
  });

  test('is left by no link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'x'), `t=${TOKEN}`);
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(join(outside, 'x'), join(folder, 'file'));
    symlinkSync('.', join(folder, 'loop'));
    const report = await audit();
    rmSync(outside, { recursive: true });
    expect(report.findings).toEqual([]);
    expect(report.coverage.entries).toBe(3);
  });

  test('has pipes in it that are named, and not waited for', async () => {
    expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0);
    const report = await audit();
    expect(report.gaps).toEqual([
      {
        subject: 'pipe',
        reason: 'entry-not-examined',
        bytes: null,
        message: 'pipe is a pipe, and was not opened',
        incomplete: false,
      },
    ]);
    expect(report.verdict.exitStatus).toBe(0);
  });

  test('has files that are gone, or cannot be read: a gap each, and the rest is searched', async () => {
    write('a', 'x');
    write('b', `t=${TOKEN}`);
    const entries = walkFolder(folder);
    const gone = entries.next().value;
    rmSync(join(folder, 'a'));
    expect(() => gone?.kind === 'file' && [...gone.read()]).toThrow(/ENOENT/);
    expect(entries.next().value).toMatchObject({ kind: 'file', sizeBytes: 42 });
    // What became a link since it was looked at is not followed.
    write('c', 'x');
    const later = entries.next().value ?? [...walkFolder(folder)].find(({ path }) => path.toString() === 'c');
    rmSync(join(folder, 'c'));
    symlinkSync(join(folder, 'b'), join(folder, 'c'));
    expect(() => later?.kind === 'file' && [...later.read()]).toThrow();
  });

  test('has names that are no UTF-8', async () => {
    write(Buffer.from([0x61, 0xff]), `t=${TOKEN}`);
    const report = await audit();
    expect(report.findings[0]?.evidence[0]).toMatchObject({ path: 'a\\xff', pathBase64: 'Yf8=' });
  });

  test('of many files keeps the paths that findings have', async () => {
    write('0-first', `t=${TOKEN}`);
    for (let i = 0; i < 10_500; i += 1) write(`f/${i}`, 'x');
    write('z-last', `t=${TOKEN}`);
    const report = await audit();
    expect(report.findings[0]?.evidence.map(({ path }) => path)).toEqual(['0-first', 'z-last']);
  });
});

describe('a file or a stream', () => {
  test('a file is told by the path that the user gave', async () => {
    write('a.env', `t=${TOKEN}`);
    const report = await audit({ target: join(folder, 'a.env') });
    expect(report.subject.source).toBe('file');
    expect(places(report)).toEqual([[join(folder, 'a.env'), [], null, 1, [2, 42]]]);
  });

  test('standard input has no path', async () => {
    const stdin = chunksOf('one\ntwo ', TOKEN.slice(0, 10), TOKEN.slice(10), '\n');
    const report = await audit({ target: '-', stdin, reveal: true });
    expect(report).toMatchObject({ subject: { source: 'stream' }, revealed: true });
    expect(report.findings[0]?.evidence[0]).toMatchObject({
      path: null,
      field: 'standard input',
      line: 2,
      byteRange: [8, 48],
      secret: { value: TOKEN },
    });
  });

  test('a stream longer than the limit is searched up to it', async () => {
    const stdin = chunksOf(`t=${TOKEN}\n`, 'x'.repeat(200), `t=${OTHER}\n`);
    const report = await audit({ target: '-', stdin, limits: { ...DEFAULT_LIMITS, maxLayerBytes: 100 } });
    expect(report.findings).toHaveLength(1);
    expect(report.gaps).toMatchObject([{ reason: 'budget-exceeded', incomplete: true }]);
  });

  test('a stream that breaks off is searched as far as it came', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`t=${TOKEN}\n`);
      throw Object.assign(new Error('gone'), { code: 'EIO' });
    }
    const report = await audit({ target: '-', stdin: broken() });
    expect(report.findings).toHaveLength(1);
    expect(report.gaps).toMatchObject([
      { reason: 'entry-not-examined', incomplete: true, message: expect.stringContaining('EIO') },
    ]);
  });

  test('one that says nothing is left when the user stops it', async () => {
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    };
    const stop = new AbortController();
    const running = audit({ target: '-', stdin: silent, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toThrow();
  });

  test('what is not there is no finding, but an error', async () => {
    await expect(audit({ target: join(folder, 'none') })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('a manual page', () => {
  const netrc = (page: string): string => `${page}machine apt.corp.net login u password 7hGk2LqPz9\n`;

  test.each([
    ['written by DocBook', `'\\" t\n.\\" Generator: DocBook\n.TH "X" "5"\n.SH "EXAMPLE"\n`],
    ['with a title at once', '.TH X 5\n.SH EXAMPLE\n'],
    ['of BSD', '\n.Dd May 1\n.Dt X 5\n.Sh EXAMPLE\n'],
  ])('%s has passwords that are examples', async (_, page) => {
    write('x.5', netrc(page));
    write('x.5.gz', gzipSync(netrc(page)));
    const report = await audit();
    expect(report.findings).toMatchObject([
      { rule: 'secrets/netrc-password', severity: 'info', message: expect.stringContaining('manual page') },
    ]);
  });

  test('has tokens that are tokens, and other files have passwords', async () => {
    write('x.5', `.TH X 5\n${TOKEN}\n`);
    write('netrc', netrc('TH and .SH\n'));
    const report = await audit();
    expect(report.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['secrets/github-token', 'critical'],
      ['secrets/netrc-password', 'high'],
    ]);
  });
});
