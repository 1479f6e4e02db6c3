/**
 * Writes tars byte by byte, honest ones and others: tests need headers that no tar program would make.
 */

const BLOCK = 512;

/** A member to write. What is left out gets an honest default. */
export interface TarMemberSpec {
  readonly name: string | Uint8Array;
  /** One character; `0` is a file. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  /** What the header states, where that is not the length of the content. */
  readonly size?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly linkName?: string;
  readonly format?: 'ustar' | 'gnu' | 'v7';
  readonly prefix?: string;
  readonly device?: readonly [major: number, minor: number];
  /** Records of a PAX header to write in front of it. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
  /** Changes the finished header block; the checksum is computed afterwards unless told not to. */
  readonly patch?: (header: Buffer) => void;
  readonly badChecksum?: boolean;
  /** Fills the padding behind the content. */
  readonly padding?: string;
}

/** A whole tar: its members, and two blocks of zeros. */
export function writeTar(members: readonly TarMemberSpec[], end: Uint8Array = Buffer.alloc(2 * BLOCK)): Buffer {
  return Buffer.concat([...members.map(writeMember), end]);
}

/** One member: a PAX header if it needs one, its header, its content, padding. */
export function writeMember(spec: TarMemberSpec): Buffer {
  const content = toBuffer(spec.content ?? '');
  const parts: Buffer[] = [];
  if (spec.pax !== undefined) parts.push(writePax('x', spec.pax));
  parts.push(writeHeader(spec, spec.size ?? content.byteLength), content, padding(content.byteLength, spec.padding));
  return Buffer.concat(parts);
}

/** A PAX extended (`x`) or global (`g`) header. */
export function writePax(type: 'x' | 'g', records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return writeMember({ name: 'PaxHeaders/0', type, content: paxRecords(records) });
}

/** `length key=value\n`, where the length counts itself. */
export function paxRecords(records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const body = Buffer.concat([Buffer.from(` ${key}=`), toBuffer(value), Buffer.from('\n')]);
      let length = body.byteLength;
      while (`${length}`.length + body.byteLength !== length) length = `${length}`.length + body.byteLength;
      return Buffer.concat([Buffer.from(`${length}`), body]);
    }),
  );
}

/** A GNU long name (`L`) or long link name (`K`) for the next member. */
export function writeGnuLong(type: 'L' | 'K', name: string): Buffer {
  return writeMember({ name: '././@LongLink', type, content: `${name}\0`, format: 'gnu' });
}

/** A single header block. */
export function writeHeader(spec: TarMemberSpec, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const format = spec.format ?? 'ustar';
  toBuffer(spec.name).copy(header, 0, 0, 100);
  const type = spec.type ?? '0';
  octal(header, 100, 8, spec.mode ?? (type === '5' ? 0o755 : 0o644));
  octal(header, 108, 8, spec.uid ?? 0);
  octal(header, 116, 8, spec.gid ?? 0);
  octal(header, 124, 12, size);
  octal(header, 136, 12, spec.mtime ?? 1_700_000_000);
  header.write(type, 156, 'latin1');
  header.write(spec.linkName ?? '', 157, 100);
  if (format === 'ustar') header.write('ustar\x0000', 257, 'latin1');
  if (format === 'gnu') header.write('ustar  \0', 257, 'latin1');
  if (spec.device !== undefined) {
    octal(header, 329, 8, spec.device[0]);
    octal(header, 337, 8, spec.device[1]);
  }
  if (spec.prefix !== undefined) header.write(spec.prefix, 345, 155);
  spec.patch?.(header);
  return spec.badChecksum === true ? header : withChecksum(header);
}

/** The header with its checksum computed. */
export function withChecksum(header: Buffer): Buffer {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** A number in base-256, as GNU tar writes sizes of 8 GiB and more. */
export function base256(header: Buffer, at: number, length: number, value: bigint): void {
  let rest = BigInt.asUintN(length * 8, value);
  for (let i = at + length - 1; i >= at; i -= 1) {
    header[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  header[at] = (header[at] as number) | 0x80;
}

function octal(header: Buffer, at: number, length: number, value: number): void {
  if (value >= 8 ** (length - 1) || value < 0) base256(header, at, length, BigInt(value));
  else header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
}

function padding(length: number, fill: string | undefined): Buffer {
  const bytes = Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
  if (fill !== undefined) bytes.write(fill);
  return bytes;
}

function toBuffer(value: string | Uint8Array): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
}

/** A directory. */
export function dir(name: string, more: Partial<TarMemberSpec> = {}): TarMemberSpec {
  return { name: name.endsWith('/') ? name : `${name}/`, type: '5', ...more };
}

/** A regular file. */
export function file(
  name: string | Uint8Array,
  content: string | Uint8Array,
  more: Partial<TarMemberSpec> = {},
): TarMemberSpec {
  return { name, content, ...more };
}

/** A symbolic link. */
export function symlink(name: string, target: string): TarMemberSpec {
  return { name, type: '2', linkName: target, mode: 0o777 };
}

/** A hard link. */
export function hardlink(name: string, target: string): TarMemberSpec {
  return { name, type: '1', linkName: target };
}

/** A whiteout: in the layer above, `path` is gone. */
export function whiteout(path: string): TarMemberSpec {
  const slash = path.lastIndexOf('/') + 1;
  return { name: `${path.slice(0, slash)}.wh.${path.slice(slash)}`, mode: 0 };
}

/** An opaque marker: nothing of what lower layers put into the folder is there any more. */
export function opaque(folder: string): TarMemberSpec {
  return { name: `${folder}/.wh..wh..opq`, mode: 0 };
}
