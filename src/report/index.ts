/** The report document, and the views of it. Reporters read the document and nothing else. */
export type {
  DiffChange,
  DiffFile,
  DiffImage,
  DiffLayer,
  DiffPair,
  DiffReport,
  DiffSetting,
  DiffVersion,
} from './diff.ts';
export type { EntryFacts } from './entry-facts.ts';
export type { LayersBudget, LayersFolder, LayersImage, LayersLayer, LayersReport } from './layers.ts';
export type { PackagesImage, PackagesReport, ReportPackage } from './packages.ts';
export type { Report, ReportAttachment, ReportImage, ReportLayer } from './report.ts';
export { renderCycloneDx } from './reporters/cyclonedx.ts';
export { renderDiffTable } from './reporters/diff-table.ts';
export { renderJson, toJson } from './reporters/json.ts';
export { renderLayersCsv } from './reporters/layers-csv.ts';
export { renderLayersTable } from './reporters/layers-table.ts';
export { renderPackagesCsv } from './reporters/packages-csv.ts';
export { renderPackagesTable } from './reporters/packages-table.ts';
export { renderRule, renderRuleList } from './reporters/rules.ts';
export { renderSpdx } from './reporters/spdx.ts';
export { renderStagesTable } from './reporters/stages-table.ts';
export { renderTable } from './reporters/table.ts';
export { renderTrust } from './reporters/trust-table.ts';
export { renderWhyTable } from './reporters/why-table.ts';
export type { StageBuild, StagesImage, StagesReport, StageWeight } from './stages.ts';
export type { TrustReport, TrustReportAttachment, TrustReportVerdict, TrustSection } from './trust.ts';
export type { WhyImage, WhyLayer, WhyRemoval, WhyReport, WhyVersion } from './why.ts';
