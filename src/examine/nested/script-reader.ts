import { type ByteSink, NOWHERE } from './byte-sink.ts';
import { PendingBytes } from './pending-bytes.ts';

/** Longest script that is waited for in front of an archive: that of Spring Boot has ten thousand bytes. */
const MAX_SCRIPT_BYTES = 64 * 1024;
const LOCAL_HEADER = Buffer.from('PK\u0003\u0004', 'latin1');
const LOCAL_HEADER_BYTES = 30;
/** Stored and deflated; the newest version of the format that APPNOTE.TXT knows. */
const METHODS: readonly number[] = [0, 8];
const MAX_VERSION = 63;

/**
 * Reads a script with a zip behind it, which starts the script and is read from its end: executable jars, zipapps of
 * Python, pex, shiv.
 *
 * The attack: a line of text in front of a jar, and what is in it is there for Java only.
 */
export class ScriptReader implements ByteSink {
  readonly #makeZip: () => ByteSink;
  readonly #pending = new PendingBytes();
  #zip: ByteSink | undefined;
  #passedBytes = 0;

  constructor(makeZip: () => ByteSink) {
    this.#makeZip = makeZip;
  }

  push(input: Uint8Array): void {
    if (this.#zip !== undefined) {
      this.#zip.push(input);
      return;
    }
    const bytes = this.#pending.join(input);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = text.indexOf(LOCAL_HEADER); at >= 0; at = text.indexOf(LOCAL_HEADER, at + 1)) {
      if (at + LOCAL_HEADER_BYTES > bytes.byteLength || this.#passedBytes + at > MAX_SCRIPT_BYTES) break;
      if (text.readUInt16LE(at + 4) > MAX_VERSION || !METHODS.includes(text.readUInt16LE(at + 8))) continue;
      this.#zip = this.#makeZip();
      this.#zip.push(bytes.subarray(at));
      return;
    }
    const kept = bytes.subarray(Math.max(0, bytes.byteLength - LOCAL_HEADER_BYTES));
    this.#passedBytes += bytes.byteLength - kept.byteLength;
    if (this.#passedBytes > MAX_SCRIPT_BYTES) this.#zip = NOWHERE;
    else this.#pending.keep(kept);
  }

  end(): void {
    this.#zip?.end();
  }
}
