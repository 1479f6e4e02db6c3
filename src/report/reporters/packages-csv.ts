import type { PackagesReport } from '../packages.ts';
import { renderCsv } from './csv.ts';

const HEADER = [
  'platform',
  'name',
  'version',
  'type',
  'architecture',
  'license',
  'state',
  'layer',
  'layer_diff_id',
  'path',
  'source',
  'source_version',
  'purl',
];

/** The packages as RFC 4180 has it, a line each, with a header. */
export function renderPackagesCsv(report: PackagesReport): string {
  const rows = report.images.flatMap(({ platform, layers, packages }) =>
    packages.map((one) => [
      platform,
      one.name,
      one.version,
      one.type,
      one.architecture,
      one.license ?? '',
      one.state,
      String(one.layer),
      layers[one.layer]?.diffId ?? '',
      [one.path, ...one.nestedPath].join(' > '),
      one.source?.name ?? '',
      one.source?.version ?? '',
      one.purl ?? '',
    ]),
  );
  return renderCsv([HEADER, ...rows]);
}
