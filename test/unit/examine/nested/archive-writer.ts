/** Writes zip and ar archives byte by byte, also in forms that the programs at hand do not write. */
import { crc32, deflateRawSync } from 'node:zlib';

/** A member of a zip. */
export interface ZipMember {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Deflated unless given. */
  readonly method?: 'stored';
  /** What the header says of the method, where that is not true. */
  readonly methodNumber?: number;
  readonly encrypted?: boolean;
}

/** How members' sizes are told. */
export interface ZipForm {
  /** Behind the member, and how. */
  readonly descriptor?: 'signed' | 'unsigned' | 'zip64';
  /** In a ZIP64 field in front. */
  readonly zip64?: boolean;
}

/** A zip with its directory. */
export function zipArchive(members: readonly ZipMember[], { descriptor, zip64 = false }: ZipForm = {}): Buffer {
  const parts = members.map(({ name, content, method, methodNumber, encrypted }) => {
    const bytes = Buffer.from(content);
    const stored = method === 'stored' || name.endsWith('/');
    const data = stored ? bytes : deflateRawSync(bytes);
    const behind = descriptor !== undefined && !name.endsWith('/');
    const extra = zip64 ? zip64Field(bytes.byteLength, data.byteLength) : Buffer.alloc(0);
    const header = Buffer.alloc(30);
    header.write('PK\u0003\u0004', 0, 'latin1');
    header.writeUInt16LE(45, 4);
    header.writeUInt16LE((encrypted === true ? 1 : 0) | (behind ? 8 : 0), 6);
    header.writeUInt16LE(methodNumber ?? (stored ? 0 : 8), 8);
    if (!behind) {
      header.writeUInt32LE(crc32(bytes), 14);
      header.writeUInt32LE(zip64 ? 0xffffffff : data.byteLength, 18);
      header.writeUInt32LE(zip64 ? 0xffffffff : bytes.byteLength, 22);
    }
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    header.writeUInt16LE(extra.byteLength, 28);
    const tail = behind ? descriptorOf(bytes, data, descriptor) : Buffer.alloc(0);
    return Buffer.concat([header, Buffer.from(name), extra, data, tail]);
  });
  // Of the directory only the beginning matters: readers of streams stop there.
  return Buffer.concat([
    ...parts,
    Buffer.from('PK\u0001\u0002', 'latin1'),
    Buffer.alloc(42),
    Buffer.from('PK\u0005\u0006', 'latin1'),
    Buffer.alloc(18),
  ]);
}

function zip64Field(size: number, compressed: number): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(compressed), 12);
  return field;
}

function descriptorOf(bytes: Buffer, data: Buffer, form: NonNullable<ZipForm['descriptor']>): Buffer {
  const sizes = Buffer.alloc(form === 'zip64' ? 16 : 8);
  if (form === 'zip64') {
    sizes.writeBigUInt64LE(BigInt(data.byteLength), 0);
    sizes.writeBigUInt64LE(BigInt(bytes.byteLength), 8);
  } else {
    sizes.writeUInt32LE(data.byteLength, 0);
    sizes.writeUInt32LE(bytes.byteLength, 4);
  }
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return Buffer.concat([Buffer.from(form === 'unsigned' ? '' : 'PK\u0007\u0008', 'latin1'), crc, sizes]);
}

/** An ar archive. */
export function arArchive(members: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const parts = members.map(([name, content]) =>
    Buffer.concat([
      Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`),
      Buffer.from(`${String(content.byteLength).padEnd(10)}\`\n`),
      content,
      Buffer.from(content.byteLength % 2 === 1 ? '\n' : ''),
    ]),
  );
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

/** A file of a cpio archive. */
export interface CpioMember {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** A regular file unless given. */
  readonly mode?: number;
}

/** A cpio archive: with hexadecimal numbers, as RPM and the kernel have it, or with octal ones. */
export function cpioArchive(members: readonly CpioMember[], form: 'newc' | 'crc' | 'odc' = 'newc'): Buffer {
  const parts = [...members, { name: 'TRAILER!!!', content: '', mode: 0 }].map(({ name, content, mode = 0o100644 }) => {
    const bytes = Buffer.from(content);
    const nameBytes = Buffer.byteLength(name) + 1;
    if (form === 'odc') {
      const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
      const header = `070707${octal(0, 12)}${octal(mode, 6)}${octal(0, 24)}${octal(0, 11)}${octal(nameBytes, 6)}${octal(bytes.byteLength, 11)}`;
      return Buffer.concat([Buffer.from(`${header}${name}\0`), bytes]);
    }
    const hex = (value: number): string => value.toString(16).padStart(8, '0');
    const numbers = [0, mode, 0, 0, 1, 0, bytes.byteLength, 0, 0, 0, 0, nameBytes, 0].map(hex).join('');
    const header = Buffer.from(`${form === 'crc' ? '070702' : '070701'}${numbers}${name}\0`);
    return Buffer.concat([inFours(header), inFours(bytes)]);
  });
  return Buffer.concat(parts);
}

function inFours(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.byteLength % 4)) % 4)]);
}

/** A package of RPM: a lead, a header with signatures, one with what it is, and what is given as its payload. */
export function rpmPackage(payload: Buffer, summary = 'a package'): Buffer {
  const lead = Buffer.alloc(96);
  Buffer.from([0xed, 0xab, 0xee, 0xdb, 3, 0]).copy(lead);
  const signature = rpmHeader([[1000, 4, Buffer.alloc(4)]]);
  const padding = Buffer.alloc((8 - (signature.byteLength % 8)) % 8);
  const header = rpmHeader([
    [1000, 6, Buffer.from('example\0')],
    [1004, 6, Buffer.from(`${summary}\0`)],
  ]);
  return Buffer.concat([lead, signature, padding, header, payload]);
}

function rpmHeader(tags: readonly (readonly [tag: number, type: number, data: Buffer])[]): Buffer {
  const data = Buffer.concat(tags.map(([, , bytes]) => bytes));
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x8eade801, 0);
  head.writeUInt32BE(tags.length, 8);
  head.writeUInt32BE(data.byteLength, 12);
  let offset = 0;
  const index = tags.map(([tag, type, bytes]) => {
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(tag, 0);
    entry.writeUInt32BE(type, 4);
    entry.writeUInt32BE(offset, 8);
    entry.writeUInt32BE(1, 12);
    offset += bytes.byteLength;
    return entry;
  });
  return Buffer.concat([head, ...index, data]);
}
