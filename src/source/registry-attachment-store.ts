import { AuditError, type Digest } from '../core/index.ts';
import { readManifestDocument } from '../oci/index.ts';
import { referrersTag } from '../registry/index.ts';
import type { AttachmentCandidate, AttachmentStore, AttachmentWay } from './attachment-store.ts';
import type { DocumentClient } from './remembering-client.ts';

/** Tags under which cosign keeps what it makes (cosign specification, "Tag-based Discovery"). */
const COSIGN_SUFFIXES = ['.sig', '.att', '.sbom'] as const;
/** Candidates of one subject. The attack: a list of a million that each have to be fetched. */
const MAX_CANDIDATES = 1000;

/** Attachments in a registry: all ways are gone, because each client writes in one of them and a decoy may be in another. */
export class RegistryAttachmentStore implements AttachmentStore {
  readonly roots = [];
  readonly #client: DocumentClient;

  constructor(client: DocumentClient) {
    this.#client = client;
  }

  async find(
    subject: Digest,
    signal: AbortSignal,
    ways: 'all' | 'referrers' = 'all',
  ): ReturnType<AttachmentStore['find']> {
    const candidates = new Map<Digest, AttachmentCandidate>();
    const troubles: string[] = [];
    const add = (digest: Digest, foundBy: AttachmentWay): void => {
      if (candidates.size >= MAX_CANDIDATES) {
        const message = `there are more than ${MAX_CANDIDATES}`;
        if (!troubles.includes(message)) troubles.push(message);
      } else if (!candidates.has(digest)) candidates.set(digest, { digest, foundBy, isBound: true });
    };
    const look = async (where: string, ask: () => Promise<void>): Promise<void> => {
      try {
        await ask();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AuditError)) throw error;
        if (error.code !== 'REGISTRY_NOT_FOUND') troubles.push(`${where} could not be read: ${error.message}`);
      }
    };
    await look('the list of referrers', async () => {
      const { manifests, foundBy, more } = await this.#client.referrers(subject, signal);
      for (const { digest } of manifests) add(digest, foundBy);
      if (more) troubles.push('the list of referrers has more entries than were read');
      if (foundBy === 'fallback-tag' || ways === 'referrers') return;
      // What a client without the API has written stays under the tag, whatever the registry has learnt since.
      await look('the tag of referrers', async () => {
        const { bytes } = await this.#client.manifest(referrersTag(subject), signal);
        const document = readManifestDocument(bytes, 'the tag of referrers');
        if (document.kind === 'index') for (const { digest } of document.manifests) add(digest, 'fallback-tag');
      });
    });
    for (const suffix of ways === 'all' ? COSIGN_SUFFIXES : []) {
      await look(`the tag ${suffix} of cosign`, async () => {
        add((await this.#client.manifest(`${referrersTag(subject)}${suffix}`, signal)).digest, 'tag');
      });
    }
    return { candidates: [...candidates.values()], troubles };
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return orAbsent(async () => (await this.#client.manifest(digest, signal)).bytes);
  }

  async blob(
    { digest }: { readonly digest: Digest },
    limitBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    return orAbsent(() => this.#client.smallBlob(digest, limitBytes, signal));
  }
}

async function orAbsent(get: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof AuditError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
    throw error;
  }
}
