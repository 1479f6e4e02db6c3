/** One tar with a member of every kind there is, for sweeps over all of its bytes. */
import {
  base256,
  dir,
  file,
  hardlink,
  opaque,
  paxRecords,
  symlink,
  type TarMemberSpec,
  whiteout,
  writeGnuLong,
  writeMember,
  writePax,
} from '../../support/tar-writer.ts';

const OCTAL = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;

/** A sparse file in the old GNU format, with one extension block. */
function oldSparse(): Buffer {
  const header: TarMemberSpec = {
    name: 'sparse/old',
    type: 'S',
    format: 'gnu',
    size: 6,
    patch: (block) => {
      block.write(`${OCTAL(512)}${OCTAL(4)}`, 386);
      block[482] = 1;
      block.write(OCTAL(2048), 483);
    },
  };
  const extension = Buffer.alloc(512);
  extension.write(`${OCTAL(1024)}${OCTAL(2)}`);
  const content = Buffer.alloc(512);
  content.write('sparse');
  return Buffer.concat([writeMember(header), extension, content]);
}

/** Pieces of the tar: each is one member with all that belongs to it. */
const PIECES: readonly Buffer[] = [
  writeMember(dir('etc')),
  writeMember(file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n')),
  writeMember(file('empty', '')),
  writeMember(file('block', 'x'.repeat(512))),
  writeMember(file('large', 'y'.repeat(1300), { format: 'gnu' })),
  writeMember(file('old', 'v7', { format: 'v7' })),
  writeMember({ name: 'old-folder/', type: '\0', format: 'v7' }),
  writeMember(symlink('link', 'etc/passwd')),
  writeMember(hardlink('hard', 'etc/passwd')),
  writeMember({ name: 'dev/null', type: '3', device: [1, 3] }),
  writeMember({ name: 'dev/loop', type: '4', device: [7, 0] }),
  writeMember({ name: 'run/fifo', type: '6' }),
  writeMember(file('contiguous', 'seven', { type: '7' })),
  writeMember(file('odd', 'unknown', { type: 'Z' })),
  writeMember({ ...symlink('sized', 'x'), size: 1024 }),
  writeMember(file('hidden', 'behind a sized link')),
  writeMember(whiteout('etc/shadow')),
  writeMember(opaque('opt')),
  writeMember(file('wide', 'base-256', { patch: (header) => base256(header, 124, 12, 8n) })),
  writeMember(file('prefixed', 'p', { prefix: 'a/long/prefix' })),
  writeMember(file('short', 'pax', { pax: { path: `${'pax/'.repeat(50)}long`, uid: '70000', mtime: '1.5' } })),
  Buffer.concat([writePax('g', { comment: 'global' }), writeMember(file('after-global', 'g'))]),
  Buffer.concat([
    writeGnuLong('L', 'gnu/'.repeat(40)),
    writeGnuLong('K', 't'.repeat(150)),
    writeMember(symlink('s', 's')),
  ]),
  Buffer.concat([
    writeMember({ name: 'PaxHeaders/0', type: 'x', content: '6 broken\n' }),
    writeMember(file('after-broken', 'b', { padding: 'padding' })),
  ]),
  writeMember(
    file('GNUSparseFile.0/x', 'abcd', {
      pax: {
        'GNU.sparse.size': '3000',
        'GNU.sparse.numblocks': '2',
        'GNU.sparse.map': '100,2,2000,2',
        'GNU.sparse.name': 'sparse/0.1',
      },
    }),
  ),
  Buffer.concat([
    writeMember({
      name: 'PaxHeaders/0',
      type: 'x',
      content: paxRecords({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.realsize': '1500',
        'GNU.sparse.name': 'sparse/1.0',
      }),
    }),
    writeMember(file('GNUSparseFile.0/y', `${'1\n1000\n4\n'.padEnd(512, '\0')}data`)),
  ]),
  oldSparse(),
  writeMember(file('/absolute/../../escape', 'e')),
  writeMember(file(Uint8Array.of(0xff, 0xfe), 'no UTF-8')),
  writeMember(file('last', 'z'.repeat(700))),
];

/** All kinds of members in one tar, with data behind its end. */
export const EVERY_KIND: Buffer = Buffer.concat([...PIECES, Buffer.alloc(1024), Buffer.from('behind the end')]);

/** Where each piece begins; the last is where the end marker begins. */
export const BORDERS: readonly number[] = [0, ...PIECES.map((_, i) => endOf(i))];

function endOf(index: number): number {
  return PIECES.slice(0, index + 1).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
