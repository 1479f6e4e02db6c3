import type { Limits, Platform } from '../core/index.ts';
import type { RegistryClientOptions } from '../registry/index.ts';
import type { AttachmentStore } from './attachment-store.ts';
import { readContainerdStore } from './containerd-source.ts';
import { readDaemon } from './daemon-source.ts';
import type { FileSet } from './file-set.ts';
import { FilesAttachmentStore } from './files-attachment-store.ts';
import type { ImageLocation } from './location.ts';
import { openPath, openRootfs, rootfsContent } from './open-path.ts';
import { readPassingArchive } from './passing-archive.ts';
import { readImageFiles } from './read-files.ts';
import { RegistryAttachmentStore } from './registry-attachment-store.ts';
import { readRegistry, registryClient } from './registry-source.ts';
import { RememberingClient } from './remembering-client.ts';
import type { PassingBlobs, SourceContent } from './source.ts';

/** What {@link openSource} is told. */
export interface OpenOptions {
  readonly limits: Limits;
  /** Takes the blobs of sources that can be read only once. */
  readonly onPassingBlob: PassingBlobs;
  readonly registry: Omit<RegistryClientOptions, 'limits'>;
  /** Standard input, for `-`. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Platforms that are wanted, for sources that can leave out the others; none means all. */
  readonly platforms?: readonly Platform[];
}

/** A source that is open until it is disposed of. */
export interface OpenedSource extends Disposable {
  readonly content: SourceContent;
  /** Where its signatures and attestations are had from; null where the place keeps none, as daemons do. */
  readonly attachments: AttachmentStore | null;
}

/**
 * Opens the place where an image is, and tells what is there.
 * @throws AuditError with the one cause for which it cannot be done
 */
export async function openSource(location: ImageLocation, options: OpenOptions): Promise<OpenedSource> {
  switch (location.kind) {
    case 'registry': {
      const client = registryClient(location.reference, { ...options.registry, limits: options.limits });
      try {
        const remembering = new RememberingClient(client);
        const content = await readRegistry(client, location.reference, { ...options, documents: remembering });
        const attachments = new RegistryAttachmentStore(remembering);
        return { content, attachments, [Symbol.dispose]: () => client.close() };
      } catch (error) {
        client.close();
        throw error;
      }
    }
    case 'stdin': {
      const format = location.format ?? null;
      if (format === 'rootfs') {
        return local(rootfsContent({ kind: 'remote', sizeBytes: null, open: () => options.stdin }));
      }
      const files = await readPassingArchive('standard input', options.stdin, options.limits, options.onPassingBlob);
      const content = await readImageFiles(files, format, null, options.limits);
      return local(content, new FilesAttachmentStore(files, options.limits));
    }
    case 'daemon': {
      const { limits, signal, onPassingBlob, registry } = options;
      const readArchive = (files: FileSet): Promise<SourceContent> => readImageFiles(files, null, null, limits);
      const { engine, image } = location;
      return local(await readDaemon(engine, image, { limits, env: registry.env, signal, onPassingBlob, readArchive }));
    }
    case 'containerd':
      return local(await readContainerdStore(location.path, location.wanted, options.limits));
    case 'path': {
      const { format, wanted } = location;
      if (format === 'rootfs') return local(openRootfs(location));
      const files = await openPath(location, options.limits, options.onPassingBlob);
      const content = await readImageFiles(files, format, wanted, options.limits);
      return local(content, new FilesAttachmentStore(files, options.limits));
    }
  }
}

function local(content: SourceContent, attachments: AttachmentStore | null = null): OpenedSource {
  return { content, attachments, [Symbol.dispose]: () => undefined };
}
