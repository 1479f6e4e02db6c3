/** Why something was not examined. Scripts branch on these. */
export type GapReason =
  | 'blob-absent'
  | 'blob-truncated'
  | 'blob-unreadable'
  | 'blob-mismatch'
  | 'foreign-layer'
  | 'compression-unsupported'
  | 'decompression-failed'
  | 'media-type-unsupported'
  | 'manifest-absent'
  | 'manifest-invalid'
  | 'config-absent'
  | 'config-invalid'
  | 'tar-damaged'
  | 'budget-exceeded'
  | 'entry-not-examined'
  | 'nested-not-examined'
  | 'examiner-failed';

/**
 * Something that was not examined. Nothing is ever skipped in silence: each gap is in the report and,
 * unless the user allows it, in the exit status.
 */
export interface Gap {
  /** What was not examined, in words: `layer 2 sha256:…`. */
  readonly subject: string;
  readonly reason: GapReason;
  /** How many bytes were not examined; null where nobody can know. */
  readonly bytes: number | null;
  /** One sentence: what happened and why. */
  readonly message: string;
  /**
   * Whether the audit counts as incomplete because of it. An archive of one platform names the others in its
   * index, too: they are said not to be there, but nobody asked for them.
   */
  readonly incomplete: boolean;
}
