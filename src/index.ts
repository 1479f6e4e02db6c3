/** The library's door. */
export { auditImage, type AuditImageOptions, type AuditProgress, loadFingerprintKey } from './audit/index.ts';
export { AuditError, type AuditErrorCode, parsePlatform, type Platform, type Severity } from './core/index.ts';
export { type Report, renderJson, renderTable } from './report/index.ts';
export { type Evidence, type Finding, RULES, type RuleDescription } from './rules/index.ts';
