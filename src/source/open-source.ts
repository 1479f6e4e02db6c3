import { closeSync, createReadStream, openSync, readSync, type Stats, statSync } from 'node:fs';
import { SNIFF_BYTES, sniffCompression } from '../bytes/index.ts';
import { AuditError, type Limits } from '../core/index.ts';
import type { RegistryClientOptions } from '../registry/index.ts';
import { looksLikeTar } from '../tar/index.ts';
import { openArchiveFile } from './archive-files.ts';
import { DirectoryFiles, unreadable } from './directory-files.ts';
import {
  isDockerArchive,
  isLegacyDockerArchive,
  readDockerArchive,
  readLegacyDockerArchive,
} from './docker-archive.ts';
import type { FileSet } from './file-set.ts';
import type { ImageLocation } from './location.ts';
import { isOciLayout, readOciLayout } from './oci-layout.ts';
import { readPassingArchive } from './passing-archive.ts';
import { readRegistry, registryClient } from './registry-source.ts';
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
}

/** A source that is open until it is disposed of. */
export interface OpenedSource extends Disposable {
  readonly content: SourceContent;
}

/** A tar header and the longest magic. */
const HEAD_BYTES = 512;

/**
 * Opens the place where an image is, and tells what is there.
 * @throws AuditError with the one cause for which it cannot be done
 */
export async function openSource(location: ImageLocation, options: OpenOptions): Promise<OpenedSource> {
  switch (location.kind) {
    case 'registry': {
      const client = registryClient(location.reference, { ...options.registry, limits: options.limits });
      try {
        const content = await readRegistry(client, location.reference, options.limits, options.signal);
        return { content, [Symbol.dispose]: () => client.close() };
      } catch (error) {
        client.close();
        throw error;
      }
    }
    case 'stdin': {
      const files = await readPassingArchive('standard input', options.stdin, options.limits, options.onPassingBlob);
      return local(await readFiles(files, null, null, options.limits));
    }
    case 'path': {
      const files = await openPath(location, options);
      return local(await readFiles(files, location.format, location.wanted, options.limits));
    }
  }
}

function local(content: SourceContent): OpenedSource {
  return { content, [Symbol.dispose]: () => undefined };
}

async function openPath(location: Extract<ImageLocation, { kind: 'path' }>, options: OpenOptions): Promise<FileSet> {
  const { path, format } = location;
  const { limits } = options;
  const stat = statPath(path);
  if (stat.isDirectory()) {
    if (format === 'docker-archive' || format === 'oci-archive') {
      throw new AuditError('SOURCE_UNRECOGNISED', `${path} is a folder, and ${format}: wants a file`, {
        hint: `For a folder with an OCI image layout, write oci:${path}.`,
      });
    }
    return new DirectoryFiles(path, limits.maxDocumentBytes);
  }
  if (format === 'oci-layout') {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is a file, and oci: wants a folder`, {
      hint: `For an archive, write oci-archive:${path}.`,
    });
  }
  if (!stat.isFile()) throw new AuditError('SOURCE_UNRECOGNISED', `${path} is neither a file nor a folder`);
  const head = readHead(path);
  if (sniffCompression(head.subarray(0, SNIFF_BYTES)) !== 'none') {
    return readPassingArchive(
      path,
      createReadStream(path, { highWaterMark: 256 * 1024 }),
      limits,
      options.onPassingBlob,
    );
  }
  if (!looksLikeTar(head)) {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is no image: ${describeHead(head)}`, {
      hint: 'Give an archive made by docker save, skopeo or buildah, an OCI image layout, or a reference to a registry.',
    });
  }
  return openArchiveFile(path, stat.size, limits);
}

/** Which of the formats the files are in; a docker archive's OCI layout comes first, because it has digests. */
async function readFiles(
  files: FileSet,
  format: 'docker-archive' | 'oci-archive' | 'oci-layout' | null,
  wanted: string | null,
  limits: Limits,
): Promise<SourceContent> {
  const docker = isDockerArchive(files);
  const folder = files instanceof DirectoryFiles;
  if (isOciLayout(files) && format !== 'docker-archive') {
    return readOciLayout(
      files,
      docker && format === null ? 'docker-archive' : folder ? 'oci-layout' : 'oci-archive',
      wanted,
      limits,
    );
  }
  if (docker && format !== 'oci-archive' && format !== 'oci-layout') {
    return isOciLayout(files)
      ? readOciLayout(files, 'docker-archive', wanted, limits)
      : readDockerArchive(files, wanted, limits);
  }
  if (isLegacyDockerArchive(files) && (format === null || format === 'docker-archive'))
    return readLegacyDockerArchive(files, wanted, limits);
  if (files.damage !== null) {
    throw new AuditError(
      'ARCHIVE_DAMAGED',
      `${files.place} is damaged (${files.damage}), and what can be read of it has no manifest`,
      {
        hint: 'Fetch the archive again; docker save writes the manifest last.',
      },
    );
  }
  const wantedFile =
    format === null ? 'manifest.json or index.json' : format === 'docker-archive' ? 'manifest.json' : 'index.json';
  throw new AuditError(
    'SOURCE_UNRECOGNISED',
    `${files.place} is ${folder ? 'a folder' : 'an archive'}, but of no image: it has no ${wantedFile}`,
    {
      hint: 'Give an archive made by docker save, skopeo or buildah, or an OCI image layout.',
    },
  );
}

function statPath(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readHead(path: string): Uint8Array {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const head = new Uint8Array(HEAD_BYTES);
      return head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function describeHead(head: Uint8Array): string {
  if (head.byteLength === 0) return 'the file is empty';
  const start = Buffer.from(head.subarray(0, 16))
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.');
  return `it is no tar archive and begins with ${JSON.stringify(start)}`;
}
