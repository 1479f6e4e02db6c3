/** A layer's bytes to a record of all that is in them: the map step, which needs no image. */
export { ENTRY_KINDS, type EntryColumns, type EntryKind, EntryTable } from './entry-table.ts';
export { examineLayer } from './examine-layer.ts';
export { defaultLanes, ExaminerPool } from './examiner-pool.ts';
export type { ExaminedLayer } from './layer-examiner.ts';
export type { LayerJob, LayerRecord } from './layer-record.ts';
export type { InstalledPackage, PackageDatabaseKind } from './packages/index.ts';
export { rulesetId } from './ruleset.ts';
export {
  PROVIDERS,
  type Provider,
  type SecretMatch,
  type SecretValues,
  TextScanner,
} from './secrets/index.ts';
