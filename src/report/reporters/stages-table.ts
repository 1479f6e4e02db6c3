import { formatBytes, formatCount } from '../../core/index.ts';
import type { StageBuild, StagesImage, StagesReport, StageWeight } from '../stages.ts';
import { gapLines } from './gap-lines.ts';
import { bar, type DrawOptions, Pen, percent } from './pen.ts';

/** Columns of a bar. */
const BAR = 10;
/** Files shown of those that were carried over. */
const MAX_FILES = 8;

/** The stages for a human reader, how one knows them first. */
export function renderStagesTable(report: StagesReport, options: DrawOptions): string {
  const pen = new Pen(options);
  const lines = [
    ...report.images.flatMap((image, i) => [...(i === 0 ? [] : ['']), ...renderImage(image, pen)]),
    ...gapLines(report.gaps, pen),
  ];
  return `${lines.join('\n')}\n`;
}

function renderImage(image: StagesImage, pen: Pen): string[] {
  const { platform, basis, reasons, stages, discarded, builds } = image;
  const all = stages.reduce((sum, { contentBytes }) => sum + contentBytes, 0);
  const rows = stages.map(({ name, isBase, from, layers, storedBytes, contentBytes, liveBytes }) => {
    const share = all === 0 ? 0 : contentBytes / all;
    return [
      isBase ? 'base image' : (name ?? '?'),
      storedBytes === null ? '?' : formatBytes(storedBytes),
      formatBytes(contentBytes),
      formatBytes(liveBytes),
      percent(share),
      bar(share, BAR),
      layers.length === 0 ? 'none' : ranges(layers),
      from ?? '',
    ];
  });
  const header = ['stage', 'stored', 'files', 'live', 'share', '', 'layers', 'from'];
  return [
    pen.bold(pen.text(platform)[0] as string),
    ...pen.text(`stages known from: ${basis}`),
    ...reasons.flatMap((reason) => pen.text(reason, '  ')).map((line) => pen.dim(line)),
    ...(rows.length === 0 ? [] : ['', ...pen.table(header, rows, [1, 2, 3, 4])]),
    ...stages.flatMap(({ name, copies }) =>
      copies.flatMap((copy) => pen.text(`${name} copies from ${copy.from}: ${copy.text} (line ${copy.line})`, '  ')),
    ),
    ...(discarded.length === 0
      ? []
      : pen.text(
          `Not in the image: ${discarded.map(({ name, from }) => `${name} (from ${from})`).join(', ')}. Build one with --target and give it with --stage NAME=IMAGE to compare.`,
        )),
    ...builds.flatMap((build) => renderBuild(build, pen)),
  ];
}

function renderBuild(
  { name, reference, stage, final, sharedLayers, carried, leftBehind }: StageBuild,
  pen: Pen,
): string[] {
  const row = (title: string, of: (weight: StageWeight) => string): string[] => [title, of(stage), of(final)];
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([key, count]) => `${formatCount(count)} ${key}`)
      .join(', ') || 'none';
  const rows = [
    row('files', ({ files }) => formatCount(files)),
    row('size', ({ liveBytes }) => formatBytes(liveBytes)),
    row('stored', ({ storedBytes }) => (storedBytes === null ? '?' : formatBytes(storedBytes))),
    row('packages', ({ packages }) => list(packages)),
    row('findings', ({ findings }) => list(findings)),
  ];
  const shown = carried.largest.slice(0, MAX_FILES).map(({ path, bytes }) => `${path} (${formatBytes(bytes)})`);
  return [
    ...pen.heading(`Stage ${name}: ${reference}`),
    ...pen.table(['', 'stage', 'final image'], rows, []),
    ...pen.text(
      `${formatCount(leftBehind.files)} files of ${formatBytes(leftBehind.bytes)} stay behind in the stage. ${sharedLayers} layers are in both.`,
    ),
    ...pen.text(
      `${formatCount(carried.files)} files of ${formatBytes(carried.bytes)} are in the image as they are in the stage${shown.length === 0 ? '.' : `: ${shown.join(', ')}${carried.files > shown.length ? ' and more' : ''}`}`,
    ),
    ...carried.findings.flatMap(({ rule, severity, message, path }) =>
      pen.text(`carried over: ${severity} ${rule} in ${path}: ${message}`, '  '),
    ),
  ];
}

/** `0-3, 5`. */
function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
