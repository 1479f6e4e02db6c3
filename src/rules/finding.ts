import type { Confidence, Severity } from '../core/index.ts';
import type { HiddenHow } from '../filesystem/index.ts';

/** Where in an image's life a finding stands; names in the report. */
export type FindingState = 'live' | 'deleted' | 'overwritten' | 'never-effective' | 'metadata' | 'orphan' | 'trailing';

/** A secret, as far as it may be shown. */
export interface SecretEvidence {
  readonly redacted: string;
  /** The secret itself; null unless the user asked for it. */
  readonly value: string | null;
  readonly fingerprint: string;
  readonly lengthChars: number;
}

/** One place where a problem was seen. */
export interface Evidence {
  /** `linux/amd64`; null where it concerns the subject as a whole. */
  readonly platform: string | null;
  readonly layer: { readonly index: number; readonly digest: string | null; readonly diffId: string | null } | null;
  /** The instruction that made the layer. */
  readonly instruction: string | null;
  /** Absolute path in the image, or below the folder of `audit secrets`, without a slash in front; bytes that are no UTF-8 stand as `\xNN`. */
  readonly path: string | null;
  /** The exact bytes of such a path. */
  readonly pathBase64?: string;
  /** Members of nested archives, outermost first. */
  readonly nestedPath: readonly string[];
  /** What else carries it: `config.Env[3]`, `history[2].created_by`, `path`, `xattr:user.note`, `tar:after-end`. */
  readonly field: string | null;
  readonly byteRange: readonly [number, number] | null;
  readonly line: number | null;
  readonly fileDigest: string | null;
  /** Four octal digits. */
  readonly mode: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  /** RFC 3339, UTC. */
  readonly mtime: string | null;
  readonly state: FindingState;
  readonly hiddenBy: { readonly layerIndex: number; readonly how: HiddenHow } | null;
  /** Bytes concerned, where the finding is about size. */
  readonly bytes: number | null;
  /** What exactly was seen here, where that differs from place to place. */
  readonly detail: string | null;
  readonly secret: SecretEvidence | null;
}

/** One problem, with every place where it was seen. */
export interface Finding {
  /** `family/name`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly state: FindingState;
  /** The same for the same problem in another build, layer or platform. */
  readonly fingerprint: string;
  readonly title: string;
  readonly message: string;
  readonly remediation: string;
  readonly evidence: readonly Evidence[];
}
