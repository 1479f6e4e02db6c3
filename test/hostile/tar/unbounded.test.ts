/** Tars that ask for all the memory or time there is. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { TarReader, type TarVisitor } from '../../../src/tar/index.ts';
import { dir, file, writeHeader, writeMember } from '../../support/tar-writer.ts';

const MIB = 1024 * 1024;
const SAMPLE_EVERY = 16;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Counts what is told and keeps nothing. */
class Counter implements TarVisitor {
  entries = 0;
  completed = 0;
  contentBytes = 0;
  holeBytes = 0;
  hiddenBytes = 0;
  readonly anomalies: string[] = [];

  entry(): void {
    this.entries += 1;
  }
  content(_: unknown, bytes: Uint8Array): void {
    this.contentBytes += bytes.byteLength;
  }
  hole(_: unknown, lengthBytes: number): void {
    this.holeBytes += lengthBytes;
  }
  finish(_: unknown, complete: boolean): void {
    if (complete) this.completed += 1;
  }
  anomaly({ kind }: { kind: string }): void {
    this.anomalies.push(kind);
  }
  hidden(_: unknown, bytes: Uint8Array): void {
    this.hiddenBytes += bytes.byteLength;
  }
}

/** Reads pieces; tells the most memory held on the way, over what was held before. */
async function read(pieces: Iterable<Uint8Array>): Promise<{ counter: Counter; grownBytes: number; failure: unknown }> {
  const counter = new Counter();
  const reader = new TarReader(counter);
  const before = inUse();
  let peak = before;
  let pushed = 0;
  for (const piece of pieces) {
    await reader.push(piece);
    pushed += piece.byteLength;
    if (pushed < SAMPLE_EVERY * MIB) continue;
    pushed = 0;
    peak = Math.max(peak, inUse());
  }
  const { failure } = await reader.end();
  return { counter, grownBytes: peak - before, failure };
}

function inUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function* repeat(make: () => Uint8Array, times: number): Generator<Uint8Array> {
  for (let i = 0; i < times; i += 1) yield make();
}

describe('tars that ask for too much', () => {
  test('a PAX header of 96 MiB is not kept', async () => {
    const { counter, grownBytes } = await read(
      (function* () {
        yield Uint8Array.from(writeHeader({ name: 'x', type: 'x' }, 96 * MIB));
        yield* repeat(() => new Uint8Array(MIB).fill(0x61), 96);
        yield Uint8Array.from(writeMember(file('f', 'x')));
      })(),
    );
    expect(counter).toMatchObject({ entries: 1, completed: 1, hiddenBytes: 512 + 96 * MIB });
    expect(counter.anomalies).toEqual(['extended-header-too-large']);
    expect(grownBytes).toBeLessThan(32 * MIB);
  });

  test('numbers of a megabyte are read in one go', async () => {
    const zeros = '0'.repeat(900_000);
    for (const [size, invalid] of [
      [`${zeros}x`, true],
      [`${zeros}5`, false],
      ['5'.repeat(900_000), true],
    ] as const) {
      for (const key of ['size', 'uid', 'mtime']) {
        const { counter } = await read([Uint8Array.from(writeMember(file('f', 'hello', { pax: { [key]: size } })))]);
        expect(counter).toMatchObject({ completed: 1, contentBytes: 5 });
        expect(counter.anomalies).toEqual(invalid ? ['number-invalid'] : []);
      }
    }
  });

  test('a large file passes and is not kept', async () => {
    const { counter, grownBytes, failure } = await read(
      (function* () {
        yield Uint8Array.from(writeHeader(file('large', ''), 128 * MIB));
        yield* repeat(() => new Uint8Array(MIB), 128);
      })(),
    );
    expect(failure).toBeNull();
    expect(counter).toMatchObject({ completed: 1, contentBytes: 128 * MIB });
    expect(grownBytes).toBeLessThan(32 * MIB);
  });

  test('the largest sparse file costs one call', async () => {
    const header = writeHeader(
      file('exabytes', '', {
        type: 'S',
        format: 'gnu',
        patch: (block) => {
          block[483] = 0x80;
          block.writeUIntBE(0x1f_ff_ff, 488, 3);
          block.fill(0xff, 491, 495);
        },
      }),
      0,
    );
    const { counter } = await read([Uint8Array.from(header), new Uint8Array(1024)]);
    expect(counter).toMatchObject({ completed: 1, contentBytes: 0, holeBytes: Number.MAX_SAFE_INTEGER });
  });

  test('extended headers without an entry are not collected', async () => {
    const header = writeMember({ name: 'x', type: 'L', content: 'n'.repeat(100_000), format: 'gnu' });
    const { counter, grownBytes } = await read(repeat(() => Uint8Array.from(header), 1000));
    expect(counter).toMatchObject({ entries: 0, hiddenBytes: 1000 * (512 + 100_000) });
    expect(grownBytes).toBeLessThan(72 * MIB);
  });

  test('a hundred thousand folders are all told, in chunks that hold many', async () => {
    const many = Buffer.concat(Array.from({ length: 1000 }, (_, i) => writeMember(dir(`d${i}`))));
    const { counter, failure } = await read(repeat(() => Uint8Array.from(many), 100));
    expect(failure).toBeNull();
    expect(counter).toMatchObject({ entries: 100_000, completed: 100_000 });
  });

  test('twenty thousand files before a broken header are all told as complete', async () => {
    const many = Buffer.concat(Array.from({ length: 1000 }, (_, i) => writeMember(file(`f${i}`, 'x'))));
    const { counter, failure } = await read(
      (function* () {
        yield* repeat(() => Uint8Array.from(many), 20);
        yield Uint8Array.from(writeMember(file('broken', '', { badChecksum: true })));
      })(),
    );
    expect(failure).toMatchObject({ reason: 'tar-damaged' });
    expect(counter).toMatchObject({ entries: 20_000, completed: 20_000 });
  });
});
