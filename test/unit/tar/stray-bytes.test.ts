/** Bytes of headers that no reader gives out. */
import { describe, expect, test } from 'vitest';
import { dir, file, symlink, type TarMemberSpec, writeMember, writeTar } from '../../support/tar-writer.ts';
import { collect } from './collect.ts';

const SECRET = 'a token that hides';

const write =
  (at: number, text = SECRET) =>
  (header: Buffer): void =>
    void header.write(text, at, 'latin1');

/** Several writes, one after the other. */
const writeAll =
  (...writes: ((header: Buffer) => void)[]) =>
  (header: Buffer): void => {
    for (const one of writes) one(header);
  };

describe('honest headers have nothing to hide', () => {
  test.each([
    ['ustar', file('app/a', 'x')],
    ['a name of 100 bytes', file('n'.repeat(100), 'x')],
    ['a link of 100 bytes', symlink('l', 't'.repeat(100))],
    ['a prefix', file('a', 'x', { prefix: 'some/where' })],
    ['owners', file('a', 'x', { patch: writeAll(write(265, 'root'), write(297, 'systemd-journal-remote')) })],
    ['device numbers', { name: 'dev/sda', type: '4', device: [8, 1] }],
    ['GNU', file('a', 'x', { format: 'gnu', patch: write(345, '14570246060\x0014570246060\0') })],
    ['v7', dir('a', { format: 'v7' })],
    ['star', file('a', 'x', { patch: writeAll(write(476, '14570246060 14570246060 '), write(508, 'tar\0')) })],
  ] as [string, TarMemberSpec][])('%s', async (_, member) => {
    expect((await collect(writeTar([member]))).hidden).toEqual([]);
  });
});

describe('what is told as hidden in a header', () => {
  test.each([
    ['behind the NUL of a name', { patch: write(20) }, 1, 100],
    ['behind the NUL of a link name', { patch: write(200) }, 157, 257],
    ['in place of the owner', { patch: write(265, `${SECRET}${SECRET}`) }, 265, 345],
    ['behind the NUL of an owner', { patch: write(280, SECRET.slice(0, 10)) }, 265, 345],
    ['in device numbers', { patch: write(329, 'device') }, 265, 345],
    ['behind the NUL of a prefix', { prefix: 'p', patch: write(400) }, 346, 512],
    ['behind the prefix', { patch: write(501, 'end') }, 345, 512],
    ['where GNU has nothing', { format: 'gnu', patch: write(400) }, 345, 512],
    ['where v7 has nothing', { format: 'v7', patch: write(300) }, 257, 512],
    ['in place of numbers of a directory', { type: '5', patch: write(100, `${SECRET}${SECRET}`) }, 100, 148],
  ] as [string, Partial<TarMemberSpec>, number, number][])('%s', async (_, more, from, to) => {
    const first = writeMember(file('first', 'x'));
    const member = writeMember({ name: 'f', ...more });
    for (const chunkBytes of [100, 65_536]) {
      const told = await collect(Buffer.concat([first, member, Buffer.alloc(1024)]), { chunkBytes });
      expect(told.entries.length).toBe(2);
      const text = member.subarray(from, to).toString('latin1');
      // Neighbours follow each other, and are told as one.
      expect(told.hidden).toEqual([{ region: 'header', offset: 1024 + from, text }]);
    }
  });
});
