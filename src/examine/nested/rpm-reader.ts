import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import { formatOf } from './format.ts';
import { PendingBytes } from './pending-bytes.ts';

const LEAD_BYTES = 96;
const HEADER_BYTES = 16;
const HEADER_MAGIC = 0x8eade801;
const INDEX_ENTRY_BYTES = 16;
/** Bytes that tell how the payload is compressed. */
const PAYLOAD_HEAD_BYTES = 16;
/** RPM's own limits. */
const MAX_ENTRIES = 0xffff;
const MAX_DATA_BYTES = 256 * 1024 * 1024;

const PAYLOADS: Readonly<Record<string, string>> = {
  gzip: 'payload.cpio.gz',
  xz: 'payload.cpio.xz',
  zstd: 'payload.cpio.zst',
  bzip2: 'payload.cpio.bz2',
  cpio: 'payload.cpio',
};

/**
 * Reads a package of RPM (the file format is in RPM's docs/manual/format.md): a lead, a header with signatures, one
 * with what the package is, and a cpio archive, mostly compressed. Headers are plain, and searched as the file's bytes.
 */
export class RpmReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #pending = new PendingBytes();
  #skip = LEAD_BYTES;
  #headers = 0;
  #payload: ByteSink = NOWHERE;
  #inPayload = false;

  /** @param open starts the payload, whose bytes stand in the file as they are */
  constructor(open: OpenMember) {
    this.#open = open;
  }

  push(input: Uint8Array): void {
    let rest = input;
    while (rest.byteLength > 0) {
      if (this.#inPayload) {
        this.#payload.push(rest);
        return;
      }
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, rest.byteLength);
        this.#skip -= skipped;
        rest = rest.subarray(skipped);
      } else {
        rest = this.#headers < 2 ? this.#readHeader(rest) : this.#startPayload(rest);
      }
    }
  }

  end(): void {
    this.#payload.end();
    this.#payload = NOWHERE;
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < HEADER_BYTES) return this.#pending.keep(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    const entries = view.getUint32(8);
    const dataBytes = view.getUint32(12);
    if (view.getUint32(0) !== HEADER_MAGIC || entries > MAX_ENTRIES || dataBytes > MAX_DATA_BYTES)
      throw new NestedFormatError('a header of the RPM package is broken');
    this.#skip = entries * INDEX_ENTRY_BYTES + dataBytes;
    this.#headers += 1;
    // Signatures are padded, what the package is is not.
    if (this.#headers === 1) this.#skip = Math.ceil(this.#skip / 8) * 8;
    return bytes.subarray(HEADER_BYTES);
  }

  #startPayload(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < PAYLOAD_HEAD_BYTES) return this.#pending.keep(bytes);
    const name = PAYLOADS[formatOf(bytes) ?? ''];
    if (name === undefined)
      throw new NestedFormatError('the payload of the RPM package is in a format that is not read');
    this.#payload = this.#open(name);
    this.#inPayload = true;
    return bytes;
  }
}
