import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { type BoltBucket, BoltFile } from '../../../src/source/bolt-file.ts';
import { type BoltOptions, type BoltTree, metaPage, pageHeader, writeBolt } from '../../support/bolt-writer.ts';
import { asFile, newPath } from './open.ts';

type Plain = { [key: string]: string | Plain };

function plain(bucket: BoltBucket): Plain {
  const object: Plain = {};
  bucket.forEach((key, entry) => {
    object[key] = 'bucket' in entry ? plain(entry.bucket) : entry.value.toString();
  });
  return object;
}
function read(bytes: Buffer): Plain {
  using file = new BoltFile(asFile(bytes, 'meta.db'));
  return plain(file.root);
}
function toTree(object: Plain): BoltTree {
  return new Map(
    Object.entries(object).map(([key, value]) => [key, typeof value === 'string' ? Buffer.from(value) : toTree(value)]),
  );
}
const many = (count: number, value: string): Plain =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${String(i).padStart(6, '0')}`, value]));

const SMALL: Plain = {
  v1: { default: { images: { alpine: { target: { digest: 'd', size: 's' } } } }, empty: {} },
  x: 'y',
};

describe('a bolt database', () => {
  test.each<readonly [string, Plain, BoltOptions]>([
    ['with nothing', {}, {}],
    ['with buckets in values', SMALL, {}],
    ['with buckets in pages of their own', SMALL, { inline: false }],
    ['with small pages', SMALL, { pageBytes: 1024 }],
    ['with the largest pages', SMALL, { pageBytes: 65_536 }],
    ['with many keys, in a tree of pages', { v1: many(20_000, 'value'), v2: many(10, 'x') }, {}],
    ['with values larger than a page', { v1: { big: 'x'.repeat(100_000), small: 'y' } }, {}],
    ['with a key that is no name of a member elsewhere', { toString: 'x', constructor: { a: 'b' } }, {}],
  ])('%s is read', (_, object, options) => {
    expect(read(writeBolt(toTree(object), options))).toEqual(object);
  });

  test('gives buckets and values by their keys', () => {
    using file = new BoltFile(asFile(writeBolt(toTree(SMALL)), 'meta.db'));
    expect(file.root.value('x')?.toString()).toBe('y');
    expect(file.root.bucket('x')).toBeUndefined();
    expect(file.root.value('v1')).toBeUndefined();
    expect(file.root.bucket('none')).toBeUndefined();
    expect(plain(file.root.bucket('v1') as BoltBucket)).toEqual(SMALL['v1']);
  });

  test.each([0, 1])('is read by its younger meta page, and by the other where page %d is broken', (broken) => {
    const bytes = writeBolt(toTree(SMALL));
    bytes.fill(0xff, broken * 4096 + 20, broken * 4096 + 60);
    expect(read(bytes)).toEqual(SMALL);
  });

  test('is read as of its last transaction', () => {
    const old = writeBolt(toTree({ old: 'x' }));
    const root = old.byteLength / 4096;
    const leaf = writeBolt(toTree({ young: 'y' })).subarray(2 * 4096);
    expect(read(Buffer.concat([metaPage(0, root, root + 1, 3), old.subarray(4096), leaf]))).toEqual({ young: 'y' });
    expect(read(Buffer.concat([metaPage(0, root, root + 1, 1), old.subarray(4096), leaf]))).toEqual({ old: 'x' });
  });
});

/** The coded error of reading everything; null for none. Any other error fails the test. */
function codeOf(bytes: Buffer): string | null {
  try {
    read(bytes);
    return null;
  } catch (error) {
    if (error instanceof AuditError) return error.code;
    throw error;
  }
}

describe('a broken bolt database', () => {
  const page = (id: number, flags: number, count: number, overflow: number, body: Buffer): Buffer => {
    const bytes = Buffer.alloc(4096);
    pageHeader(id, flags, count, overflow).copy(bytes);
    body.copy(bytes, 16);
    return bytes;
  };
  const element = (...fields: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(16);
    for (const [i, field] of fields.entries()) bytes.writeUInt32LE(field, i * 4);
    return bytes;
  };
  const withRoot = (root: Buffer): Buffer => Buffer.concat([metaPage(0, 2, 3, 1), metaPage(1, 2, 3, 2), root]);

  test.each<readonly [string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['is zeros', Buffer.alloc(65_536)],
    ['is text', Buffer.alloc(65_536, 'root:x:0:0 ')],
    ['has a root that is not there', Buffer.concat([metaPage(0, 9, 3, 1), metaPage(1, 9, 3, 2)])],
    ['has a root at the end of the world', Buffer.concat([metaPage(0, 2 ** 52, 3, 1), metaPage(1, 2 ** 52, 3, 2)])],
    ['has a root that is a meta page', Buffer.concat([metaPage(0, 0, 3, 1), metaPage(1, 0, 3, 2)])],
    ['has a page larger than the file', withRoot(page(2, 2, 1, 2000, element(0, 16, 1, 1)))],
    ['has a page larger than any', withRoot(page(2, 2, 1, 0xffffffff, element(0, 16, 1, 1)))],
    ['has more elements than fit', withRoot(page(2, 2, 0xffff, 0, Buffer.alloc(4080)))],
    ['has a key that leads out of its page', withRoot(page(2, 2, 1, 0, element(0, 16, 0xffffffff, 1)))],
    ['has a value that leads out of its page', withRoot(page(2, 2, 1, 0, element(0, 0xffffffff, 1, 1)))],
    ['has a bucket without a body', withRoot(page(2, 2, 1, 0, element(1, 16, 1, 3)))],
    [
      'has a page that is its own child',
      withRoot(page(2, 1, 2, 0, Buffer.concat([element(32, 1, 2), element(32, 1, 2)]))),
    ],
    [
      'has a bucket that is its own bucket',
      withRoot(page(2, 2, 1, 0, Buffer.concat([element(1, 16, 0, 16), element(2)]))),
    ],
  ])('that %s is one coded error', (_, bytes) => {
    expect(codeOf(bytes)).toBe('DOCUMENT_INVALID');
  });

  test('cut anywhere, or with any byte changed, is read or is one coded error', () => {
    const bytes = writeBolt(toTree({ v1: { ...SMALL, more: many(100, 'v') } }), { pageBytes: 1024 });
    const outcomes = new Map<string | null, number>();
    const count = (code: string | null): unknown => outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
    for (let at = 0; at < bytes.byteLength; at += 97) count(codeOf(bytes.subarray(0, at)));
    for (let at = 0; at < bytes.byteLength; at += 29) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
        count(codeOf(changed));
      }
    }
    expect([...outcomes.keys()].sort()).toEqual(['DOCUMENT_INVALID', null]);
  });

  test('that is not there is one coded error', () => {
    expect(() => new BoltFile(newPath('none.db'))).toThrow(expect.objectContaining({ code: 'SOURCE_NOT_FOUND' }));
  });
});
