import { AuditError, formatReference, type Limits, type Platform, type RegistryReference } from '../core/index.ts';
import { type Descriptor, manifestPurpose, readManifestDocument } from '../oci/index.ts';
import { RegistryClient, type RegistryClientOptions } from '../registry/index.ts';
import { findAttachments } from './registry-attachments.ts';
import type { DocumentClient } from './remembering-client.ts';
import { type ContentStore, resolveTree } from './resolve-tree.ts';
import type { SourceContent } from './source.ts';

/** How to read. */
interface RegistryReadOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly platforms?: readonly Platform[];
  /** Who is asked for all but layers, where that is not the client itself. */
  readonly documents?: DocumentClient;
}

/**
 * Reads a reference from its registry: resolves it once, and from then on asks for digests only, so that a
 * tag that moves in between changes nothing.
 * @throws AuditError
 */
export async function readRegistry(
  client: RegistryClient,
  reference: RegistryReference,
  { limits, signal, platforms = [], documents = client }: RegistryReadOptions,
): Promise<SourceContent> {
  const root = await documents.manifest(reference.digest ?? reference.tag ?? 'latest', signal);
  const what = `the manifest of ${formatReference(reference)}`;
  const document = readManifestDocument(root.bytes, what);
  if (document.kind === 'manifest' && manifestPurpose(document) !== 'image') {
    const type = document.artifactType ?? document.config.mediaType;
    throw new AuditError('NOT_AN_IMAGE', `${formatReference(reference)} is no image, but an artifact of type ${type}`, {
      hint: 'Only images have a filesystem to audit.',
    });
  }
  const descriptor: Descriptor = {
    mediaType: document.mediaType,
    digest: root.digest,
    sizeBytes: root.bytes.byteLength,
    urls: [],
    annotations: {},
    platform: null,
    artifactType: null,
  };
  const refusals: AuditError[] = [];
  const store = registryStore(client, documents, root, refusals, signal);
  const tree = await resolveTree([{ descriptor, names: [formatReference(reference)] }], store, {
    limits,
    partial: false,
    platforms,
  });
  // Nothing to examine, because of the registry: then what it said is the answer.
  if (tree.images.length === 0 && refusals[0] !== undefined) throw refusals[0];
  const subjects = tree.images.flatMap(({ manifestDigest }) => manifestDigest ?? []);
  const found = await findAttachments(documents, [root.digest, ...subjects], signal);
  const known = new Set(tree.attachments.map(({ digest }) => digest));
  return {
    kind: 'registry',
    digest: root.digest,
    mediaType: document.mediaType,
    annotations: document.annotations,
    images: tree.images,
    attachments: [...tree.attachments, ...found.attachments.filter(({ digest }) => !known.has(digest))],
    problems: tree.problems,
    gaps: [...tree.gaps, ...found.gaps],
  };
}

/** What a registry may say about one document while it gives out the others. */
const REFUSALS: ReadonlySet<AuditError['code']> = new Set([
  'REGISTRY_FORBIDDEN',
  'REGISTRY_SERVER_ERROR',
  'REGISTRY_PROTOCOL',
  'REDIRECT_REFUSED',
]);
/** The attack: an index names a thousand manifests, and each is tried again and again before it is given up. */
const MAX_REFUSALS = 8;

/** The error as one about a document, which becomes a gap. */
function asContent(error: AuditError): AuditError {
  return new AuditError('DOCUMENT_INVALID', error.message, { cause: error });
}

function registryStore(
  client: RegistryClient,
  documents: DocumentClient,
  root: { digest: string; bytes: Uint8Array },
  refusals: AuditError[],
  signal: AbortSignal,
): ContentStore {
  return {
    async document(descriptor, limitBytes) {
      if (descriptor.digest === root.digest) return root.bytes;
      const isManifest = !/config/.test(descriptor.mediaType) && /manifest|index/.test(descriptor.mediaType);
      try {
        if (isManifest) return (await documents.manifest(descriptor.digest, signal)).bytes;
        return await documents.smallBlob(descriptor.digest, limitBytes, signal);
      } catch (error) {
        if (!(error instanceof AuditError)) throw error;
        if (error.code === 'REGISTRY_NOT_FOUND') return undefined;
        // One platform's broken manifest must not keep the others from being examined.
        if (error.code === 'DIGEST_MISMATCH') throw asContent(error);
        if (!REFUSALS.has(error.code) || refusals.length >= MAX_REFUSALS) throw error;
        refusals.push(error);
        throw asContent(error);
      }
    },
    blob: (descriptor) => ({
      kind: 'remote',
      sizeBytes: descriptor.sizeBytes,
      open: (blobSignal) => client.blob(descriptor.digest, AbortSignal.any([signal, blobSignal])),
    }),
  };
}

/** Makes the client for a reference. */
export function registryClient(reference: RegistryReference, options: RegistryClientOptions): RegistryClient {
  return new RegistryClient(reference, options);
}
