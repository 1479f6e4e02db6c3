import { cleanPath, decodeBytes } from '../core/index.ts';
import type { TarEntryKind } from './entry.ts';
import { type ExtendedHeaders, toEntry } from './extended-headers.ts';
import { BLOCK, checksumHolds, isZeroBlock, readHeader } from './header.ts';
import { parsePax } from './pax.ts';

/** A member of an archive that can be read at any offset. */
export interface TarMember {
  /** Cleaned name. */
  readonly name: string;
  readonly kind: TarEntryKind;
  readonly linkName: string;
  /** Where its content stands in the archive. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What {@link listMembers} found. */
export interface MemberList {
  readonly members: readonly TarMember[];
  /** Why the list ends early; null where the archive was walked to its end. */
  readonly damage: string | null;
  /** Where the end marker's first block ends; null where there is none: the archive may be cut between members. */
  readonly endOffset: number | null;
}

/** Reads `length` bytes at `offset`; fewer only at the end. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/**
 * Lists the members of a tar by walking from header to header, without reading what is between. For the
 * archives that images come in; layers go through the TarReader.
 */
export function listMembers(
  readAt: ReadAt,
  archiveBytes: number,
  limits: { maxMembers: number; maxExtendedBytes: number },
): MemberList {
  const members: TarMember[] = [];
  const damaged = (damage: string | null): MemberList => ({ members, damage, endOffset: null });
  let extended: ExtendedHeaders = {};
  let offset = 0;
  while (offset + BLOCK <= archiveBytes) {
    const block = readAt(offset, BLOCK);
    if (block.byteLength < BLOCK) break;
    if (isZeroBlock(block, 0)) return { members, damage: null, endOffset: offset + BLOCK };
    if (!checksumHolds(block, 0)) return damaged(`no valid header at byte ${offset}`);
    if (members.length >= limits.maxMembers) return damaged(`more than ${limits.maxMembers} members`);
    const raw = readHeader(block, 0);
    const content = offset + BLOCK;
    if ('xgLK'.includes(raw.typeFlag)) {
      if (raw.invalidNumbers.includes('size') || !(raw.sizeBytes >= 0) || raw.sizeBytes > archiveBytes) {
        return damaged(`the extended header at byte ${offset} states an impossible size`);
      }
      const bytes = raw.sizeBytes > limits.maxExtendedBytes ? new Uint8Array(0) : readAt(content, raw.sizeBytes);
      if (raw.typeFlag === 'x') extended.pax = parsePax(bytes) ?? new Map();
      if (raw.typeFlag === 'L') extended.gnuName = untilNul(bytes);
      if (raw.typeFlag === 'K') extended.gnuLinkName = untilNul(bytes);
      // Go forgets what came before a global header; see HeaderGuard.
      if (raw.typeFlag === 'g') extended = {};
      offset = content + padded(raw.sizeBytes);
      continue;
    }
    const entry = toEntry(
      raw,
      extended,
      { sequence: members.length, headerOffset: offset, contentOffset: content },
      undefined,
      () => undefined,
    );
    if (entry === undefined) return damaged(`the header at byte ${offset} states an impossible size`);
    extended = {};
    members.push({
      name: cleanPath(decodeBytes(entry.name)).path,
      kind: entry.kind,
      linkName: decodeBytes(entry.linkName),
      offset: content,
      sizeBytes: entry.storedBytes,
    });
    offset = content + padded(entry.storedBytes);
  }
  return damaged(offset > archiveBytes ? 'it ends inside a member' : null);
}

/** Whether bytes begin with a tar header, or with the zeros of an empty tar. */
export function looksLikeTar(head: Uint8Array): boolean {
  return head.byteLength >= BLOCK && (isZeroBlock(head, 0) || checksumHolds(head, 0));
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK;
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  return nul < 0 ? bytes : bytes.subarray(0, nul);
}
