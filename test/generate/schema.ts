/** Generates schema/report-1.json from the types of the report document. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';

/** The text of schema/report-1.json for the types as they are now. */
export function generateSchema(): string {
  const root = new URL('../../', import.meta.url).pathname;
  const schema = createGenerator({
    path: `${root}src/report/report.ts`,
    tsconfig: `${root}tsconfig.json`,
    type: 'Report',
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema('Report');
  return `${JSON.stringify({ $id: 'https://layer-audit.dev/schema/report-1.json', title: 'The report of layer-audit', ...schema }, null, 2)}\n`;
}

if (import.meta.main) {
  const folder = new URL('../../schema/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('report-1.json', folder), generateSchema());
}
