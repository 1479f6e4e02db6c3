import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileRange } from '../../../src/bytes/index.ts';
import { AuditError, DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { ExaminerPool, examineLayer, type LayerJob } from '../../../src/examine/index.ts';
import { dir, file, hardlink, symlink, writeTar } from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-lanes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Layers of a few megabytes: several pieces each, with files that span them. */
function layer(seed: number): Buffer {
  const noise = Buffer.alloc(2_500_000, `noise ${seed} 0123456789 abcdef\n`);
  return writeTar([
    dir('app'),
    file('app/big', Buffer.concat([noise, Buffer.from(`\n${TOKEN}\n`), noise])),
    ...Array.from({ length: 500 }, (_, i) => file(`app/file-${seed}-${i}`, `content ${i}\n`.repeat(i))),
    hardlink('app/link', 'app/big'),
    symlink('app/symbolic', 'big'),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
  ]);
}

function job(path: string, lengthBytes: number): LayerJob {
  return {
    location: { path, offset: 0, lengthBytes },
    expectedDigest: null,
    expectedDiffId: null,
    limits: DEFAULT_LIMITS,
    fingerprintKey: Buffer.from('key'),
  };
}

function stored(name: string, bytes: Buffer): LayerJob {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return job(path, bytes.byteLength);
}

async function inThisThread(one: LayerJob): Promise<unknown> {
  if (one.location === 'stream') throw new Error('a file was expected');
  return plain(await examineLayer(one, readFileRange(one.location)));
}

/** A record as values that can be compared. */
function plain({ record, secrets }: Awaited<ReturnType<typeof examineLayer>>): unknown {
  const columns = Object.fromEntries(
    Object.entries(record.columns).map(([name, column]) => [name, typeof column === 'number' ? column : [...column]]),
  );
  return { ...record, columns, secrets, values: [...secrets] };
}

describe('worker threads', () => {
  test('give the same records as this thread, whatever their number, compressed or not', async () => {
    const jobs = [
      stored('plain', layer(1)),
      stored('gzip', gzipSync(layer(2))),
      stored('zstd', zstdCompressSync(layer(3))),
      stored('cut', gzipSync(layer(4)).subarray(0, 20_000)),
      stored('empty', Buffer.alloc(0)),
    ];
    const expected = await Promise.all(jobs.map(inThisThread));
    for (const lanes of [1, 3]) {
      await using pool = new ExaminerPool({ lanes });
      const records = await Promise.all(jobs.map((one) => pool.examine(one)));
      expect(records.map(plain)).toEqual(expected);
    }
  });

  test('take bytes that the main thread hands over, and hold back a source that is faster', async () => {
    const tar = layer(5);
    const expected = await inThisThread(stored('handed', tar));
    let underWay = 0;
    let most = 0;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < tar.byteLength; at += 50_000) {
        underWay += 50_000;
        most = Math.max(most, underWay);
        yield Uint8Array.from(tar.subarray(at, at + 50_000));
        await new Promise(setImmediate);
        underWay -= 50_000;
      }
    }
    await using pool = new ExaminerPool({ lanes: 1 });
    const record = plain(await pool.examine({ ...job('', 0), location: 'stream' }, chunks()));
    expect(record).toEqual(expected);
    expect(most).toBeLessThan(tar.byteLength / 4);
  });

  test('tell what they read so far', async () => {
    const bytes = gzipSync(layer(6));
    const seen: number[] = [];
    await using pool = new ExaminerPool({ lanes: 1 });
    const big = Buffer.concat([writeTar([file('x', Buffer.alloc(5_000_000, 'x'))])]);
    await pool.examine(stored('progress', big), undefined, (read) => seen.push(read));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(bytes.byteLength).toBeGreaterThan(0);
  });

  test('give a record of what came before the bytes stopped coming, with a gap', async () => {
    const tar = layer(7);
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.from(tar.subarray(0, 3_000_000));
      await Promise.resolve();
      throw new AuditError('BLOB_TRUNCATED', 'the registry broke the connection');
    }
    await using pool = new ExaminerPool({ lanes: 1 });
    const { record } = await pool.examine({ ...job('', 0), location: 'stream' }, cut());
    expect(record.gaps).toEqual([
      { reason: 'blob-truncated', bytes: null, message: 'the registry broke the connection' },
    ]);
    expect(record.secrets.map(({ detector }) => detector)).toEqual(['github-token']);
    // The lane is as good as before.
    const again = await pool.examine(stored('after', gzipSync(layer(8))));
    expect(again.record.gaps).toEqual([]);
  });

  test('a file that is not there is a gap, and the next layer is examined', async () => {
    await using pool = new ExaminerPool({ lanes: 1 });
    const { record } = await pool.examine(job(join(folder, 'nowhere'), 1000));
    expect(record.gaps[0]).toMatchObject({ reason: 'blob-unreadable' });
    expect(record.columns.length).toBe(0);
    expect((await pool.examine(stored('there', layer(9)))).record.gaps).toEqual([]);
  });

  test('a mistake in the program reaches the caller, and does not hang', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      await Promise.resolve();
      throw new TypeError('a mistake');
    }
    await using pool = new ExaminerPool({ lanes: 1 });
    await expect(pool.examine({ ...job('', 0), location: 'stream' }, broken())).rejects.toThrow('a mistake');
    expect((await pool.examine(stored('alive', layer(10)))).record.gaps).toEqual([]);
  });

  test('closing the pool ends a job that waits for bytes', async () => {
    const pool = new ExaminerPool({ lanes: 1 });
    async function* never(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      await new Promise(() => undefined);
    }
    const examined = pool.examine({ ...job('', 0), location: 'stream' }, never());
    setTimeout(() => void pool[Symbol.asyncDispose](), 200);
    await expect(examined).rejects.toThrow();
  });

  test('are stopped with the pool: layers that wait for one reject, and none is started again', async () => {
    const one = stored('stopped.tar', layer(9));
    const pool = new ExaminerPool({ lanes: 1 });
    const outcomes = [pool.examine(one), pool.examine(one), pool.examine(one)].map((promise) =>
      promise.then(
        () => 'examined',
        (error: unknown) => (error instanceof AuditError ? error.code : error),
      ),
    );
    await pool[Symbol.asyncDispose]();
    expect(await Promise.all(outcomes)).toEqual(['INTERRUPTED', 'INTERRUPTED', 'INTERRUPTED']);
    await expect(pool.examine(one)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('rules that the user brings', () => {
  test('travel to the threads, and find there what they find here', async () => {
    const pattern = { id: 'noise', title: 'Noise', severity: 'low' as const, regex: 'file-[0-9]+-49[0-9]$' };
    const rest = { path: null, secretGroup: 0, entropy: 0, keywords: ['file-'], allowlists: [] };
    const lint = null;
    const customRules = { digest: 'lanes', patterns: [{ ...pattern, ...rest }], allowlists: [], lint };
    const one = { ...stored('custom.tar', layer(9)), customRules };
    await using pool = new ExaminerPool({ lanes: 1 });
    const { record, secrets } = await pool.examine(one);
    expect(record.secrets.filter(({ custom }) => custom?.title === 'Noise')).toHaveLength(10);
    expect(plain({ record, secrets })).toEqual(await inThisThread(one));
    const { record: without } = await pool.examine({ ...one, customRules: undefined });
    expect(without.secrets.map(({ custom }) => custom)).toEqual([undefined]);
    expect(without.ruleset).not.toBe(record.ruleset);
  });
});
