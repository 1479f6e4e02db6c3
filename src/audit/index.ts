/** Use-cases: what commands and users of the library share. */
export { EXIT } from './assemble-report.ts';
export { type AuditImageOptions, auditImage } from './audit-image.ts';
export { type AuditedSboms, type AuditSbomOptions, auditSbom, theOnlySbom } from './audit-sbom.ts';
export { type AuditSecretsOptions, auditSecrets } from './audit-secrets.ts';
export { loadCustomRules } from './custom-rules/load-custom-rules.ts';
export { describeRule, describeRules } from './describe-rules.ts';
export { type DiffImagesOptions, diffImages } from './diff-images.ts';
export type { ExamineOptions } from './examine-subject.ts';
export { type CredentialExplanation, explainCredentials } from './explain-credentials.ts';
export { type ExplainPathOptions, explainPath } from './explain-path.ts';
export { FINGERPRINT_KEY_VARIABLE, loadFingerprintKey } from './fingerprint-key.ts';
export { type ListPackagesOptions, listPackages } from './list-packages.ts';
export { type LoadedTrust, loadTrust, prepareTrust, type TrustOptions } from './load-trust.ts';
export { type MeasureLayersOptions, measureLayers } from './measure-layers.ts';
export type { AuditProgress } from './progress.ts';
export { parseSizeBudget, type SizeBudget } from './size-budget.ts';
export { type TellStagesOptions, tellStages } from './tell-stages.ts';
export { type VerifyImageOptions, verifyImage } from './verify-image.ts';
