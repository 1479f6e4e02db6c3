import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileRange, readWholeRange } from '../../../src/bytes/index.ts';
import { AuditError } from '../../../src/core/index.ts';

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, i) => `${i * 7919}\n`).join(''));
let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-range-'));
  path = join(folder, 'blob');
  writeFileSync(path, BYTES);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AuditError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a part of a file', () => {
  test.each([
    ['all of it', 0, BYTES.byteLength],
    ['its beginning', 0, 10],
    ['its end', BYTES.byteLength - 5, 5],
    ['more than is read at a time', 3, 600_000],
    ['nothing', 7, 0],
    ['nothing at its end', BYTES.byteLength, 0],
  ])('%s', (_, offset, lengthBytes) => {
    const expected = BYTES.subarray(offset, offset + lengthBytes);
    const range = { path, offset, lengthBytes };
    expect(Buffer.from(readWholeRange(range)).equals(expected)).toBe(true);
    for (const reuse of [true, false]) {
      const chunks = Array.from(readFileRange(range, reuse), (chunk) => Buffer.from(chunk));
      expect(Buffer.concat(chunks).equals(expected)).toBe(true);
    }
  });

  test('chunks that are not reused stay as they are', () => {
    const chunks = [...readFileRange({ path, offset: 0, lengthBytes: BYTES.byteLength })];
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).equals(BYTES)).toBe(true);
  });

  test.each([
    ['a range that ends behind it', 10, BYTES.byteLength],
    ['a range that begins behind it', BYTES.byteLength + 10, 1],
  ])('%s is BLOB_TRUNCATED', (_, offset, lengthBytes) => {
    expect(codeOf(() => readWholeRange({ path, offset, lengthBytes }))).toBe('BLOB_TRUNCATED');
  });

  test('what is there of a file that is too short is given out first', () => {
    const given: number[] = [];
    expect(() => {
      for (const chunk of readFileRange({ path, offset: BYTES.byteLength - 4, lengthBytes: 10 })) {
        given.push(chunk.byteLength);
      }
    }).toThrow('ends 6 bytes before the blob does');
    expect(given).toEqual([4]);
  });

  test('no file is BLOB_UNREADABLE with the system’s reason', () => {
    const range = { path: join(folder, 'absent'), offset: 0, lengthBytes: 1 };
    expect(codeOf(() => readWholeRange(range))).toBe('BLOB_UNREADABLE');
    expect(() => readWholeRange(range)).toThrow('ENOENT');
  });

  test('a folder is BLOB_UNREADABLE', () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    expect(codeOf(() => readWholeRange({ path: inner, offset: 0, lengthBytes: 1 }))).toBe('BLOB_UNREADABLE');
  });

  test.runIf(process.platform === 'linux')('the file is closed, also by who stops early', () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 20; i += 1) {
      for (const chunk of readFileRange({ path, offset: 0, lengthBytes: BYTES.byteLength })) {
        expect(chunk.byteLength).toBeGreaterThan(0);
        break;
      }
    }
    expect(open()).toBeLessThan(before + 5);
  });
});
