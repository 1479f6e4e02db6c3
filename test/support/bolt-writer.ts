/** Writes bolt databases (go.etcd.io/bbolt) byte by byte, honest ones and others. */

/** Keys and values; a map is a bucket. */
export type BoltTree = ReadonlyMap<string, Buffer | BoltTree>;

/** How to write one. */
export interface BoltOptions {
  readonly pageBytes?: number;
  /** Small buckets stand in the value of their key, as bolt does, or get pages of their own. */
  readonly inline?: boolean;
}

const HEADER = 16;
const ELEMENT = 16;
const BRANCH = 1;
const LEAF = 2;
const META = 4;

interface Element {
  readonly flags: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A whole database of one transaction. */
export function writeBolt(tree: BoltTree, { pageBytes = 4096, inline = true }: BoltOptions = {}): Buffer {
  const pages: Buffer[] = [];
  let next = 2;

  const addPage = (flags: number, count: number, body: Buffer): number => {
    const id = next;
    const overflow = Math.ceil((HEADER + body.byteLength) / pageBytes) - 1;
    const page = Buffer.alloc((overflow + 1) * pageBytes);
    pageHeader(id, flags, count, overflow).copy(page);
    body.copy(page, HEADER);
    pages.push(page);
    next += overflow + 1;
    return id;
  };
  const addTree = (elements: readonly Element[]): number => {
    let level = inGroups(elements, pageBytes).map((group) => ({
      key: group[0]?.key ?? Buffer.alloc(0),
      id: addPage(LEAF, group.length, leafBody(group)),
    }));
    while (level.length > 1) {
      level = inGroups(
        level.map((child) => ({ ...child, flags: 0, value: Buffer.alloc(0) })),
        pageBytes,
      ).map((group) => ({
        key: group[0]?.key ?? Buffer.alloc(0),
        id: addPage(BRANCH, group.length, branchBody(group)),
      }));
    }
    return level[0]?.id ?? 0;
  };
  const toElements = (bucket: BoltTree): Element[] =>
    [...bucket]
      .map(([key, value]) =>
        Buffer.isBuffer(value)
          ? { flags: 0, key: Buffer.from(key), value }
          : { flags: 1, key: Buffer.from(key), value: bucketValue(value) },
      )
      .sort((a, b) => Buffer.compare(a.key, b.key));
  const bucketValue = (bucket: BoltTree): Buffer => {
    const elements = toElements(bucket);
    const head = Buffer.alloc(16);
    const body = leafBody(elements);
    if (inline && body.byteLength < pageBytes / 4 && elements.every(({ flags }) => flags === 0))
      return Buffer.concat([head, pageHeader(0, LEAF, elements.length, 0), body]);
    head.writeBigUInt64LE(BigInt(addTree(elements)), 0);
    return head;
  };

  const root = addTree(toElements(tree));
  return Buffer.concat([metaPage(0, root, next, 1, pageBytes), metaPage(1, root, next, 2, pageBytes), ...pages]);
}

/** A meta page, in a page of its own. */
export function metaPage(id: number, root: number, pages: number, transaction: number, pageBytes = 4096): Buffer {
  const page = Buffer.alloc(pageBytes);
  pageHeader(id, META, 0, 0).copy(page);
  page.writeUInt32LE(0xed0cdaed, 16);
  page.writeUInt32LE(2, 20);
  page.writeUInt32LE(pageBytes, 24);
  page.writeBigUInt64LE(BigInt(root), 32);
  page.writeBigUInt64LE(BigInt(pages), 56);
  page.writeBigUInt64LE(BigInt(transaction), 64);
  let sum = 0xcbf29ce484222325n;
  for (const byte of page.subarray(16, 72)) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  page.writeBigUInt64LE(sum, 72);
  return page;
}

/** What stands in front of every page. */
export function pageHeader(id: number, flags: number, count: number, overflow: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeBigUInt64LE(BigInt(id), 0);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(count, 10);
  header.writeUInt32LE(overflow, 12);
  return header;
}

function inGroups<T extends { readonly key: Buffer; readonly value: Buffer }>(
  elements: readonly T[],
  pageBytes: number,
): T[][] {
  const groups: T[][] = [[]];
  let size = HEADER;
  for (const element of elements) {
    const bytes = ELEMENT + element.key.byteLength + element.value.byteLength;
    const last = groups.at(-1) as T[];
    if (last.length > 0 && size + bytes > pageBytes) {
      groups.push([element]);
      size = HEADER + bytes;
    } else {
      last.push(element);
      size += bytes;
    }
  }
  return groups;
}

function leafBody(elements: readonly Element[]): Buffer {
  const heads = Buffer.alloc(elements.length * ELEMENT);
  let at = heads.byteLength;
  elements.forEach(({ flags, key, value }, i) => {
    heads.writeUInt32LE(flags, i * ELEMENT);
    heads.writeUInt32LE(at - i * ELEMENT, i * ELEMENT + 4);
    heads.writeUInt32LE(key.byteLength, i * ELEMENT + 8);
    heads.writeUInt32LE(value.byteLength, i * ELEMENT + 12);
    at += key.byteLength + value.byteLength;
  });
  return Buffer.concat([heads, ...elements.flatMap(({ key, value }) => [key, value])]);
}

function branchBody(children: readonly { readonly key: Buffer; readonly id: number }[]): Buffer {
  const heads = Buffer.alloc(children.length * ELEMENT);
  let at = heads.byteLength;
  children.forEach(({ key, id }, i) => {
    heads.writeUInt32LE(at - i * ELEMENT, i * ELEMENT);
    heads.writeUInt32LE(key.byteLength, i * ELEMENT + 4);
    heads.writeBigUInt64LE(BigInt(id), i * ELEMENT + 8);
    at += key.byteLength;
  });
  return Buffer.concat([heads, ...children.map(({ key }) => key)]);
}
