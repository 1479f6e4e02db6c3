/** The report document, and the views of it. Reporters read the document and nothing else. */
export type {
  DiffChange,
  DiffFile,
  DiffImage,
  DiffLayer,
  DiffPackageVersion,
  DiffPair,
  DiffReport,
  DiffSetting,
  DiffVersion,
} from './diff.ts';
export type { EntryFacts } from './entry-facts.ts';
export type { LayersBudget, LayersFolder, LayersImage, LayersLayer, LayersReport, LayersTreemap } from './layers.ts';
export type { PackagesImage, PackagesReport, ReportPackage } from './packages.ts';
export type { Report, ReportAttachment, ReportImage, ReportLayer } from './report.ts';
export { convertToCycloneDx } from './reporters/converted-cyclonedx.ts';
export { convertToSpdx } from './reporters/converted-spdx.ts';
export { renderCycloneDx } from './reporters/cyclonedx.ts';
export { renderDiffTable } from './reporters/diff-table.ts';
export { renderJson, toJson } from './reporters/json.ts';
export { renderLayersCsv } from './reporters/layers-csv.ts';
export { renderLayersSvg } from './reporters/layers-svg.ts';
export { renderLayersTable } from './reporters/layers-table.ts';
export { renderPackagesCsv } from './reporters/packages-csv.ts';
export { renderPackagesTable } from './reporters/packages-table.ts';
export { renderRule, renderRuleList } from './reporters/rules.ts';
export { renderSbomTable } from './reporters/sbom-table.ts';
export { renderSpdx } from './reporters/spdx.ts';
export { renderStagesTable } from './reporters/stages-table.ts';
export { renderTable } from './reporters/table.ts';
export { renderTrust } from './reporters/trust-table.ts';
export { renderWhyTable } from './reporters/why-table.ts';
export type {
  SbomInstalledPackage,
  SbomReport,
  SbomReportComparison,
  SbomReportDocument,
  SbomReportImage,
} from './sbom.ts';
export type { StageBuild, StagesImage, StagesProvenance, StagesReport, StageWeight } from './stages.ts';
export type {
  TrustReport,
  TrustReportAttachment,
  TrustReportCertificate,
  TrustReportVerdict,
  TrustSection,
} from './trust.ts';
export type { WhyImage, WhyLayer, WhyRemoval, WhyReport, WhyVersion } from './why.ts';
