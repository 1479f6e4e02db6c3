/** A layer's bytes to a record of all that is in them: the map step, which needs no image. */
export { ENTRY_KINDS, type EntryColumns, type EntryKind, EntryTable } from './entry-table.ts';
export { examineLayer, type OnProgress } from './examine-layer.ts';
export { defaultLanes, ExaminerPool, type ExaminerPoolOptions } from './examiner-pool.ts';
export { type ExaminedLayer, LayerExaminer } from './layer-examiner.ts';
export type { EntryDevice, EntryXattr, LayerGap, LayerJob, LayerRecord } from './layer-record.ts';
export type { InstalledPackage, PackageDatabase, PackageDatabaseKind } from './packages/index.ts';
export { rulesetId } from './ruleset.ts';
export {
  type Carrier,
  DETECTORS,
  PROVIDERS,
  type Provider,
  redactBytes,
  type SecretMatch,
  type SecretValues,
  TextScanner,
} from './secrets/index.ts';
export type { SystemFile } from './system-files.ts';
