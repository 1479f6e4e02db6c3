import { closeSync, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { readWholeRange } from '../bytes/index.ts';
import { AuditError, cleanPath, type Limits } from '../core/index.ts';
import { listMembers, type TarMember } from '../tar/index.ts';
import { unreadable } from './directory-files.ts';
import { documentTooLarge, type FileSet } from './file-set.ts';
import type { BlobHandle } from './source.ts';

/** Links followed from one member to another before giving up: a cycle has no end. */
const MAX_LINKS = 16;

/** A member of an archive: content, or a link to another member. */
export type ArchiveMember =
  | { readonly content: { readonly sizeBytes: number; readonly document: () => Uint8Array; readonly blob: BlobHandle } }
  | { readonly link: string };

/** The files of an archive. Links between members are followed: old Docker and Bazel link equal layers. */
export class ArchiveFiles implements FileSet {
  readonly place: string;
  readonly damage: string | null;
  readonly #members: ReadonlyMap<string, ArchiveMember>;
  readonly #maxDocumentBytes: number;

  constructor(
    place: string,
    members: ReadonlyMap<string, ArchiveMember>,
    damage: string | null,
    maxDocumentBytes: number,
  ) {
    this.place = place;
    this.damage = damage;
    this.#members = members;
    this.#maxDocumentBytes = maxDocumentBytes;
  }

  names(): Iterable<string> {
    return this.#members.keys();
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  document(name: string): Uint8Array | undefined {
    const content = this.#find(name);
    if (content === undefined) return undefined;
    if (content.sizeBytes > this.#maxDocumentBytes) {
      throw documentTooLarge(name, this.place, content.sizeBytes, this.#maxDocumentBytes);
    }
    return content.document();
  }

  blob(name: string): BlobHandle | undefined {
    return this.#find(name)?.blob;
  }

  #find(name: string): Extract<ArchiveMember, { content: unknown }>['content'] | undefined {
    let at = cleanPath(name).path as string;
    for (let links = 0; links < MAX_LINKS; links += 1) {
      const member = this.#members.get(at);
      if (member === undefined) return undefined;
      if ('content' in member) return member.content;
      at = member.link;
    }
    return undefined;
  }
}

/** The member that a link names: a symlink from its own folder, a hard link from the archive's root. */
export function linkedMember(name: string, kind: 'symlink' | 'hardlink', target: string): string {
  return cleanPath(kind === 'symlink' ? posix.join(posix.dirname(name), target) : target).path;
}

/**
 * Lists a plain tar file, whose members can then be read at any offset and by any thread.
 * @throws AuditError `SOURCE_UNREADABLE`
 */
export function openArchiveFile(path: string, sizeBytes: number, limits: Limits): ArchiveFiles {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const readAt = (offset: number, length: number): Uint8Array => {
      const buffer = new Uint8Array(length);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
    };
    const { members, damage } = listMembers(readAt, sizeBytes, {
      maxMembers: limits.maxArchiveMembers,
      maxExtendedBytes: limits.maxExtendedHeaderBytes,
    });
    return new ArchiveFiles(
      path,
      new Map(members.flatMap((member) => toArchiveMember(path, member))),
      damage,
      limits.maxDocumentBytes,
    );
  } catch (error) {
    throw error instanceof AuditError ? error : unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function toArchiveMember(path: string, member: TarMember): [string, ArchiveMember][] {
  if (member.kind === 'symlink' || member.kind === 'hardlink') {
    return [[member.name, { link: linkedMember(member.name, member.kind, member.linkName) }]];
  }
  if (member.kind !== 'file') return [];
  const range = { path, offset: member.offset, lengthBytes: member.sizeBytes };
  const content = {
    sizeBytes: member.sizeBytes,
    document: () => readWholeRange(range),
    blob: { kind: 'file', range } as const,
  };
  return [[member.name, { content }]];
}
