/** Use-cases: what commands and users of the library share. */
export { EXIT } from './assemble-report.ts';
export { type AuditImageOptions, auditImage } from './audit-image.ts';
export { describeRule, describeRules } from './describe-rules.ts';
export { type CredentialExplanation, explainCredentials } from './explain-credentials.ts';
export { FINGERPRINT_KEY_VARIABLE, loadFingerprintKey } from './fingerprint-key.ts';
export type { AuditProgress } from './progress.ts';
