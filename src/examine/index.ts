/** A layer's bytes to a record of all that is in them: the map step, which needs no image. */
export { ENTRY_KINDS, type EntryColumns, type EntryKind, EntryTable } from './entry-table.ts';
export { examineLayer } from './examine-layer.ts';
export { defaultLanes, ExaminerPool } from './examiner-pool.ts';
export { FileSecrets } from './file-secrets.ts';
export type { ExaminedLayer } from './layer-examiner.ts';
export type { LayerJob, LayerRecord } from './layer-record.ts';
export {
  databaseFolder,
  ownerKey,
  type PackageDatabase,
  type PackageFacts,
  type PackageKind,
} from './packages/index.ts';
export type { ProgramFacts } from './programs/index.ts';
export { rulesetId } from './ruleset.ts';
export {
  type CustomAllowlist,
  type CustomKind,
  type CustomLint,
  type CustomLintRule,
  type CustomPattern,
  type CustomRules,
  compileRegex,
  importRule,
  isExampleWord,
  keywordLiterals,
  PROVIDERS,
  type Provider,
  type SecretMatch,
  type SecretValues,
  SPARE_LITERALS,
  TextScanner,
} from './secrets/index.ts';
