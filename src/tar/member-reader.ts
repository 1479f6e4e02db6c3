import type { TarEntry } from './entry.ts';
import { HeaderGuard, type TarFailure } from './guard.ts';
import { BLOCK } from './header.ts';

/** Takes the stored bytes of members, one after the other. */
export interface TarMembers {
  begin(entry: TarEntry): void;
  content(bytes: Uint8Array): void;
  finish(): void;
}

/**
 * Reads a tar that is a file of a layer: the members' stored bytes, in the same turn as they come, because the layer's
 * own tar is being read around it. Layers themselves go through the {@link TarReader}.
 */
export class TarMemberReader {
  readonly #members: TarMembers;
  readonly #guard: HeaderGuard;
  /** Entries whose header has not passed yet. */
  readonly #told: TarEntry[] = [];
  #headerLeft = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  #open = false;

  constructor(members: TarMembers) {
    this.#members = members;
    this.#guard = new HeaderGuard({
      entry: (entry) => this.#told.push(entry),
      anomaly: () => undefined,
      hidden: () => undefined,
      pass: (bytes) => this.#pass(bytes),
    });
  }

  /** Why it could not be read to its end, if it could not. */
  get failure(): TarFailure | null {
    return this.#guard.failure;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    // A copy: the guard writes into what it is given, and these bytes are another file's content.
    this.#guard.push(new Uint8Array(bytes));
  }

  /** Says that there are no more. */
  end(): void {
    this.#guard.end();
    this.#finish();
  }

  #pass(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const left = bytes.byteLength - at;
      if (this.#contentLeft > 0 && this.#headerLeft === 0) {
        const length = Math.min(this.#contentLeft, left);
        this.#members.content(bytes.subarray(at, at + length));
        this.#contentLeft -= length;
        at += length;
        if (this.#contentLeft === 0) this.#finish();
      } else if (this.#headerLeft > 0) {
        const length = Math.min(this.#headerLeft, left);
        this.#headerLeft -= length;
        at += length;
        if (this.#headerLeft === 0 && this.#contentLeft === 0) this.#finish();
      } else if (this.#paddingLeft > 0) {
        const length = Math.min(this.#paddingLeft, left);
        this.#paddingLeft -= length;
        at += length;
      } else {
        this.#begin();
      }
    }
  }

  #begin(): void {
    const entry = this.#told.shift();
    if (entry === undefined) throw new Error('the header guard passed a header that it did not tell');
    this.#headerLeft = BLOCK;
    this.#contentLeft = entry.storedBytes;
    this.#paddingLeft = (BLOCK - (entry.storedBytes % BLOCK)) % BLOCK;
    this.#open = true;
    this.#members.begin(entry);
  }

  #finish(): void {
    if (this.#open) this.#members.finish();
    this.#open = false;
  }
}
