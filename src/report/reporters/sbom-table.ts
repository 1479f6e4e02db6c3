import { formatBytes, formatCount, shortDigest } from '../../core/index.ts';
import type { SbomReport, SbomReportComparison, SbomReportDocument, SbomReportImage } from '../sbom.ts';
import { columns, cut } from './layout.ts';
import { type DrawOptions, oneLine, Pen } from './pen.ts';

/** How to draw the table. */
export interface SbomTableOptions extends DrawOptions {
  /** Most lines of each kind of difference. */
  readonly top: number;
}

/** Widest a cell gets. */
const MAX_CELL = 48;

/** The SBOMs of an image, and what differs, for a human reader. */
export function renderSbomTable(report: SbomReport, options: SbomTableOptions): string {
  const pen = new Pen(options);
  const lines = report.sboms.flatMap((one, i) => documentLines(one, i, pen));
  for (const image of report.images) lines.push('', ...imageLines(image, report, pen, options.top));
  const missing = report.gaps.filter((gap) => gap.incomplete);
  if (missing.length > 0) lines.push('', 'NOT EXAMINED');
  for (const gap of missing) lines.push(...pen.text(`${gap.reason}: ${gap.message}`, '  '));
  return `${lines.join('\n').trim()}\n`;
}

function documentLines(one: SbomReportDocument, index: number, pen: Pen): string[] {
  const place =
    one.file === null
      ? `attachment ${shortDigest(one.attachment ?? '')}${one.foundBy === null ? '' : ` (${one.foundBy})`}`
      : one.file;
  const head = pen.bold(cut(oneLine(`SBOM ${index}  ${place}`), pen.width));
  if (one.trouble !== null) return [head, ...pen.text(`cannot be read: ${one.trouble}`, '  ')];
  const form = `${one.format === 'spdx' ? 'SPDX' : 'CycloneDX'} ${one.specVersion} (${one.encoding})`;
  const tools = one.tools.length === 0 ? 'a program that it does not name' : one.tools.join(', ');
  const wrapped = one.predicateType === null ? '' : ' in a statement';
  return [
    head,
    ...pen.text(`${form}${wrapped}, by ${tools}${one.created === null ? '' : `, ${one.created}`}`, '  '),
    ...pen.text(
      `${counted(one.packages, 'package')} and ${counted(one.files, 'file')}${one.name === null ? '' : ` of ${one.name}`}`,
      '  ',
    ),
  ];
}

function imageLines(image: SbomReportImage, report: SbomReport, pen: Pen, top: number): string[] {
  const head = pen.bold(cut(oneLine(`${image.platform}  ${image.names[0] ?? report.subject.reference}`), pen.width));
  if (image.comparisons.length === 0) {
    return [head, report.sboms.length === 0 ? 'no SBOM is attached to this image' : 'no SBOM is about this image'];
  }
  return [head, ...image.comparisons.flatMap((one) => comparisonLines(one, image, pen, top))];
}

function comparisonLines(one: SbomReportComparison, image: SbomReportImage, pen: Pen, top: number): string[] {
  const { packages, files } = one;
  const title = `SBOM ${one.sbom}`;
  if (one.notCompared !== null) return pen.text(`${title}: ${one.notCompared}`);
  const verdict = one.differs ? pen.bad('differs') : pen.good('agrees with the layers');
  const lines = [
    `${title} ${verdict}: ${formatCount(packages.matched)} of ${counted(image.installed, 'package')} and ${counted(files.matched, 'file')} as listed`,
    ...pen.text(one.subject.why, '  ').map((line) => (one.subject.verdict === 'other' ? pen.bad(line) : line)),
  ];
  for (const [name, rows] of sectionsOf(one, image)) {
    if (rows.length === 0) continue;
    const cells = rows.slice(0, top).map((row) => row.map((cell) => cut(oneLine(cell), MAX_CELL)));
    lines.push(
      `  ${pen.bold(name)} (${formatCount(rows.length)})`,
      ...columns(cells, new Set()).map((line) => cut(`    ${line}`, pen.width)),
      ...(rows.length > top ? [`    and ${formatCount(rows.length - top)} more`] : []),
    );
  }
  if (files.notCompared !== null)
    lines.push(...pen.text(`files were not compared: ${files.notCompared}`, '  ').map((line) => pen.dim(line)));
  for (const { side, reason, count, examples } of one.leftOut) {
    const what =
      side === 'sbom' ? `${counted(count, 'entry')} of the SBOM` : `${counted(count, 'package')} of the image`;
    const names = `${examples.slice(0, 3).join(', ')}${count > 3 ? ' …' : ''}`;
    lines.push(...pen.text(`not counted: ${what} (${names}): ${reason}`, '  ').map((line) => pen.dim(line)));
  }
  return lines;
}

/** The differences, each kind under its name. */
function sectionsOf(
  { packages, files, unexplained }: SbomReportComparison,
  { layers }: SbomReportImage,
): [name: string, rows: string[][]][] {
  const layerOf = (layer: number): string => {
    const instruction = layers[layer]?.instruction ?? null;
    return `layer ${layer}${instruction === null ? '' : `: ${instruction}`}`;
  };
  const gone = (layer: number | null): string => (layer === null ? 'in no layer' : `removed by ${layerOf(layer)}`);
  return [
    [
      'in the image and not in the SBOM',
      packages.missing.map((one) => [one.name, one.version, one.type, one.path, layerOf(one.layer)]),
    ],
    ['in the SBOM and not in the image', packages.surplus.map((one) => [one.name, one.version, gone(one.removedIn)])],
    [
      'in another version',
      packages.otherVersion.map((one) => [
        one.name,
        one.version,
        `listed as ${one.listedVersion === one.version ? (one.listedPurl ?? one.listedVersion) : one.listedVersion}`,
        layerOf(one.layer),
      ]),
    ],
    ['files that are listed and not there', files.absent.map((one) => [one.path, gone(one.removedIn)])],
    [
      'files with other bytes than listed',
      files.changed.map((one) => [one.path, shortDigest(one.digest), layerOf(one.layer)]),
    ],
    [
      'programs that nothing explains',
      unexplained.map((one) => [one.path, one.what, formatBytes(one.bytes), layerOf(one.layer)]),
    ],
  ];
}

function counted(count: number, noun: 'package' | 'file' | 'entry'): string {
  const plural = noun === 'entry' ? 'entries' : `${noun}s`;
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
