import type { Gap, Severity } from '../core/index.ts';
import type { Finding, OrphanEvidence } from '../rules/index.ts';
import type { BaseIdentity } from '../system/index.ts';
import type { AttestationFacts } from '../trust/index.ts';
import type { SignedRole, TrustReportAttachment, TrustReportVerdict, TrustSection } from './trust.ts';

/**
 * The report: one versioned document that says everything, of which every output format is a view. The names
 * are a contract with scripts; they may be added to, and `schemaVersion` says when.
 *
 * Bytes are integers, times RFC 3339 UTC, digests `sha256:<hex>`.
 */
export interface Report {
  readonly schemaVersion: '1.0';
  readonly tool: {
    readonly name: 'layer-audit';
    readonly version: string;
    /** What a record of a layer depends on besides its bytes. */
    readonly ruleset: string;
  };
  readonly subject: {
    /** As the user wrote it. */
    readonly reference: string;
    /** `folder`, `file` and `stream` are of `audit secrets`: such a report has no images. */
    readonly source:
      | 'registry'
      | 'docker-archive'
      | 'oci-archive'
      | 'oci-layout'
      | 'rootfs'
      | 'daemon'
      | 'containerd'
      | 'folder'
      | 'file'
      | 'stream';
    /** What the reference resolved to, once. */
    readonly digest: string | null;
    readonly mediaType: string | null;
  };
  /** Left out, like `durationMs`, of a reproducible report. */
  readonly startedAt?: string;
  readonly durationMs?: number;
  /** Whether secrets stand in this report in full. */
  readonly revealed: boolean;
  /** Rules that the user brought, and what is to be said of them; left out where there are none. */
  readonly customRules?: {
    /** How many rules of --secret-rules. */
    readonly patterns: number;
    /** Rules and presets of --secretlintrc. */
    readonly secretlint: readonly string[];
    readonly notes: readonly string[];
  };
  /** One for each platform audited, in the order of the index. */
  readonly images: readonly ReportImage[];
  /** How signatures and attestations were checked; left out where they were not looked for. */
  readonly trust?: TrustSection;
  readonly attachments: readonly ReportAttachment[];
  /** Blobs of an archive or a layout that nothing in it names; they are searched as layers are. */
  readonly orphans: readonly ReportOrphan[];
  /** By severity, then rule, then first place. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly ReportSuppression[];
  readonly gaps: readonly Gap[];
  readonly coverage: {
    readonly layers: { readonly examined: number; readonly partial: number; readonly absent: number };
    readonly entries: number;
    readonly bytes: {
      /** Stored bytes read. */
      readonly read: number;
      /** Uncompressed bytes examined. */
      readonly examined: number;
      /** Bytes known not to have been examined. */
      readonly notExamined: number;
    };
  };
  readonly verdict: {
    readonly complete: boolean;
    readonly failOn: Severity | 'none';
    readonly failed: boolean;
    /** Whether every image is verified; left out where nobody said whom to trust. */
    readonly verified?: boolean;
    readonly exitStatus: number;
    readonly counts: Readonly<Record<Severity, number>>;
  };
}

/** One image of one platform. */
export interface ReportImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  readonly created: string | null;
  readonly config: {
    readonly user: string;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
    readonly exposedPorts: readonly string[];
    readonly workingDir: string;
    readonly healthcheck: { readonly test: readonly string[] } | null;
    readonly stopSignal: string | null;
  } | null;
  /** Null where there is no os-release. */
  readonly os: {
    readonly id: string | null;
    readonly versionId: string | null;
    readonly prettyName: string | null;
  } | null;
  readonly base: BaseIdentity;
  /** Packages installed in the final filesystem, by database. */
  readonly packages: Readonly<Record<string, number>>;
  /** Accounts in /etc/passwd of the final filesystem. */
  readonly accounts: readonly {
    readonly name: string;
    readonly uid: number | null;
    readonly gid: number | null;
    readonly shell: string;
  }[];
  readonly layers: readonly ReportLayer[];
  readonly filesystem: {
    /** Regular files that a container sees, every name of a hard link included. */
    readonly files: number;
    /** Their bytes, each file once. */
    readonly contentBytes: number;
    /** Bytes of regular files in layers that no container can reach. */
    readonly reclaimableBytes: number;
  };
  /** What its signatures are worth; left out where they were not looked for. */
  readonly trust?: TrustReportVerdict;
}

/** A layer in its place. */
export interface ReportLayer {
  readonly index: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly mediaType: string | null;
  /** As its bytes tell; null where the layer was not read. */
  readonly compression: string | null;
  readonly compressedBytes: number | null;
  readonly uncompressedBytes: number | null;
  /** Bytes of regular files. */
  readonly contentBytes: number | null;
  readonly entries: number | null;
  readonly whiteouts: number | null;
  /** Null where the history does not tell. */
  readonly instruction: string | null;
  readonly historyIndex: number | null;
  readonly created: string | null;
  readonly origin: 'base' | 'app' | 'unknown';
  readonly originBasis: string;
  readonly stage: { readonly name: string | null; readonly basis: string };
  /** Bytes of this layer that later layers hide. */
  readonly shadowedBytes: { readonly deleted: number; readonly overwritten: number; readonly metadataOnly: number };
  readonly complete: boolean;
}

/** Something that hangs on an image: a signature, an attestation. One of several layers is as many. */
export interface ReportAttachment {
  readonly kind: 'attestation' | 'signature' | 'artifact';
  /** How it is written; of what was not read, what a list says of it. */
  readonly format: string;
  /** Media type that made it this format. */
  readonly mediaType: string;
  /** Its manifest. */
  readonly digest: string;
  /** The document it hangs on. */
  readonly subject: string | null;
  readonly foundBy: readonly ('index' | 'tag' | 'referrers-api' | 'fallback-tag' | 'layout')[];
  readonly verdict: 'verified' | 'failed' | 'unverified' | 'unsigned' | 'not-checked';
  readonly reasons: readonly string[];
  /** Who signed, where the signature itself is right: `name` and `issuer`, or `key` and `fingerprint`. */
  readonly identity: Readonly<Record<string, string>>;
  /** What exactly was signed; null for what was not read. */
  readonly signs: SignedRole | null;
  /** The blob that holds it. */
  readonly blob: string | null;
  /** Names that the policy has for who signed, where it is verified. */
  readonly trustedAs: readonly string[];
  /** The signature over the manifest that an unsigned statement is a part of. */
  readonly coveredBy: string | null;
  /** When it was there already, by whom. */
  readonly times: TrustReportAttachment['times'];
  readonly logs: TrustReportAttachment['logs'];
  readonly predicateType: string | null;
  /** The image's name as the signer wrote it. */
  readonly reference: string | null;
  /** Digests that it is about, as it says; the first few. */
  readonly claims: readonly string[];
  /** What an attestation says; whether that is anybody's word, the verdict says. */
  readonly says: AttestationFacts | null;
}

/** A blob that nothing names. */
export interface ReportOrphan {
  /** Its name in the archive or layout. */
  readonly name: string;
  /**
   * What it is, or for `trailing` (bytes behind the end of the archive) and `replaced` (a member that a later one of
   * the same name replaced) why nothing names it.
   */
  readonly kind: OrphanEvidence['kind'];
  readonly digest: string | null;
  readonly sizeBytes: number;
  /** Entries of the tar it is; 0 where it is none, null where it was not examined. */
  readonly entries: number | null;
}

/** A finding that the user decided not to be told. */
export interface ReportSuppression {
  readonly fingerprint: string;
  readonly by: 'ignore' | 'baseline';
  readonly reason: string;
  readonly expires: string | null;
}
