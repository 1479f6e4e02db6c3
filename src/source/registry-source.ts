import { AuditError, formatReference, type Limits, type RegistryReference } from '../core/index.ts';
import { type Descriptor, manifestPurpose, readManifestDocument } from '../oci/index.ts';
import { RegistryClient, type RegistryClientOptions } from '../registry/index.ts';
import { type ContentStore, resolveTree } from './resolve-tree.ts';
import type { SourceContent } from './source.ts';

/**
 * Reads a reference from its registry: resolves it once, and from then on asks for digests only, so that a
 * tag that moves in between changes nothing.
 * @throws AuditError
 */
export async function readRegistry(
  client: RegistryClient,
  reference: RegistryReference,
  limits: Limits,
  signal: AbortSignal,
): Promise<SourceContent> {
  const root = await client.manifest(reference.digest ?? reference.tag ?? 'latest', signal);
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
  const store = registryStore(client, root, signal);
  const tree = await resolveTree([{ descriptor, names: [formatReference(reference)] }], store, {
    limits,
    partial: false,
  });
  return {
    kind: 'registry',
    digest: root.digest,
    mediaType: document.mediaType,
    annotations: document.annotations,
    ...tree,
  };
}

function registryStore(
  client: RegistryClient,
  root: { digest: string; bytes: Uint8Array },
  signal: AbortSignal,
): ContentStore {
  return {
    async document(descriptor, limitBytes) {
      if (descriptor.digest === root.digest) return root.bytes;
      const isManifest = !/config/.test(descriptor.mediaType) && /manifest|index/.test(descriptor.mediaType);
      try {
        if (isManifest) return (await client.manifest(descriptor.digest, signal)).bytes;
        return await client.smallBlob(descriptor.digest, limitBytes, signal);
      } catch (error) {
        if (error instanceof AuditError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
        // One platform's broken manifest must not keep the others from being examined.
        if (error instanceof AuditError && error.code === 'DIGEST_MISMATCH')
          throw new AuditError('DOCUMENT_INVALID', error.message, { cause: error });
        throw error;
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
