/**
 * Budgets for untrusted input. Everything read is attacker-made: without a limit one header could ask
 * for all the memory or time there is. What exceeds a limit becomes a gap, never a silent skip.
 */
export interface Limits {
  /** Largest manifest or index read. The distribution specification asks registries to accept 4 MiB. */
  readonly maxManifestBytes: number;
  /** Largest image configuration read. */
  readonly maxConfigBytes: number;
  /** Largest uncompressed size of one layer. */
  readonly maxLayerBytes: number;
  /** From here on the expansion ratio of a layer is judged. */
  readonly ratioGraceBytes: number;
  /** Largest expansion ratio past the grace: deflate cannot exceed 1032, honest layers stay below 50. */
  readonly maxExpansionRatio: number;
  /** Most entries kept of one layer. */
  readonly maxEntries: number;
  /** Most bytes of names and link targets kept of one layer. */
  readonly maxNameBytes: number;
  /** Largest PAX or GNU long-name record, the limit of Go's archive/tar and so of containerd. */
  readonly maxExtendedHeaderBytes: number;
  /** Most bytes of extended attributes kept of one layer. */
  readonly maxXattrBytes: number;
  /** Largest file whose text an examiner keeps (passwd, os-release, package databases). */
  readonly maxSystemFileBytes: number;
  /** Most bytes of such files kept of one layer. */
  readonly maxSystemFilesBytes: number;
  /** Most bytes of facts about programs kept of one layer. */
  readonly maxProgramFactBytes: number;
  /** Largest manifest, lock file or database of packages that is read; rpm's have a limit of their own. */
  readonly maxPackageFileBytes: number;
  /** Largest database of rpm that is read; it is in memory while it is. */
  readonly maxRpmDatabaseBytes: number;
  /** Most characters kept of one layer's packages: names, licenses, and the files they own. */
  readonly maxPackageTextChars: number;
  /** Most secrets reported of one layer. */
  readonly maxSecretsPerLayer: number;
  /** Most bytes around literal hits that are given to secretlint in one layer. */
  readonly maxSecretWindowBytes: number;
  /**
   * Most steps that regular expressions of the user's take in one layer: bytes looked at times the size of the
   * expression.
   */
  readonly maxCustomRuleSteps: number;
  /** Largest file that is shown to rules of secretlint that the user brings: they want to see it as a whole. */
  readonly maxCustomLintBytes: number;
  /** Deepest nesting of archives in files that is followed. */
  readonly maxNestedDepth: number;
  /** Most bytes taken out of the archives in one layer. */
  readonly maxNestedBytes: number;
  /** Most bytes taken out of xz and bzip2 in the files of one layer: these cost twenty times what gzip does. */
  readonly maxSlowNestedBytes: number;
  /** Most members of the archives in one layer. */
  readonly maxNestedMembers: number;
  /** Most bytes of git's objects that are put together from deltas in one layer; further deltas are read as they are. */
  readonly maxGitDeltaBytes: number;
  /** Largest SQLite database that is kept in memory, to put together values that are spread over its pages. */
  readonly maxDatabaseBytes: number;
  /** Most anomalies of one kind kept of one layer; the rest is counted. */
  readonly maxAnomaliesPerKind: number;
  /** Most zeros hashed for the holes of sparse files in one layer. */
  readonly maxHoleBytes: number;
  /** Most members read of one archive. */
  readonly maxArchiveMembers: number;
  /** Largest archive member kept in memory as a document (manifest, index, configuration). */
  readonly maxDocumentBytes: number;
  /** Deepest nesting of image indexes followed. */
  readonly maxIndexDepth: number;
  /** Most manifests followed of one reference. */
  readonly maxManifests: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The limits used unless a caller says otherwise; docs/adr/0004 gives the reason for each. */
export const DEFAULT_LIMITS: Limits = {
  maxManifestBytes: 8 * MIB,
  maxConfigBytes: 16 * MIB,
  maxLayerBytes: 256 * GIB,
  ratioGraceBytes: GIB,
  maxExpansionRatio: 200,
  maxEntries: 4_000_000,
  maxNameBytes: GIB,
  maxExtendedHeaderBytes: MIB,
  maxXattrBytes: 64 * MIB,
  maxSystemFileBytes: 8 * MIB,
  maxSystemFilesBytes: 64 * MIB,
  maxProgramFactBytes: 64 * MIB,
  maxPackageFileBytes: 32 * MIB,
  maxRpmDatabaseBytes: 256 * MIB,
  maxPackageTextChars: 128 * MIB,
  maxSecretsPerLayer: 10_000,
  maxSecretWindowBytes: 512 * MIB,
  maxCustomRuleSteps: 50_000_000_000,
  maxCustomLintBytes: 8 * MIB,
  maxNestedDepth: 8,
  maxNestedBytes: 16 * GIB,
  maxSlowNestedBytes: 64 * MIB,
  maxNestedMembers: 4_000_000,
  maxGitDeltaBytes: GIB,
  maxDatabaseBytes: 128 * MIB,
  maxAnomaliesPerKind: 100,
  maxHoleBytes: GIB,
  maxArchiveMembers: 1_000_000,
  maxDocumentBytes: 16 * MIB,
  maxIndexDepth: 4,
  maxManifests: 1_000,
};
