import { formatBytes, formatCount, shortDigest } from '../../core/index.ts';
import type { Finding } from '../../rules/index.ts';
import type { DiffChange, DiffFile, DiffImage, DiffPair, DiffReport, DiffVersion } from '../diff.ts';
import { gapLines } from './gap-lines.ts';
import { type DrawOptions, Pen } from './pen.ts';

/** How to draw a comparison. */
export interface DiffTableOptions extends DrawOptions {
  /** How many paths of each kind are shown. */
  readonly top: number;
}

/** A comparison for a human reader: sums first, then what changed most, then findings. */
export function renderDiffTable(report: DiffReport, options: DiffTableOptions): string {
  const pen = new Pen(options);
  const { unpaired, gaps } = report;
  const lines = [
    ...report.pairs.flatMap((pair, i) => [...(i === 0 ? [] : ['']), ...renderPair(pair, report, pen, options.top)]),
    ...(unpaired.a.length === 0 ? [] : ['', ...pen.text(`Only the first has ${unpaired.a.join(', ')}.`)]),
    ...(unpaired.b.length === 0 ? [] : ['', ...pen.text(`Only the second has ${unpaired.b.join(', ')}.`)]),
    ...renderFindings(report, pen),
    ...gapLines([...gaps.a, ...(report.a.reference === report.b.reference ? [] : gaps.b)], pen),
    '',
    renderVerdict(report, pen),
  ];
  return `${lines.join('\n')}\n`;
}

function renderPair(
  { a, b, files, folders, layers, packages, config, history }: DiffPair,
  report: DiffReport,
  pen: Pen,
  top: number,
): string[] {
  const { counts } = files;
  const quiet = [
    `${formatCount(counts.unchanged)} paths are the same`,
    ...(counts.mtimeOnly === 0 ? [] : [`${formatCount(counts.mtimeOnly)} differ in their time only`]),
    ...(counts.unread === 0
      ? []
      : [`${formatCount(counts.unread)} were compared by size, because they could not be read`]),
  ];
  return [
    ...describeImage('-', a, report.a.reference, pen),
    ...describeImage('+', b, report.b.reference, pen),
    ...pen.text(
      `files: ${formatCount(counts.added.paths)} added (${signed(counts.added.bytes)}), ${formatCount(counts.removed.paths)} removed (${signed(-counts.removed.bytes)}), ${formatCount(counts.changed.paths)} changed (${signed(counts.changed.bytes)}); ${quiet.join('; ')}`,
    ),
    ...renderLayers(layers, pen),
    ...renderPackages(packages, pen, top),
    ...(folders.length === 0
      ? []
      : [
          ...pen.heading('Size by folder'),
          ...pen.table(
            ['change', 'folder'],
            folders.slice(0, top).map(({ path, bytes }) => [signed(bytes), path]),
            [0],
          ),
        ]),
    ...renderFiles('Added files', files.added, '+', top, pen),
    ...renderFiles('Removed files', files.removed, '-', top, pen),
    ...renderChanges(files.changed, top, pen),
    ...(files.omitted === 0 ? [] : pen.text(`${formatCount(files.omitted)} more paths differ, and are counted only.`)),
    ...(config.length === 0 ? [] : pen.heading('Configuration')),
    ...config.flatMap(({ field, a: before, b: after }) =>
      pen.text(
        `${field}: ${before === null ? 'set to' : before}${before !== null && after !== null ? ' → ' : ' '}${after ?? 'removed'}`,
        '  ',
      ),
    ),
    ...(history.length === 0 ? [] : pen.heading('History')),
    ...history.flatMap(({ change, instruction }) => pen.text(`${change === 'added' ? '+' : '-'} ${instruction}`, '  ')),
  ];
}

function describeImage(sign: string, image: DiffImage, reference: string, pen: Pen): string[] {
  const digest = image.manifestDigest ?? image.configDigest;
  const upTo = image.upToLayer === null ? '' : ` up to layer ${image.upToLayer}`;
  const stored = image.storedBytes === null ? '' : `, ${formatBytes(image.storedBytes)} stored`;
  const name = `${sign} ${reference} ${image.platform}${upTo}`;
  const facts = `${digest === null ? '' : `${shortDigest(digest)}, `}${formatBytes(image.liveBytes)} of files${stored}`;
  return [pen.bold(pen.text(name)[0] as string), ...pen.text(facts, '  ').map((line) => pen.dim(line))];
}

function renderLayers({ shared, onlyA, onlyB }: DiffPair['layers'], pen: Pen): string[] {
  const bytes = shared.reduce((sum, layer) => sum + (layer.contentBytes ?? 0), 0);
  const row = (sign: string, layer: DiffPair['layers']['onlyA'][number]): string[] => [
    sign,
    String(layer.index),
    layer.contentBytes === null ? '?' : formatBytes(layer.contentBytes),
    layer.instruction ?? shortDigest(layer.digest ?? layer.diffId ?? 'unknown'),
  ];
  const rows = [...onlyA.map((layer) => row('-', layer)), ...onlyB.map((layer) => row('+', layer))];
  return [
    ...pen.heading('Layers'),
    ...pen.text(`${shared.length} shared (${formatBytes(bytes)})`),
    ...(rows.length === 0 ? [] : pen.table(['', 'layer', 'files', 'instruction'], rows, [1, 2])),
  ];
}

