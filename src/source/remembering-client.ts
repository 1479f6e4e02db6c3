import type { Digest } from '../core/index.ts';
import type { RegistryClient } from '../registry/index.ts';

/** What is asked of a registry about documents. */
export type DocumentClient = Pick<RegistryClient, 'manifest' | 'referrers' | 'smallBlob'>;

/** Bytes of documents that are kept. Those behind are asked for again. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A registry that is asked once for each document. Manifests lead to images and are what is signed; what hangs on an
 * image is listed, searched for secrets, and verified: each of these would ask by itself.
 */
export class RememberingClient implements DocumentClient {
  readonly #client: DocumentClient;
  readonly #answers = new Map<string, Promise<unknown>>();
  #bytes = 0;

  constructor(client: DocumentClient) {
    this.#client = client;
  }

  manifest(tagOrDigest: string, signal: AbortSignal): ReturnType<DocumentClient['manifest']> {
    const ask = (): ReturnType<DocumentClient['manifest']> => this.#client.manifest(tagOrDigest, signal);
    // What a tag named is known by its digest as well.
    return this.#once(`manifest ${tagOrDigest}`, signal, ask, ({ bytes, digest }) => [bytes, `manifest ${digest}`]);
  }

  referrers(digest: Digest, signal: AbortSignal): ReturnType<DocumentClient['referrers']> {
    return this.#once(`referrers ${digest}`, signal, () => this.#client.referrers(digest, signal));
  }

  smallBlob(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const known = this.#answers.get(`blob ${digest}`) as Promise<Uint8Array> | undefined;
    if (known !== undefined) return known;
    // What is too much for who asks first may not be for who asks next.
    const ask = (): Promise<Uint8Array> => this.#client.smallBlob(digest, limitBytes, signal);
    return this.#once(`blob ${digest} ${limitBytes}`, signal, ask, (bytes) => [bytes, `blob ${digest}`]);
  }

  /**
   * Keeps answers and refusals: a registry that fails was tried several times already.
   * @param keep the bytes of an answer, and another name that it is known by
   */
  #once<T>(
    key: string,
    signal: AbortSignal,
    ask: () => Promise<T>,
    keep?: (answer: T) => readonly [Uint8Array, string],
  ): Promise<T> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known as Promise<T>;
    const asked = ask();
    this.#answers.set(key, asked);
    asked.then(
      (answer) => {
        if (keep === undefined) return;
        const [{ byteLength }, alias] = keep(answer);
        if (this.#bytes + byteLength > MAX_BYTES) {
          this.#answers.delete(key);
        } else {
          this.#bytes += byteLength;
          this.#answers.set(alias, asked);
        }
      },
      () => {
        if (signal.aborted) this.#answers.delete(key);
      },
    );
    return asked;
  }
}
