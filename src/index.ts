/** The library's door. */
export { type AuditImageOptions, type AuditProgress, auditImage, loadFingerprintKey } from './audit/index.ts';
export { AuditError, type AuditErrorCode, type Platform, parsePlatform, type Severity } from './core/index.ts';
export { type Report, renderJson, renderTable } from './report/index.ts';
export { type Evidence, type Finding, RULES, type RuleDescription } from './rules/index.ts';
