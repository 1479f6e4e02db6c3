import { formatBytes, formatCount, shortDigest } from '../../core/index.ts';
import type { StageBuild, StagesImage, StagesProvenance, StagesReport, StageWeight } from '../stages.ts';
import { gapLines } from './gap-lines.ts';
import { type DrawOptions, Pen, percent } from './pen.ts';

/** Files shown of those that were carried over. */
const MAX_FILES = 8;
/** Instructions shown of a stage that is not in the image. */
const MAX_STEPS = 12;
/** Provenances told of that were not used. */
const MAX_PROVENANCES = 5;

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
  const { platform, basis, reasons, provenance, stages, discarded, builds } = image;
  const all = stages.reduce((sum, { contentBytes }) => sum + contentBytes, 0);
  const rows = stages.map(({ name, isBase, from, layers, storedBytes, contentBytes, liveBytes }) => {
    const share = all === 0 ? 0 : contentBytes / all;
    return [
      isBase ? 'base image' : (name ?? '?'),
      storedBytes === null ? '?' : formatBytes(storedBytes),
      formatBytes(contentBytes),
      formatBytes(liveBytes),
      percent(share),
      pen.bar(share),
      layers.length === 0 ? 'none' : ranges(layers),
      shortened(from ?? ''),
    ];
  });
  const header = ['stage', 'stored', 'files', 'live', 'share', '', 'layers', 'from'];
  return [
    pen.bold(pen.text(platform)[0] as string),
    ...pen.text(`stages known from: ${basis}`),
    ...reasons.flatMap((reason) => pen.text(reason, '  ')).map((line) => pen.dim(line)),
    ...provenance.slice(0, MAX_PROVENANCES).flatMap((one) => renderProvenance(one, pen)),
    ...(provenance.length > MAX_PROVENANCES ? [pen.dim(`  and ${provenance.length - MAX_PROVENANCES} more`)] : []),
    ...(rows.length === 0 ? [] : ['', ...pen.table(header, rows, [1, 2, 3, 4])]),
    ...stages.flatMap(({ name, copies }) =>
      copies.flatMap((copy) => pen.text(`${name} copies from ${copy.from}: ${copy.text} (line ${copy.line})`, '  ')),
    ),
    ...renderLayers(image, pen),
    ...discarded.flatMap((stage) => renderDiscarded(stage, pen)),
    ...(discarded.length === 0
      ? []
      : pen.text('Build such a stage with --target and give it with --stage NAME=IMAGE to compare it.')),
    ...builds.flatMap((build) => renderBuild(build, pen)),
  ];
}

/** What it is worth stands beside what it says. */
function renderProvenance({ attachment, used, why, mode, builder, vcs, trust }: StagesProvenance, pen: Pen): string[] {
  const facts = [
    `provenance ${shortDigest(attachment)}`,
    ...(mode === null ? [] : [`mode=${mode}`]),
    ...(builder === null ? [] : [`built by ${builder}`]),
    ...(vcs === null ? [] : [`from ${vcs.source ?? '?'}${vcs.revision === null ? '' : ` at ${vcs.revision}`}`]),
  ].join(', ');
  if (used === 'nothing') return pen.text(`Not used: ${facts}: ${why ?? ''}`, '  ');
  const signer = `verified, signed by ${trust.signer ?? 'a trusted key'}`;
  const reasons = trust.reasons.length === 0 ? '' : `: ${trust.reasons.join('; ')}`;
  const worth = trust.verdict === 'verified' ? signer : `not verified (${trust.verdict}${reasons})`;
  return [...pen.text(facts, '  '), ...pen.text(worth, '    ')];
}

/** The instruction of each layer, where more is known than the history says. */
function renderLayers({ layers }: StagesImage, pen: Pen): string[] {
  if (!layers.some(({ step }) => step !== null)) return [];
  // An image brings many layers in one step.
  const steps = new Map<string, { layers: number[]; layer: (typeof layers)[number] }>();
  for (const layer of layers) {
    const key = layer.step ?? `layer ${layer.index}`;
    const known = steps.get(key) ?? { layers: [], layer };
    steps.set(key, known);
    known.layers.push(layer.index);
  }
  const rows = [...steps.values()].map(({ layers: some, layer: { step, line, text } }) => [
    ranges(some),
    step ?? '',
    line === null ? '' : String(line),
    shortened(text ?? ''),
  ]);
  return ['', ...pen.table(['layers', 'step', 'line', 'instruction'], rows, [2])];
}

function renderDiscarded(
  { name, from, built, steps, copies, baseStoredBytes }: StagesImage['discarded'][number],
  pen: Pen,
): string[] {
  const base = baseStoredBytes === null ? '' : `, ${formatBytes(baseStoredBytes)} stored`;
  const state = built === false ? ' and not built, because nothing is taken from it' : '';
  return [
    ...pen.text(`Not in the image${state}: stage ${name} (from ${shortened(from)}${base})`),
    ...steps.slice(0, MAX_STEPS).flatMap(({ line, text }) => pen.text(`line ${line}: ${text}`, '    ')),
    ...(steps.length > MAX_STEPS ? [`    and ${formatCount(steps.length - MAX_STEPS)} more`] : []),
    ...copies.flatMap((copy) => pen.text(`it copies from ${copy.from}: ${copy.text} (line ${copy.line})`, '    ')),
  ];
}

function renderBuild(
  { name, reference, stage, final, sharedLayers, carried, packages, tools, secrets, leftBehind }: StageBuild,
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
      `${saved(stage.liveBytes, final.liveBytes)}${formatCount(leftBehind.files)} files of ${formatBytes(leftBehind.bytes)} stay behind in the stage. ${sharedLayers} layers are in both.`,
    ),
    ...pen.text(
      `packages: ${list(packages.onlyStage)} only in the stage, ${list(packages.onlyFinal)} only in the image, ${list(packages.both)} in both`,
    ),
    ...pen.text(
      `tools: ${names(tools.onlyStage)} only in the stage, ${names(tools.onlyFinal)} only in the image, ${names(tools.both)} in both`,
    ),
    ...pen.text(
      `secrets: ${secrets.onlyStage} only in the stage, ${secrets.onlyFinal} only in the image, ${secrets.both} in both`,
    ),
    ...pen.text(
      `${formatCount(carried.files)} files of ${formatBytes(carried.bytes)} are in the image as they are in the stage${shown.length === 0 ? '.' : `: ${shown.join(', ')}${carried.files > shown.length ? ' and more' : ''}`}`,
    ),
    ...carried.findings.flatMap(({ rule, severity, message, path }) =>
      pen.text(`carried over: ${severity} ${rule} in ${path}: ${message}`, '  '),
    ),
  ];
}

function saved(stageBytes: number, finalBytes: number): string {
  if (stageBytes <= finalBytes) return '';
  return `The image is ${formatBytes(stageBytes - finalBytes)} (${percent(1 - finalBytes / stageBytes)}) smaller than the stage. `;
}

function names(list: readonly string[]): string {
  return list.length === 0 ? 'none' : list.join(' ');
}

/** Names of images with their digests as tables have room for. */
function shortened(text: string): string {
  return text.replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}\b/g, '@sha256:$1…');
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
