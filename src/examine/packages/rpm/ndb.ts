import { DatabaseDamage } from './database-damage.ts';

/** `RpmP`, `Slot`, `BlbS` as little-endian numbers (rpm, `lib/backend/ndb/rpmpkg.c`). */
const HEADER_MAGIC = 0x506d7052;
const SLOT_MAGIC = 0x746f6c53;
const BLOB_MAGIC = 0x53626c42;
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;
const BLOB_HEADER_BYTES = 16;
/** Slots begin behind the header, which takes the place of two. */
const FIRST_SLOT = 2;

/** Whether bytes are a database of rpm's own format, SUSE's. */
export function isNdb(bytes: Uint8Array): boolean {
  return (
    bytes.byteLength >= FIRST_SLOT * SLOT_BYTES &&
    bytes[0] === 0x52 &&
    viewOf(bytes).getUint32(0, true) === HEADER_MAGIC
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Headers of a database of rpm's own format: a table of slots, then each header in blocks of 16 bytes.
 *
 * The attack: slots that all point to one large header. No block belongs to two of them.
 */
export function* readNdb(bytes: Uint8Array, onDamage: (message: string) => void): Generator<Uint8Array> {
  const view = viewOf(bytes);
  const slotPages = view.getUint32(12, true);
  const slotsEnd = slotPages * PAGE_BYTES;
  if (slotsEnd > bytes.byteLength) throw new DatabaseDamage(`${slotPages} pages of slots are more than it has`);
  let readBytes = 0;
  for (let at = FIRST_SLOT * SLOT_BYTES; at + SLOT_BYTES <= slotsEnd; at += SLOT_BYTES) {
    const index = view.getUint32(at + 4, true);
    if (view.getUint32(at, true) !== SLOT_MAGIC) {
      onDamage(`slot ${at / SLOT_BYTES} is broken`);
      return;
    }
    if (index === 0) continue;
    const start = view.getUint32(at + 8, true) * BLOCK_BYTES;
    const blockBytes = view.getUint32(at + 12, true) * BLOCK_BYTES;
    const header = readBlob(start, blockBytes, index);
    if (header === null) continue;
    readBytes += header.byteLength;
    if (readBytes > bytes.byteLength) {
      onDamage('packages share their bytes');
      return;
    }
    yield header;
  }

  function readBlob(start: number, blockBytes: number, index: number): Uint8Array | null {
    if (start + Math.max(blockBytes, BLOB_HEADER_BYTES) > bytes.byteLength) {
      onDamage(`package ${index} lies outside of it`);
      return null;
    }
    const lengthBytes = view.getUint32(start + 12, true);
    if (
      view.getUint32(start, true) !== BLOB_MAGIC ||
      view.getUint32(start + 4, true) !== index ||
      lengthBytes + BLOB_HEADER_BYTES > blockBytes
    ) {
      onDamage(`package ${index} is broken`);
      return null;
    }
    return bytes.subarray(start + BLOB_HEADER_BYTES, start + BLOB_HEADER_BYTES + lengthBytes);
  }
}
