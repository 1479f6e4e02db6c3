import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm, type RegistryReference } from '../core/index.ts';
import { placesOf, type RegistriesConfig } from './mirrors/places.ts';
import type { Referrers } from './referrers.ts';
import { type FetchedManifest, RepositoryClient, type RepositoryClientOptions } from './repository-client.ts';

/** What a {@link RegistryClient} is told. */
export interface RegistryClientOptions extends RepositoryClientOptions {
  /** Where repositories are besides, or instead of, the registry that their names name. */
  readonly registries?: RegistriesConfig;
}

/**
 * Reads images of one repository: from its mirrors, in their order, and at last from its registry itself. Without
 * mirrors there is only that.
 */
export class RegistryClient {
  readonly #repositories: readonly {
    readonly client: RepositoryClient;
    readonly host: string;
    readonly takes: Takes;
  }[];

  /** @throws AuditError `REGISTRY_FORBIDDEN` where the configuration blocks the registry */
  constructor(reference: RegistryReference, options: RegistryClientOptions) {
    const { registries, ...rest } = options;
    this.#repositories = placesOf(reference, registries ?? []).map((place) => ({
      client: new RepositoryClient(place.reference, {
        ...rest,
        // The attack: a mirror that somebody wrote into a shared configuration is shown the password for the registry.
        storedOnly: place.isMirror,
        plainHttp: rest.plainHttp === true || place.plainHttp,
      }),
      host: place.reference.registry,
      takes: place.takes,
    }));
  }

  /** Closes idle connections. */
  close(): void {
    for (const { client } of this.#repositories) client.close();
  }

  /**
   * Fetches a manifest by tag or digest. By digest, the bytes are what was asked for or there is an error.
   * @throws AuditError
   */
  manifest(tagOrDigest: string, signal: AbortSignal): Promise<FetchedManifest> {
    const kind = tagOrDigest.includes(':') ? 'digests' : 'tags';
    return this.#first(kind, signal, (client) => client.manifest(tagOrDigest, signal));
  }

  /**
   * Fetches a small blob whole. The caller holds it against its digest.
   * @throws AuditError
   */
  smallBlob(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#first('digests', signal, async (client, isLast) => {
      const bytes = await client.smallBlob(digest, limitBytes, signal);
      // What a mirror breaks, the next place may have whole.
      if (!isLast && digestOf(bytes, digestAlgorithm(digest)) !== digest)
        throw new AuditError('DIGEST_MISMATCH', `blob ${digest} has another digest`);
      return bytes;
    });
  }

  /**
   * Streams a blob. The caller digests it to its end.
   * @throws AuditError
   */
  async *blob(digest: Digest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { iterator, first } = await this.#first('digests', signal, async (client) => {
      const chunks = client.blob(digest, signal);
      return { iterator: chunks, first: await chunks.next() };
    });
    try {
      // Bytes that were given out cannot be taken back: from here on there is no other place.
      if (first.done !== true) yield first.value;
      yield* iterator;
    } finally {
      await iterator.return(undefined);
    }
  }

  /**
   * Lists the manifests that name a digest as their subject: asks the registry, and reads the tag that stands for
   * its answer where it cannot be asked.
   * @throws AuditError
   */
  referrers(digest: Digest, signal: AbortSignal): Promise<Referrers> {
    return this.#first('tags', signal, (client) => client.referrers(digest, signal));
  }

  /** What the first place says that has an answer; where none has, the error of the last, the registry itself. */
  async #first<T>(
    kind: 'tags' | 'digests',
    signal: AbortSignal,
    ask: (client: RepositoryClient, isLast: boolean) => Promise<T>,
  ): Promise<T> {
    const able = this.#repositories.filter(({ takes }) => takes === 'all' || takes === kind);
    const refused: string[] = [];
    for (const [i, { client, host }] of able.entries()) {
      const isLast = i === able.length - 1;
      try {
        return await ask(client, isLast);
      } catch (error) {
        if (!(error instanceof AuditError) || error.code === 'INTERRUPTED' || signal.aborted) throw error;
        if (isLast) throw refused.length === 0 ? error : withRefusals(error, refused);
        refused.push(`${host}: ${error.message}`);
      }
    }
    throw new AuditError('REGISTRY_FORBIDDEN', 'the configuration of registries leaves no place to ask');
  }
}

/** What a place is asked for. */
type Takes = 'all' | 'tags' | 'digests';

function withRefusals(error: AuditError, refused: readonly string[]): AuditError {
  return new AuditError(error.code, `${error.message} (before, ${refused.join('; ')})`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
