import type { TarAnomaly, TarAnomalyKind } from './anomaly.ts';
import { type ExtendedHeaders, globalOverrides } from './extended-headers.ts';
import type { RawHeader } from './header.ts';
import { type PaxRecords, parsePax } from './pax.ts';

/** Most characters kept of what was seen; what is shown is cut later, behind redaction. */
const MAX_DETAIL_CHARACTERS = 4096;

/** Collects what stands in front of an entry and says more of it: GNU long names, PAX headers (docs/adr/0003). */
export class ExtendedHeaderReader {
  readonly #maxBytes: number;
  readonly #tell: (anomaly: TarAnomaly) => void;
  #headers: ExtendedHeaders = {};
  /** Type flag of the header that is being collected; empty where it is ignored. */
  #type = '';
  #offset = 0;
  #parts: Uint8Array[] = [];

  /** @param maxBytes longest header that is heeded */
  constructor(maxBytes: number, tell: (anomaly: TarAnomaly) => void) {
    this.#maxBytes = maxBytes;
    this.#tell = tell;
  }

  /** Starts an extended header. */
  begin({ typeFlag, sizeBytes }: RawHeader, offset: number): void {
    this.#offset = offset;
    this.#type = typeFlag;
    this.#parts = [];
    if (sizeBytes <= this.#maxBytes) return;
    this.#note('extended-header-too-large', `an extended header of ${sizeBytes} bytes is ignored`, sizeBytes);
    this.#type = '';
  }

  /** Takes the next of its content. */
  collect(bytes: Uint8Array): void {
    if (this.#type !== '') this.#parts.push(bytes.slice());
  }

  /** Says that it is complete. */
  finish(): void {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    if (this.#type === 'L') this.#headers.gnuName = untilNul(bytes);
    else if (this.#type === 'K') this.#headers.gnuLinkName = untilNul(bytes);
    else if (this.#type !== '') this.#finishPax(bytes, this.#type === 'g');
  }

  /** What holds for the entry that begins. */
  take(): ExtendedHeaders {
    const headers = this.#headers;
    this.#headers = {};
    return headers;
  }

  /** Forgets all: the entry that it was for is lost. */
  clear(): void {
    this.#headers = {};
    this.#parts = [];
  }

  #finishPax(bytes: Uint8Array, global: boolean): void {
    const records = parsePax(bytes);
    if (records === undefined) this.#note('pax-invalid', 'a PAX header is malformed and ignored', bytes.byteLength);
    else if (global) this.#finishGlobal(records);
    else this.#headers.pax = records;
  }

  #finishGlobal(records: PaxRecords): void {
    // Go hands a global header out as an entry and forgets what stood in front of it. The attack: a name that
    // is given before a global header is what other readers see, and not what the runtime creates.
    if (Object.keys(this.#headers).length > 0) {
      this.#note('global-header-override', 'a PAX global header cuts an extended header off from its entry');
    }
    this.#headers = {};
    const overrides = globalOverrides(records);
    if (overrides.length > 0) {
      const names = overrides.join(', ').slice(0, MAX_DETAIL_CHARACTERS);
      this.#note('global-header-override', `a PAX global header sets ${names}`);
    }
  }

  #note(kind: TarAnomalyKind, detail: string, bytes: number | null = null): void {
    this.#tell({ kind, sequence: null, offset: this.#offset, bytes, detail });
  }
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  return nul < 0 ? bytes : bytes.subarray(0, nul);
}
