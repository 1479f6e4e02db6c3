/**
 * Every way a run can fail to happen: usage, environment, network, disk.
 *
 * Hostile or broken *content* is never an `AuditError` that ends a run: it is a finding of family
 * `integrity`, or a {@link Gap}. Sources and registry clients may throw one about a single blob; the
 * use-case then turns it into a gap.
 */
export type AuditErrorCode =
  | 'USAGE_INVALID'
  | 'REFERENCE_INVALID'
  | 'PLATFORM_INVALID'
  | 'PLATFORM_ABSENT'
  | 'PATH_ABSENT'
  | 'DOCKERFILE_INVALID'
  | 'DIGEST_INVALID'
  | 'SOURCE_NOT_FOUND'
  | 'SOURCE_UNREADABLE'
  | 'SOURCE_UNRECOGNISED'
  | 'SOURCE_UNSUPPORTED'
  | 'ARCHIVE_DAMAGED'
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_AMBIGUOUS'
  | 'NOT_AN_IMAGE'
  | 'DOCUMENT_INVALID'
  | 'DOCUMENT_TOO_LARGE'
  | 'BLOB_ABSENT'
  | 'BLOB_TRUNCATED'
  | 'BLOB_UNREADABLE'
  | 'DIGEST_MISMATCH'
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_TIMEOUT'
  | 'REGISTRY_UNAUTHORIZED'
  | 'REGISTRY_FORBIDDEN'
  | 'REGISTRY_NOT_FOUND'
  | 'REGISTRY_RATE_LIMITED'
  | 'REGISTRY_SERVER_ERROR'
  | 'REGISTRY_PROTOCOL'
  | 'REDIRECT_REFUSED'
  | 'DAEMON_UNREACHABLE'
  | 'DAEMON_FORBIDDEN'
  | 'DAEMON_TIMEOUT'
  | 'DAEMON_FAILED'
  | 'DAEMON_PROTOCOL'
  | 'DAEMON_CONFIG_INVALID'
  | 'REGISTRIES_CONFIG_INVALID'
  | 'CREDENTIALS_INVALID'
  | 'CERTIFICATE_INVALID'
  | 'KEY_INVALID'
  | 'TRUSTED_ROOT_INVALID'
  | 'TRUSTED_ROOT_UNREACHABLE'
  | 'CONFIG_INVALID'
  | 'NOTATION_CONFIG_INVALID'
  | 'SBOM_ABSENT'
  | 'SBOM_INVALID'
  | 'SBOM_TOO_LARGE'
  | 'SBOM_UNRECOGNISED'
  | 'SBOM_UNSUPPORTED'
  | 'RULE_UNKNOWN'
  | 'RULES_INVALID'
  | 'OUTPUT_UNWRITABLE'
  | 'INTERRUPTED';

/** What an {@link AuditError} carries besides its sentence. */
export interface AuditErrorDetails {
  /** One sentence: what the reader can do next. */
  readonly hint?: string;
  /** The error underneath, kept for `--verbose`. */
  readonly cause?: unknown;
}

/** An error with a stable code, a sentence that names what it happened to, and what to do next. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;
  readonly hint: string | undefined;

  constructor(code: AuditErrorCode, message: string, details: AuditErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AuditError';
    this.code = code;
    this.hint = details.hint;
  }
}

/** The system error code (`ENOENT`, `EACCES` …) of an error thrown by Node, if it has one. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
