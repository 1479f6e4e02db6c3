/** Writes databases of rpm in its own formats, without rpm. That of SQLite is for node:sqlite to write. */

/** What a header says; what is left out is not in it. */
export interface RpmHeaderSpec {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly license?: string;
  readonly sourceRpm?: string;
  /** Absolute paths. */
  readonly files?: readonly string[];
}

type Value = readonly [type: number, count: number, data: Buffer];

const text = (value: string): Value => [6, 1, Buffer.from(`${value}\0`)];
const texts = (values: readonly string[]): Value => [
  8,
  values.length,
  Buffer.from(values.map((one) => `${one}\0`).join('')),
];
const numbers = (values: readonly number[]): Value => {
  const data = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) data.writeUInt32BE(value, i * 4);
  return [4, values.length, data];
};

/** A header as it stands in the database. */
export function rpmHeader(spec: RpmHeaderSpec): Buffer {
  const values = new Map<number, Value>([[1000, text(spec.name)]]);
  values.set(1001, text(spec.version ?? '1'));
  values.set(1002, text(spec.release ?? '1'));
  if (spec.epoch !== undefined) values.set(1003, numbers([spec.epoch]));
  values.set(1014, text(spec.license ?? 'MIT'));
  values.set(1022, text(spec.architecture ?? 'x86_64'));
  if (spec.sourceRpm !== undefined) values.set(1044, text(spec.sourceRpm));
  const { files = [] } = spec;
  const folders = [...new Set(files.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))];
  if (files.length > 0) {
    values.set(1116, numbers(files.map((path) => folders.indexOf(path.slice(0, path.lastIndexOf('/') + 1)))));
    values.set(1117, texts(files.map((path) => path.slice(path.lastIndexOf('/') + 1))));
    values.set(1118, texts(folders));
  }
  const index = Buffer.alloc(values.size * 16);
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [i, [tag, [type, count, data]]] of [...values].entries()) {
    const padding = type === 4 ? (4 - (offset % 4)) % 4 : 0;
    parts.push(Buffer.alloc(padding), data);
    offset += padding;
    for (const [n, value] of [tag, type, offset, count].entries()) index.writeUInt32BE(value, i * 16 + n * 4);
    offset += data.byteLength;
  }
  const preamble = Buffer.alloc(8);
  preamble.writeUInt32BE(values.size, 0);
  preamble.writeUInt32BE(offset, 4);
  return Buffer.concat([preamble, index, ...parts]);
}

/** How {@link berkeleyDb} writes. */
export interface BerkeleyDbOptions {
  readonly pageBytes?: number;
  readonly bigEndian?: boolean;
}

/** A hash database of Berkeley DB with one bucket: page 0 describes it, page 1 has the items, the rest long values. */
export function berkeleyDb(
  values: readonly Uint8Array[],
  { pageBytes = 4096, bigEndian = false }: BerkeleyDbOptions = {},
): Buffer {
  const pages: Buffer[] = [Buffer.alloc(pageBytes), Buffer.alloc(pageBytes)];
  const u16 = (page: Buffer, at: number, value: number): unknown =>
    bigEndian ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at);
  const u32 = (page: Buffer, at: number, value: number): unknown =>
    bigEndian ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at);
  const [metadata, bucket] = pages as [Buffer, Buffer];
  let end = pageBytes;
  let items = 0;
  const addItem = (bytes: Buffer): void => {
    end -= bytes.byteLength;
    bytes.copy(bucket, end);
    u16(bucket, 26 + items * 2, end);
    items += 1;
  };
  // The counter that rpm keeps under the key 0.
  addItem(Buffer.from([1, 0, 0, 0, 0]));
  addItem(Buffer.from([1, 9, 0, 0, 0]));
  for (const [i, value] of values.entries()) {
    const first = pages.length;
    for (let at = 0; at < value.byteLength; at += pageBytes - 26) {
      const part = value.subarray(at, at + pageBytes - 26);
      const page = Buffer.alloc(pageBytes);
      u32(page, 8, pages.length);
      u32(page, 16, at + part.byteLength < value.byteLength ? pages.length + 1 : 0);
      u16(page, 22, part.byteLength);
      page[25] = 7;
      page.set(part, 26);
      pages.push(page);
    }
    addItem(Buffer.from([1, i + 1, 0, 0, 0]));
    const reference = Buffer.alloc(12);
    reference[0] = 3;
    u32(reference, 4, first);
    u32(reference, 8, value.byteLength);
    addItem(reference);
  }
  u32(bucket, 8, 1);
  u16(bucket, 20, items);
  u16(bucket, 22, end);
  bucket[25] = 13;
  u32(metadata, 12, 0x00061561);
  u32(metadata, 16, 9);
  u32(metadata, 20, pageBytes);
  metadata[25] = 8;
  u32(metadata, 32, pages.length - 1);
  return Buffer.concat(pages);
}

/** A database in rpm's own format, with one page of slots. */
export function ndb(values: readonly Uint8Array[]): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP', 0, 'latin1');
  slots.writeUInt32LE(1, 12);
  for (let at = 32; at < 4096; at += 16) slots.write('Slot', at, 'latin1');
  const blobs: Buffer[] = [];
  let offset = 4096;
  for (const [i, value] of values.entries()) {
    const blocks = Math.ceil((16 + value.byteLength + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    blob.write('BlbS', 0, 'latin1');
    blob.writeUInt32LE(i + 1, 4);
    blob.writeUInt32LE(value.byteLength, 12);
    blob.set(value, 16);
    blob.write('BlbE', blob.byteLength - 4, 'latin1');
    const slot = 32 + i * 16;
    slots.writeUInt32LE(i + 1, slot + 4);
    slots.writeUInt32LE(offset / 16, slot + 8);
    slots.writeUInt32LE(blocks, slot + 12);
    blobs.push(blob);
    offset += blob.byteLength;
  }
  return Buffer.concat([slots, ...blobs]);
}
