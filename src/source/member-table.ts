import { cleanPath } from '../core/index.ts';
import type { ContentLook } from './file-set.ts';
import type { BlobHandle, SourceProblem } from './source.ts';

/** What an archive has under one name: bytes. */
export interface MemberContent {
  readonly sizeBytes: number;
  readonly blob: BlobHandle;
  readonly document: () => Uint8Array;
  readonly look: () => ContentLook;
  /** Digest of the bytes; null where they went by and nobody kept it. */
  readonly digest: () => string | null;
}

/** A member of an archive: content, or a link to another member. */
export type ArchiveMember = { readonly content: MemberContent } | { readonly link: string };

/** A member that a later one of the same name replaced. */
export interface ReplacedMember {
  readonly name: string;
  readonly content: MemberContent;
}

/** Names told one by one; behind them, they are counted. */
const MAX_TOLD = 100;

/**
 * Members of an archive by name. Of several with one name the last counts, as it does for `docker load` and all
 * who unpack the archive; skopeo and podman take the first of a Docker archive. The attack: an archive that is one
 * image for the audit, and another one for who runs it. So names that stand for different bytes are told, and what
 * was replaced is kept as an orphan, to be examined with the rest.
 */
export class MemberTable {
  readonly members = new Map<string, ArchiveMember>();
  readonly #earlier = new Map<string, ArchiveMember[]>();
  #count = 0;

  /** Members added, those replaced included. */
  get size(): number {
    return this.#count;
  }

  /** How many members of this name there are already. */
  copies(name: string): number {
    return (this.members.has(name) ? 1 : 0) + (this.#earlier.get(name)?.length ?? 0);
  }

  add(name: string, member: ArchiveMember): void {
    this.#count += 1;
    const before = this.members.get(name);
    if (before !== undefined) {
      const earlier = this.#earlier.get(name);
      if (earlier === undefined) this.#earlier.set(name, [before]);
      else earlier.push(before);
    }
    this.members.set(name, member);
  }

  /** Compares what stands under one name. */
  duplicates(): { replaced: ReplacedMember[]; problems: SourceProblem[] } {
    const replaced: ReplacedMember[] = [];
    const names: { name: string; certain: boolean; copies: number }[] = [];
    for (const [name, earlier] of this.#earlier) {
      const last = this.members.get(name) as ArchiveMember;
      const others = earlier.filter((member) => !isSame(member, last));
      if (others.length === 0) continue;
      names.push({ name, copies: earlier.length + 1, certain: others.some((one) => isSame(one, last) === false) });
      for (const member of others) if ('content' in member) replaced.push({ name, content: member.content });
    }
    const problems = names.slice(0, MAX_TOLD).map(({ name, copies, certain }) => duplicate(name, copies, certain));
    const untold = names.length - problems.length;
    if (untold > 0) {
      problems.push({
        kind: 'duplicate-member',
        subject: `${untold} more members`,
        detail: 'each of them is there several times with different bytes',
      });
    }
    return { replaced, problems };
  }
}

function duplicate(name: string, copies: number, certain: boolean): SourceProblem {
  const which = certain ? 'with different bytes' : 'and its bytes went by before they could be compared';
  return {
    kind: 'duplicate-member',
    subject: `member ${name}`,
    detail: `it is there ${copies} times ${which}: the last was read, as docker load does, where others take the first`,
  };
}

/** Whether two members are the same; undefined where nobody can know any more. */
function isSame(a: ArchiveMember, b: ArchiveMember): boolean | undefined {
  if ('link' in a || 'link' in b) return 'link' in a && 'link' in b && a.link === b.link;
  if (a.content.sizeBytes !== b.content.sizeBytes) return false;
  const digest = a.content.digest();
  const other = b.content.digest();
  return digest === null || other === null ? undefined : digest === other;
}

/** Links followed from one member to another before giving up: a cycle has no end. */
const MAX_LINKS = 16;

/** The member that a name leads to, links followed. */
export function findMember(
  members: ReadonlyMap<string, ArchiveMember>,
  name: string,
): { name: string; content: MemberContent } | undefined {
  let at = cleanPath(name).path as string;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const member = members.get(at);
    if (member === undefined) return undefined;
    if ('content' in member) return { name: at, content: member.content };
    at = member.link;
  }
  return undefined;
}
