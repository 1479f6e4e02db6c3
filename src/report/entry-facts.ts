/** What documents say of a version of a path. */
export interface EntryFacts {
  readonly kind: string;
  readonly bytes: number;
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: string | null;
  readonly digest: string | null;
  readonly linkTarget: string | null;
}
