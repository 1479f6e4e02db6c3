/** The library's door. */
export {
  type AuditImageOptions,
  type AuditProgress,
  type AuditSecretsOptions,
  auditImage,
  auditSecrets,
  type DiffImagesOptions,
  diffImages,
  type ExplainPathOptions,
  explainPath,
  type ListPackagesOptions,
  listPackages,
  loadCustomRules,
  loadFingerprintKey,
  type MeasureLayersOptions,
  measureLayers,
  parseSizeBudget,
  type SizeBudget,
  type TellStagesOptions,
  tellStages,
} from './audit/index.ts';
export { AuditError, type AuditErrorCode, type Platform, parsePlatform, type Severity } from './core/index.ts';
export {
  type DiffReport,
  type LayersReport,
  type PackagesReport,
  type Report,
  renderCycloneDx,
  renderJson,
  renderPackagesTable,
  renderSpdx,
  renderTable,
  type StagesReport,
  type WhyReport,
} from './report/index.ts';
export { type Evidence, type Finding, RULES, type RuleDescription } from './rules/index.ts';
