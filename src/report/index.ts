/** The report document, and the views of it. Reporters read the document and nothing else. */
export type { Report, ReportImage, ReportLayer } from './report.ts';
export { renderJson } from './reporters/json.ts';
export { renderRule, renderRuleList } from './reporters/rules.ts';
export { renderTable } from './reporters/table.ts';
