/** A tar with every kind of member, cut and damaged at every place. */
import { describe, expect, test } from 'vitest';
import { type Collected, collect } from '../../unit/tar/collect.ts';
import { BORDERS, EVERY_KIND } from '../../unit/tar/kinds.ts';

const END = BORDERS.at(-1) as number;

/** What must be true whatever the bytes are. */
function checkSanity(told: Collected, tarBytes: number): void {
  expect(told.facts.entries).toBe(told.entries.length);
  for (const { entry, complete, content, dataBytes } of told.entries) {
    expect(entry.headerOffset).toBeLessThan(tarBytes);
    expect(dataBytes).toBeLessThanOrEqual(tarBytes);
    if (complete && entry.sparse === null) expect(content.length).toBe(entry.sizeBytes);
  }
  const incomplete = told.entries.filter(({ complete }) => !complete);
  if (told.facts.failure === null) expect(incomplete).toEqual([]);
  // Only the entry that the tar broke in can be incomplete.
  else expect(incomplete.length).toBeLessThanOrEqual(1);
  for (const { offset } of told.anomalies) expect(offset).toBeLessThan(tarBytes);
}

describe('a tar that is cut', () => {
  const cuts = new Set([...BORDERS, ...BORDERS.map((border) => border + 512)].filter((cut) => cut <= END));
  for (let cut = 0; cut <= END; cut += 37) cuts.add(cut);
  for (let cut = 0; cut <= END; cut += 512) cuts.add(cut).add(cut + 1);

  test('tells every entry in front of the cut, and that it is cut', async () => {
    const whole = await collect(EVERY_KIND);
    for (const cut of [...cuts].filter((place) => place <= END)) {
      const told = await collect(EVERY_KIND.subarray(0, cut), { chunkBytes: cut % 3 === 0 ? 300 : 65_536 });
      checkSanity(told, cut);
      const entireMembers = BORDERS.slice(1).filter((border) => border <= cut).length;
      expect(told.entries.slice(0, entireMembers)).toEqual(whole.entries.slice(0, entireMembers));
      // The rest is what can be told of the member that the cut is in.
      expect(told.entries.length - entireMembers).toBeLessThanOrEqual(1);
      if (BORDERS.includes(cut)) expect(told.facts.failure).toBeNull();
      if (told.facts.failure !== null)
        expect(told.facts.failure).toMatchObject({ reason: 'blob-truncated', offset: cut });
    }
  });

  test('a cut inside content or a header is a failure', async () => {
    const last = BORDERS.at(-2) as number;
    for (const cut of [last + 1, last + 511, last + 513, last + 512 + 699]) {
      const told = await collect(EVERY_KIND.subarray(0, cut));
      expect(told.facts.failure?.reason).toBe('blob-truncated');
    }
    const started = await collect(EVERY_KIND.subarray(0, last + 512 + 300));
    expect(started.entries.at(-1)).toMatchObject({ name: 'last', content: 'z'.repeat(300), complete: false });
  });
});

describe('a tar with one wrong byte', () => {
  const headers = [...BORDERS.slice(0, -1)];

  test.each([0xff, 0x80, 0x01])('xor %i at any byte of a header that begins a member never crashes', async (mask) => {
    for (const [i, header] of headers.entries()) {
      // All masks see all headers; each its own third of the bytes.
      for (let at = (i + mask) % 3; at < 512; at += 3) {
        // Nobody reads what stands behind the NUL of the checksum.
        if (at === 155) continue;
        const tar = Buffer.from(EVERY_KIND.subarray(0, Math.min(END, (headers[i + 2] ?? END) + 512)));
        const damaged = tar.subarray(header);
        damaged[at] = (damaged[at] as number) ^ mask;
        const told = await collect(damaged);
        checkSanity(told, damaged.byteLength);
        expect(told.facts).toMatchObject({ entries: 0, failure: expect.objectContaining({ reason: 'tar-damaged' }) });
        // Nothing is lost: what could not be read is told as bytes.
        expect(told.hidden.map(({ text }) => text).join('')).toBe(damaged.toString('latin1'));
      }
    }
  });

  test('with the checksum put right, it is read as something or refused, and never crashes', async () => {
    for (const [i, header] of headers.entries()) {
      for (let at = i % 5; at < 512; at += 5) {
        if (at >= 148 && at < 156) continue;
        const tar = Buffer.from(EVERY_KIND.subarray(header, Math.min(END, (headers[i + 2] ?? END) + 512)));
        tar[at] = (tar[at] as number) ^ (at % 2 === 0 ? 0xff : 0x07);
        fixChecksum(tar);
        checkSanity(await collect(tar), tar.byteLength);
      }
    }
  });

  test('any byte of extended headers and contents can be anything', async () => {
    for (let at = 0; at < END; at += 11) {
      const tar = Buffer.from(EVERY_KIND);
      tar[at] = (tar[at] as number) ^ 0x55;
      checkSanity(await collect(tar), tar.byteLength);
    }
  });
});

function fixChecksum(tar: Buffer): void {
  tar.fill(0x20, 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
