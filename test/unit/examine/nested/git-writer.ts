/** Writes packs of git object by object, also in forms that git itself does not write. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** An object of a pack; of deltas, what they are against: one further in front, or a name. */
export type PackObject =
  | { readonly kind: 'commit' | 'tree' | 'blob' | 'tag'; readonly content: Uint8Array }
  | { readonly kind: 'offset-delta'; readonly base: number; readonly delta: Uint8Array }
  | { readonly kind: 'reference-delta'; readonly base: string; readonly delta: Uint8Array };

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, 'offset-delta': 6, 'reference-delta': 7 } as const;

/** A pack. Tells as well where its objects begin. */
export function gitPack(objects: readonly PackObject[]): { bytes: Buffer; offsets: readonly number[] } {
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects.length, 8);
  const parts: Buffer[] = [head];
  const offsets: number[] = [];
  let offset = head.byteLength;
  for (const object of objects) {
    const bytes = 'delta' in object ? object.delta : object.content;
    const base =
      object.kind === 'offset-delta'
        ? distance(offset - (offsets[object.base] as number))
        : object.kind === 'reference-delta'
          ? Buffer.from(object.base, 'hex')
          : Buffer.alloc(0);
    const part = Buffer.concat([objectHeader(TYPES[object.kind], bytes.byteLength), base, deflateSync(bytes)]);
    offsets.push(offset);
    offset += part.byteLength;
    parts.push(part);
  }
  const pack = Buffer.concat(parts);
  return { bytes: Buffer.concat([pack, createHash('sha1').update(pack).digest()]), offsets };
}

/** What git calls an object. */
export function gitName(kind: string, content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`${kind} ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

/** A delta: strings are inserted, ranges copied from the base. */
export function gitDelta(
  baseBytes: number,
  resultBytes: number,
  steps: readonly (string | readonly [from: number, length: number])[],
): Buffer {
  const parts = steps.map((step) => {
    if (typeof step === 'string') return Buffer.concat([Buffer.of(step.length), Buffer.from(step, 'latin1')]);
    const [from, length] = step;
    const bytes = [from, from >> 8, from >> 16, from >> 24, length, length >> 8, length >> 16].map(
      (byte) => byte & 0xff,
    );
    return Buffer.from([0xff, ...bytes]);
  });
  return Buffer.concat([sevenBits(baseBytes), sevenBits(resultBytes), ...parts]);
}

function objectHeader(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16);
  const first = (type << 4) | (size % 16);
  return rest === 0 ? Buffer.of(first) : Buffer.concat([Buffer.of(first | 0x80), sevenBits(rest)]);
}

/** Seven bits a byte, the lowest first. */
function sevenBits(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/** Seven bits a byte, the highest first, and one less in each but the last. */
function distance(value: number): Buffer {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift((rest % 128) | 0x80);
  }
  return Buffer.from(bytes);
}
