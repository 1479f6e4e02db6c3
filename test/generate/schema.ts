/** Generates the schemas of documents from their types: schema/report-1.json, schema/packages-1.json, schema/sbom-1.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';

/** Documents by the name of their schema. */
const DOCUMENTS = {
  report: { path: 'src/report/report.ts', type: 'Report', title: 'The report of layer-audit' },
  packages: { path: 'src/report/packages.ts', type: 'PackagesReport', title: 'The packages that layer-audit lists' },
  sbom: { path: 'src/report/sbom.ts', type: 'SbomReport', title: 'How SBOMs compare with the layers of an image' },
} as const;

/** The text of a schema for the types as they are now. */
export function generateSchema(document: keyof typeof DOCUMENTS = 'report'): string {
  const root = new URL('../../', import.meta.url).pathname;
  const { path, type, title } = DOCUMENTS[document];
  const schema = createGenerator({
    path: `${root}${path}`,
    tsconfig: `${root}tsconfig.json`,
    type,
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema(type);
  return `${JSON.stringify({ $id: `https://layer-audit.dev/schema/${document}-1.json`, title, ...schema }, null, 2)}\n`;
}

if (import.meta.main) {
  const folder = new URL('../../schema/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const document of Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[])
    writeFileSync(new URL(`${document}-1.json`, folder), generateSchema(document));
}
