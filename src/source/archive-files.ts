import { closeSync, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { ContentDigest, type FileRange, readFileRange, readWholeRange } from '../bytes/index.ts';
import { AuditError, cleanPath, type Limits } from '../core/index.ts';
import { listMembers, type TarMember } from '../tar/index.ts';
import { unreadable } from './directory-files.ts';
import { documentTooLarge, type FileEntry, type FileSet, LOOK_BYTES, lookOf } from './file-set.ts';
import {
  type ArchiveMember,
  findMember,
  type MemberContent,
  MemberTable,
  type ReplacedMember,
} from './member-table.ts';
import type { BlobHandle, SourceProblem } from './source.ts';

/** What an archive is made of besides its members. */
export interface ArchiveFacts {
  readonly place: string;
  readonly damage: string | null;
  readonly endMarked: boolean;
  /** Bytes behind the end marker that are not zero; null where there are none. */
  readonly trailing: MemberContent | null;
  readonly maxDocumentBytes: number;
}

/** What stands behind the end marker of an archive goes by this name. */
export const TRAILING_NAME = 'bytes behind the end of the archive';

/** The files of an archive. Links between members are followed: old Docker and Bazel link equal layers. */
export class ArchiveFiles implements FileSet {
  readonly place: string;
  readonly damage: string | null;
  readonly endMarked: boolean;
  readonly problems: readonly SourceProblem[];
  readonly #members: ReadonlyMap<string, ArchiveMember>;
  readonly #replaced: readonly ReplacedMember[];
  readonly #facts: ArchiveFacts;

  constructor(table: MemberTable, facts: ArchiveFacts) {
    const { replaced, problems } = table.duplicates();
    this.place = facts.place;
    this.damage = facts.damage;
    this.endMarked = facts.endMarked;
    this.problems = problems;
    this.#members = table.members;
    this.#replaced = replaced;
    this.#facts = facts;
  }

  *entries(): Iterable<FileEntry> {
    for (const [name, member] of this.#members) if ('content' in member) yield this.#entry(name, member.content, false);
    for (const { name, content } of this.#replaced) yield this.#entry(`${name} (replaced)`, content, true);
    if (this.#facts.trailing !== null) yield this.#entry(TRAILING_NAME, this.#facts.trailing, true);
  }

  has(name: string): boolean {
    return this.target(name) !== undefined;
  }

  target(name: string): string | undefined {
    return findMember(this.#members, name)?.name;
  }

  document(name: string): Uint8Array | undefined {
    const found = findMember(this.#members, name);
    return found === undefined ? undefined : this.#document(name, found.content);
  }

  blob(name: string): BlobHandle | undefined {
    return findMember(this.#members, name)?.content.blob;
  }

  #entry(name: string, content: MemberContent, hidden: boolean): FileEntry {
    const { sizeBytes, blob, look } = content;
    return { name, hidden, sizeBytes, blob, look, document: () => this.#document(name, content) };
  }

  #document(name: string, content: MemberContent): Uint8Array {
    const { maxDocumentBytes } = this.#facts;
    if (content.sizeBytes > maxDocumentBytes) {
      throw documentTooLarge(name, this.place, content.sizeBytes, maxDocumentBytes);
    }
    return content.document();
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
    const { members, damage, endOffset } = listMembers(readAt, sizeBytes, {
      maxMembers: limits.maxArchiveMembers,
      maxExtendedBytes: limits.maxExtendedHeaderBytes,
    });
    const table = new MemberTable();
    for (const member of members) addMember(table, path, member);
    return new ArchiveFiles(table, {
      place: path,
      damage,
      endMarked: endOffset !== null,
      trailing: endOffset === null ? null : trailingContent(path, endOffset, sizeBytes),
      maxDocumentBytes: limits.maxDocumentBytes,
    });
  } catch (error) {
    throw error instanceof AuditError ? error : unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function addMember(table: MemberTable, path: string, member: TarMember): void {
  const { name, kind, linkName, offset, sizeBytes } = member;
  if (kind === 'symlink' || kind === 'hardlink') table.add(name, { link: linkedMember(name, kind, linkName) });
  else if (kind === 'file') table.add(name, { content: rangeContent({ path, offset, lengthBytes: sizeBytes }) });
}

/** More zeros than are read at a time. */
const ZEROS = Buffer.alloc(1024 * 1024);

/** What is behind the end marker, from the first byte on that is not zero. */
function trailingContent(path: string, endOffset: number, sizeBytes: number): MemberContent | null {
  let offset = endOffset;
  for (const chunk of readFileRange({ path, offset, lengthBytes: sizeBytes - offset }, true)) {
    if (Buffer.compare(chunk, ZEROS.subarray(0, chunk.byteLength)) !== 0) {
      const first = offset + chunk.findIndex((byte) => byte !== 0);
      return rangeContent({ path, offset: first, lengthBytes: sizeBytes - first });
    }
    offset += chunk.byteLength;
  }
  return null;
}

function rangeContent(range: FileRange): MemberContent {
  let digest: string | undefined;
  return {
    sizeBytes: range.lengthBytes,
    document: () => readWholeRange(range),
    blob: { kind: 'file', range },
    look: () => lookOf(readWholeRange({ ...range, lengthBytes: Math.min(range.lengthBytes, LOOK_BYTES) })),
    digest: () => {
      digest ??= digestOfRange(range);
      return digest;
    },
  };
}

function digestOfRange(range: FileRange): string {
  const digest = new ContentDigest('sha256');
  for (const chunk of readFileRange(range, true)) digest.update(chunk);
  return digest.finish();
}
