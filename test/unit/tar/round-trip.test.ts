import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TarEntryKind } from '../../../src/tar/index.ts';
import { type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';
import { collect } from './collect.ts';

const TYPES: Readonly<Record<string, TarEntryKind>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '5': 'directory',
  '6': 'fifo',
};

/** A name that fits a header or needs a PAX record, in any bytes but NUL. */
const name = fc
  .uint8Array({ minLength: 1, maxLength: 250 })
  .map((bytes) => bytes.map((byte) => (byte === 0 ? 0x61 : byte)));

const member = fc.record({
  name,
  type: fc.constantFrom(...Object.keys(TYPES)),
  content: fc.uint8Array({ maxLength: 2000, size: 'max' }),
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.nat({ max: 2 ** 31 }),
  gid: fc.nat({ max: 2 ** 31 }),
  mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  format: fc.constantFrom('ustar' as const, 'gnu' as const, 'v7' as const),
});

test('whatever members are written, they are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(member, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5000 }),
      async (members, chunkBytes) => {
        const specs: TarMemberSpec[] = members.map(({ content, ...spec }) => ({
          ...spec,
          ...(spec.type === '0' ? { content } : {}),
          ...(spec.name.byteLength > 100 ? { name: 'short', pax: { path: spec.name } } : {}),
        }));
        const told = await collect(writeTar(specs), { chunkBytes });
        expect(told.facts).toMatchObject({ entries: members.length, failure: null });
        expect(told.anomalies).toEqual([]);
        const read = told.entries.map(
          ({ entry: { kind, mode, uid, gid, mtime, sizeBytes, name }, digest, complete }) => ({
            kind,
            mode,
            uid,
            gid,
            mtime,
            sizeBytes,
            digest,
            complete,
            name: Buffer.from(name).toString('hex'),
          }),
        );
        const written = members.map(({ type, mode, uid, gid, mtime, content, name }) => {
          const stored = type === '0' ? content : new Uint8Array(0);
          return {
            kind: TYPES[type],
            mode,
            uid,
            gid,
            mtime,
            sizeBytes: stored.byteLength,
            digest: createHash('sha256').update(stored).digest('hex'),
            complete: true,
            name: Buffer.from(name).toString('hex'),
          };
        });
        expect(read).toEqual(written);
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});