/** Packages up and down, with the layers that brought them. */
function renderPackages({ counts, changes, omitted }: DiffPair['packages'], pen: Pen, top: number): string[] {
  const kinds = ['added', 'removed', 'upgraded', 'downgraded', 'changed'] as const;
  const sums = kinds.filter((kind) => counts[kind] > 0).map((kind) => `${formatCount(counts[kind])} ${kind}`);
  if (sums.length === 0) return [];
  const rows = changes
    .slice(0, top)
    .map(({ change, type, name, a, b }) => [
      change,
      type,
      name,
      a === null || b === null ? ((a ?? b)?.version ?? '') : `${a.version} → ${b.version}`,
      String((b ?? a)?.layer ?? ''),
    ]);
  return [
    ...pen.heading('Packages'),
    ...pen.text(`${sums.join(', ')}; ${formatCount(counts.unchanged)} are the same`),
    ...pen.table(['', 'type', 'package', 'version', 'layer'], rows, [4]),
    ...more(changes.length - rows.length + omitted, pen),
  ];
}

/** The largest of some files; folders and links only where there is room. */
function renderFiles(title: string, files: readonly DiffFile[], sign: string, top: number, pen: Pen): string[] {
  if (files.length === 0) return [];
  const largest = [...files].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, top);
  const rows = largest.map((file) => [
    sign,
    file.kind === 'file' || file.kind === 'hardlink' ? formatBytes(file.bytes) : file.kind,
    String(file.layer),
    `${file.path}${file.kind === 'symlink' ? ` → ${file.linkTarget}` : ''}`,
  ]);
  return [
    ...pen.heading(title),
    ...pen.table(['', 'size', 'layer', 'path'], rows, [1, 2]),
    ...more(files.length - largest.length, pen),
  ];
}

function renderChanges(changes: readonly DiffChange[], top: number, pen: Pen): string[] {
  if (changes.length === 0) return [];
  const growth = ({ a, b }: DiffChange): number => Math.abs(b.bytes - a.bytes);
  const largest = [...changes].sort((a, b) => growth(b) - growth(a) || (a.path < b.path ? -1 : 1)).slice(0, top);
  const rows = largest.map((change) => [
    change.differences.includes('content') ? signed(change.b.bytes - change.a.bytes) : '',
    change.differences
      .filter((difference) => difference !== 'mtime')
      .map((one) => describeDifference(one, change))
      .join(', '),
    change.path,
  ]);
  return [
    ...pen.heading('Changed files'),
    ...pen.table(['size', 'what', 'path'], rows, [0]),
    ...more(changes.length - largest.length, pen),
  ];
}

function describeDifference(difference: DiffChange['differences'][number], { a, b }: DiffChange): string {
  const both = (of: (version: DiffVersion) => string): string => `${of(a)} → ${of(b)}`;
  switch (difference) {
    case 'type':
      return both(({ kind }) => kind);
    case 'mode':
      return both(({ mode }) => mode);
    case 'owner':
      return both(({ uid, gid }) => `${uid}:${gid}`);
    default:
      return difference;
  }
}

function more(count: number, pen: Pen): string[] {
  return count > 0 ? [pen.dim(`and ${formatCount(count)} more`)] : [];
}

function renderFindings({ findings }: DiffReport, pen: Pen): string[] {
  const list = (title: string, some: readonly Finding[]): string[] =>
    some.length === 0
      ? []
      : [
          ...pen.heading(title),
          ...some.flatMap(({ severity, rule, message }) => pen.text(`${severity}  ${rule}: ${message}`, '  ')),
        ];
  return [...list('New findings', findings.new), ...list('Fixed findings', findings.fixed)];
}

function renderVerdict({ findings, verdict }: DiffReport, pen: Pen): string {
  const { complete, failed, failOn } = verdict;
  const counts = `${findings.new.length} new, ${findings.fixed.length} fixed, ${findings.unchanged} unchanged findings`;
  if (failed)
    return `${pen.bad('FAILED')} new findings at or above ${failOn} (${counts}${complete ? '' : '; incomplete'})`;
  if (!complete) return `${pen.bad('INCOMPLETE')} not everything could be examined (${counts})`;
  return `${pen.good('PASSED')} ${failOn === 'none' ? 'no threshold is set' : `nothing new at or above ${failOn}`} (${counts})`;
}

function signed(bytes: number): string {
  if (bytes === 0) return '0 B';
  return `${bytes > 0 ? '+' : '-'}${formatBytes(Math.abs(bytes))}`;
}
