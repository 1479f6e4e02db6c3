import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { digestOf, type FileRange, readWholeRange } from '../bytes/index.ts';
import { AuditError, type DigestAlgorithm, systemErrorCode } from '../core/index.ts';
import { documentTooLarge, type FileEntry, type FileSet, LOOK_BYTES, lookOf } from './file-set.ts';
import type { BlobHandle } from './source.ts';

/**
 * The files of a folder. Links are followed, official images have blobs that are links, but only inside the
 * folder. The attack: a layout whose blob links to `/etc/shadow` makes the audit read, and report on, a file
 * of the auditor.
 */
export class DirectoryFiles implements FileSet {
  readonly place: string;
  readonly damage = null;
  readonly endMarked = true;
  readonly problems = [];
  readonly #root: string;
  readonly #maxDocumentBytes: number;

  /** @throws AuditError `SOURCE_UNREADABLE` */
  constructor(path: string, maxDocumentBytes: number) {
    this.place = path;
    this.#maxDocumentBytes = maxDocumentBytes;
    try {
      this.#root = realpathSync(path);
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /**
   * Files where images keep blobs: a layout may share its folder with anything. Links are no files of their own,
   * and what is not readable is no blob.
   */
  *entries(): Iterable<FileEntry> {
    for (const algorithm of this.#list('blobs')) {
      for (const blob of this.#list(`blobs/${algorithm}`)) yield* this.#entry(`blobs/${algorithm}/${blob}`);
    }
    if (!this.has('manifest.json')) return;
    for (const name of this.#list('.')) yield* this.#entry(name.endsWith('.tar') ? name : `${name}/layer.tar`);
  }

  hasFolder(name: string): boolean {
    return lstatSync(join(this.#root, name), { throwIfNoEntry: false })?.isDirectory() === true;
  }

  has(name: string): boolean {
    return this.target(name) !== undefined;
  }

  target(name: string): string | undefined {
    const range = this.#range(name);
    return range === undefined ? undefined : relative(this.#root, range.path).replaceAll(sep, '/');
  }

  document(name: string): Uint8Array | undefined {
    const range = this.#range(name);
    if (range === undefined) return undefined;
    if (range.lengthBytes > this.#maxDocumentBytes) {
      throw documentTooLarge(name, this.place, range.lengthBytes, this.#maxDocumentBytes);
    }
    return readWholeRange(range);
  }

  blob(name: string): BlobHandle | undefined {
    const range = this.#range(name);
    return range === undefined ? undefined : { kind: 'file', range };
  }

  #list(folder: string): string[] {
    try {
      return readdirSync(join(this.#root, folder)).sort();
    } catch {
      return [];
    }
  }

  *#entry(name: string): Iterable<FileEntry> {
    const range = this.#ownRange(name);
    if (range === undefined) return;
    yield {
      name,
      hidden: false,
      sizeBytes: range.lengthBytes,
      blob: { kind: 'file', range },
      look: () => lookOf(readWholeRange({ ...range, lengthBytes: Math.min(range.lengthBytes, LOOK_BYTES) })),
      document: () => this.document(name) ?? new Uint8Array(0),
    };
  }

  /** A file that is one itself, and inside the folder: also a folder in its path may be a link out of it. */
  #ownRange(name: string): FileRange | undefined {
    try {
      const isFile = lstatSync(join(this.#root, name), { throwIfNoEntry: false })?.isFile() === true;
      return isFile ? this.#range(name) : undefined;
    } catch {
      return undefined;
    }
  }

  #range(name: string, links = 0): FileRange | undefined {
    // The attack: two blobs that name each other in their text have no end.
    if (links > MAX_LINKS_IN_TEXT) return undefined;
    let path: string;
    try {
      path = realpathSync(join(this.#root, name));
      const stat = statSync(path);
      if (!path.startsWith(this.#root + sep)) {
        throw new AuditError('SOURCE_UNREADABLE', `${name} in ${this.place} links out of the folder, to ${path}`, {
          hint: 'The audit never follows links out of an image layout. Copy the blob into the layout.',
        });
      }
      if (!stat.isFile()) return undefined;
      const target = linkInText(name, path, stat.size);
      return target === undefined ? { path, offset: 0, lengthBytes: stat.size } : this.#range(target, links + 1);
    } catch (error) {
      if (error instanceof AuditError) throw error;
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
      throw unreadable(join(this.place, name), error);
    }
  }
}

/** Longest text that git leaves in place of a link. */
const MAX_LINK_TEXT_BYTES = 256;
/** Such links followed from one to the next. */
const MAX_LINKS_IN_TEXT = 16;

/**
 * The file a blob stands for, where git checked a link out as a text file (`core.symlinks=false`, archives of
 * repositories): official images keep layouts with linked blobs in git. Only a blob whose name is not the
 * digest of that text is taken for one.
 */
function linkInText(name: string, path: string, sizeBytes: number): string | undefined {
  const digest = /^blobs\/(sha256|sha512)\/([a-f0-9]+)$/.exec(name);
  if (digest === null || sizeBytes === 0 || sizeBytes > MAX_LINK_TEXT_BYTES) return undefined;
  const bytes = readWholeRange({ path, offset: 0, lengthBytes: sizeBytes });
  const text = Buffer.from(bytes).toString('latin1');
  if (
    !/^\.\.\/[\x21-\x7e]+$/.test(text) ||
    digestOf(bytes, digest[1] as DigestAlgorithm) === `${digest[1]}:${digest[2]}`
  )
    return undefined;
  return posix.join(posix.dirname(name), text);
}

/** The error for a file or folder that the operating system does not let us read. */
export function unreadable(path: string, error: unknown): AuditError {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AuditError('SOURCE_NOT_FOUND', `${path} does not exist`, { cause: error });
  const permission = code === 'EACCES' || code === 'EPERM';
  return new AuditError(
    'SOURCE_UNREADABLE',
    `${path} cannot be read: ${permission ? 'permission denied' : (code ?? String(error))}`,
    {
      ...(permission ? { hint: 'Run the audit as a user who may read it, or change its permissions.' } : {}),
      cause: error,
    },
  );
}
