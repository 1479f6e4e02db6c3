import { closeSync, createReadStream, openSync, readSync, type Stats, statSync } from 'node:fs';
import { SNIFF_BYTES, sniffCompression } from '../bytes/index.ts';
import { AuditError, type Limits } from '../core/index.ts';
import { looksLikeTar } from '../tar/index.ts';
import { openArchiveFile } from './archive-files.ts';
import { DirectoryFiles, unreadable } from './directory-files.ts';
import type { FileSet } from './file-set.ts';
import type { ImageLocation } from './location.ts';
import { readPassingArchive } from './passing-archive.ts';
import type { BlobHandle, PassingBlobs, SourceContent } from './source.ts';

/** A path with what its scheme said. */
type PathLocation = Extract<ImageLocation, { kind: 'path' }>;

/** A tar header and the longest magic. */
const HEAD_BYTES = 512;

/**
 * Opens a file or folder for its files. What is no regular file but a pipe, `<(docker save x)`, is read once, as
 * standard input is.
 * @throws AuditError
 */
export async function openPath(
  { path, format }: PathLocation,
  limits: Limits,
  onPassingBlob: PassingBlobs,
): Promise<FileSet> {
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
  if (isPipe(stat)) return readPassingArchive(path, readStream(path), limits, onPassingBlob);
  if (!stat.isFile()) throw new AuditError('SOURCE_UNRECOGNISED', `${path} is neither a file nor a folder`);
  const head = readHead(path);
  if (sniffCompression(head.subarray(0, SNIFF_BYTES)) !== 'none') {
    return readPassingArchive(path, readStream(path), limits, onPassingBlob);
  }
  if (!looksLikeTar(head)) {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is no image: ${describeHead(head)}`, {
      hint: 'Give an archive made by docker save, skopeo or buildah, an OCI image layout, or a reference to a registry.',
    });
  }
  return openArchiveFile(path, stat.size, limits);
}

/**
 * Takes a tar of a filesystem, as `docker export` writes it, or a single layer for an image of one layer and no
 * configuration.
 * @throws AuditError
 */
export function openRootfs({ path }: PathLocation): SourceContent {
  const stat = statPath(path);
  if (stat.isDirectory()) {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is a folder, and rootfs: wants a tar`, {
      hint: `Give it as a tar: tar -C ${path} -c . | audit image rootfs:-`,
    });
  }
  if (isPipe(stat)) {
    return rootfsContent({ kind: 'remote', sizeBytes: null, open: () => readStream(path) });
  }
  if (!stat.isFile()) throw new AuditError('SOURCE_UNRECOGNISED', `${path} is neither a file nor a folder`);
  const head = readHead(path);
  if (sniffCompression(head.subarray(0, SNIFF_BYTES)) === 'none' && !looksLikeTar(head)) {
    throw new AuditError('SOURCE_UNRECOGNISED', `${path} is no filesystem: ${describeHead(head)}`, {
      hint: 'Give a tar, which may be compressed with gzip, zstd, xz or bzip2: docker export writes one.',
    });
  }
  return rootfsContent({ kind: 'file', range: { path, offset: 0, lengthBytes: stat.size } });
}

/** The only layer of an image that has nothing else. */
export function rootfsContent(blob: BlobHandle): SourceContent {
  const sizeBytes = blob.kind === 'file' ? blob.range.lengthBytes : blob.sizeBytes;
  return {
    kind: 'rootfs',
    digest: null,
    mediaType: null,
    annotations: {},
    images: [
      {
        platform: null,
        manifestDigest: null,
        configDigest: null,
        config: null,
        bare: true,
        annotations: {},
        layers: [{ digest: null, sizeBytes, mediaType: null, urls: [], blob }],
        names: [],
      },
    ],
    attachments: [],
    problems: [],
    gaps: [],
  };
}

function isPipe(stat: Stats): boolean {
  return stat.isFIFO() || stat.isSocket();
}

async function* readStream(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(path, error);
  }
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
