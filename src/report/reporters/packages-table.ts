import { formatBytes, formatCount, printable } from '../../core/index.ts';
import type { PackagesImage, PackagesReport, ReportPackage } from '../packages.ts';
import { columns, cut, wrap } from './layout.ts';

/** How to draw the table. */
export interface PackagesTableOptions {
  readonly colours: boolean;
  /** Columns of the terminal; lines are cut to it. */
  readonly width: number;
}

/** Widest a cell gets, by column: a license may be a page long. */
const MAX_CELLS = [40, 32, 9, 10, 28];

/** The packages for a human reader, a line each. */
export function renderPackagesTable(report: PackagesReport, options: PackagesTableOptions): string {
  const bold = (text: string): string => (options.colours ? `\u001b[1m${text}\u001b[0m` : text);
  const dim = (text: string): string => (options.colours ? `\u001b[2m${text}\u001b[0m` : text);
  const width = Math.max(60, options.width);
  const lines = report.images.flatMap((image) => [
    bold(cut(printable(`${image.platform}  ${image.os?.prettyName ?? 'no distribution'}`), width)),
    ...renderImage(image, width).map((line, i) => (i === 0 && image.packages.length > 0 ? dim(line) : line)),
    dim(summaryOf(image)),
    '',
  ]);
  const missing = report.gaps.filter((gap) => gap.incomplete);
  if (missing.length > 0) {
    lines.push('NOT EXAMINED, so that packages may be missing');
    for (const gap of missing)
      lines.push(...wrap(`${gap.reason}: ${printable(gap.message)}`, width - 2).map((line) => `  ${line}`));
    lines.push('');
  }
  return `${lines.slice(0, -1).join('\n')}\n`;
}

function renderImage({ packages }: PackagesImage, width: number): string[] {
  if (packages.length === 0) return ['no packages'];
  const several = packages.some(({ state }) => state !== 'installed');
  const rows = packages.map((one) => [
    ...[one.name, one.version, one.type, one.architecture, one.license ?? ''].map((text, i) =>
      cut(oneLine(text), MAX_CELLS[i] as number),
    ),
    String(one.layer),
    ...(several ? [stateOf(one)] : []),
    oneLine([one.path, ...one.nestedPath].join(' > ')),
  ]);
  const header = ['name', 'version', 'type', 'arch', 'license', 'layer', ...(several ? ['state'] : []), 'path'];
  return columns([header, ...rows], new Set([5])).map((line) => cut(line, width));
}

function stateOf({ state, removedIn }: ReportPackage): string {
  return state === 'removed' && removedIn !== null ? `removed in ${removedIn}` : state;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}

function summaryOf({ counts, unmanaged }: PackagesImage): string {
  const kinds = Object.entries(counts).map(([type, count]) => `${formatCount(count)} ${type}`);
  const files = unmanaged.files === 1 ? '1 file belongs' : `${formatCount(unmanaged.files)} files belong`;
  return `${kinds.length === 0 ? 'nothing installed by a package manager' : kinds.join(', ')} · ${files} to no package of a database (${formatBytes(unmanaged.bytes)})`;
}
