/** ECMA-182, from its lowest bit up. */
const POLYNOMIAL_HIGH = 0xc96c5795;
const POLYNOMIAL_LOW = 0xd7870f42;

let tables: { readonly high: Int32Array; readonly low: Int32Array } | undefined;

/** The CRC-64 of xz, in two halves: numbers have 53 bits, and BigInt is slow. */
export class Crc64 {
  #high = -1;
  #low = -1;

  update(bytes: Uint8Array): void {
    tables ??= makeTables();
    const { high: highTable, low: lowTable } = tables;
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < bytes.byteLength; i += 1) {
      const index = (low ^ (bytes[i] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] as number);
      high = (high >>> 8) ^ (highTable[index] as number);
    }
    this.#high = high;
    this.#low = low;
  }

  /** Whether this is the checksum of what came, lowest byte first. */
  matches(stored: Uint8Array): boolean {
    const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
    return view.getInt32(0, true) === ~this.#low && view.getInt32(4, true) === ~this.#high;
  }
}

function makeTables(): { high: Int32Array; low: Int32Array } {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let h = 0;
    let l = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (carry === 0) continue;
      l ^= POLYNOMIAL_LOW;
      h ^= POLYNOMIAL_HIGH;
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
}
