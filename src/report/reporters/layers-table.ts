import { formatBytes, formatCount, shortDigest } from '../../core/index.ts';
import type { LayersFolder, LayersHidden, LayersImage, LayersReport } from '../layers.ts';
import { gapLines } from './gap-lines.ts';
import { type DrawOptions, Pen, percent } from './pen.ts';

/** Folders below each other that are shown. */
const MAX_TREE_LINES = 60;

/** The layers for a human reader: sums, a line for each layer, what takes most, what is wasted. */
export function renderLayersTable(report: LayersReport, options: DrawOptions): string {
  const pen = new Pen(options);
  const lines = [
    ...report.images.flatMap((image, i) => (i === 0 ? renderImage(image, pen) : ['', ...renderImage(image, pen)])),
    ...gapLines(report.gaps, pen),
    ...renderVerdict(report, pen),
  ];
  return `${lines.join('\n')}\n`;
}

function renderImage(image: LayersImage, pen: Pen): string[] {
  const { totals, historyMismatch, waste } = image;
  const stored = totals.storedBytes === null ? '' : `, ${formatBytes(totals.storedBytes)} stored`;
  const tars = totals.tarBytes === null ? '' : `, ${formatBytes(totals.tarBytes)} unpacked`;
  const layers = `${image.layers.length} ${image.layers.length === 1 ? 'layer' : 'layers'}`;
  const facts = `${layers}${stored}${tars}; ${formatCount(totals.files)} files of ${formatBytes(totals.contentBytes)}, ${formatBytes(totals.liveBytes)} of them in reach of a container`;
  const mismatch =
    historyMismatch === null
      ? []
      : pen.text(
          `The history tells of ${historyMismatch.historyLayers} layers and the image has ${historyMismatch.layers}: which instruction made which layer is not known.`,
        );
  return [
    pen.bold(pen.text(image.platform)[0] as string),
    ...pen.text(facts),
    ...mismatch,
    '',
    ...renderLayers(image, pen),
    ...(image.tree === undefined ? [] : renderTree(image.tree, pen)),
    ...renderLargest(image, pen),
    ...renderWaste(waste, totals, pen),
  ];
}

function renderLayers({ layers }: LayersImage, pen: Pen): string[] {
  const rows = layers.map((layer) => [
    String(layer.index),
    layer.storedBytes === null ? '?' : formatBytes(layer.storedBytes),
    layer.tarBytes === null ? '?' : formatBytes(layer.tarBytes),
    `${percent(layer.share)}`,
    pen.bar(layer.share),
    layer.contentBytes === null ? '?' : formatCount(layer.files),
    describeHidden(layer.hiddenBytes),
    layer.origin === 'unknown' ? '?' : layer.origin,
    layer.created?.slice(0, 10) ?? '',
    `${layer.complete ? '' : '(incomplete) '}${layer.instruction ?? shortDigest(layer.digest ?? layer.diffId ?? 'unknown')}`,
  ]);
  const header = [
    'layer',
    'stored',
    'unpacked',
    'share',
    '',
    'files',
    'hidden later',
    'origin',
    'created',
    'instruction',
  ];
  const bases = [...new Set(layers.map(({ origin, originBasis }) => `${origin}: ${originBasis}`))];
  return [
    ...pen.table(header, rows, [0, 1, 2, 3, 5]),
    ...bases.flatMap((basis) => pen.text(`origin ${basis}`)).map((line) => pen.dim(line)),
  ];
}

function describeHidden({ deleted, overwritten, metadataOnly }: LayersHidden): string {
  const parts = [
    ...(deleted > 0 ? [`${formatBytes(deleted)} deleted`] : []),
    ...(overwritten > 0 ? [`${formatBytes(overwritten)} overwritten`] : []),
    ...(metadataOnly > 0 ? [`${formatBytes(metadataOnly)} metadata`] : []),
  ];
  return parts.join(', ');
}

function renderTree(tree: LayersFolder, pen: Pen): string[] {
  const lines: string[][] = [];
  const add = (folder: LayersFolder, depth: number): void => {
    if (lines.length >= MAX_TREE_LINES) return;
    const main = folder.layers[0];
    const share = tree.bytes === 0 ? 0 : folder.bytes / tree.bytes;
    const layers = folder.layers.length < 2 ? '' : `, ${folder.layers.length - 1} more`;
    lines.push([
      formatBytes(folder.bytes),
      percent(share),
      pen.bar(share),
      formatCount(folder.files),
      main === undefined ? '' : `${main.index}${layers}`,
      `${'  '.repeat(depth)}${folder.path}`,
    ]);
    for (const child of folder.folders) add(child, depth + 1);
  };
  add(tree, 0);
  return [
    ...pen.heading('Folders of the final filesystem'),
    ...pen.table(['size', 'share', '', 'files', 'most in layer', 'folder'], lines, [0, 1, 3]),
  ];
}

function renderLargest({ largest }: LayersImage, pen: Pen): string[] {
  if (largest.length === 0) return [];
  const rows = largest.map(({ path, layer, bytes, state, hiddenIn }) => [
    formatBytes(bytes),
    String(layer),
    state === 'live' ? '' : `${state}${hiddenIn === null ? '' : ` in ${hiddenIn}`}`,
    path,
  ]);
  return [
    ...pen.heading('Largest files of all layers'),
    ...pen.table(['size', 'layer', 'state', 'path'], rows, [0, 1]),
  ];
}

function renderWaste(waste: LayersImage['waste'], totals: LayersImage['totals'], pen: Pen): string[] {
  const estimate = totals.reclaimableStoredBytesEstimate;
  const stored = estimate === null ? '' : `, about ${formatBytes(estimate)} of it stored (an estimate)`;
  const summary =
    totals.reclaimableBytes === 0
      ? 'No file is hidden by a later layer.'
      : `${formatBytes(totals.reclaimableBytes)} are hidden by later layers${stored}: ${describeHidden(totals.hiddenBytes)}.`;
  const { dive, duplicates } = waste;
  return [
    ...pen.heading('Waste'),
    ...pen.text(
      `${summary} Efficiency ${percent(totals.efficiency)}; as dive counts it ${percent(dive.score)}, with ${formatBytes(dive.wastedBytes)} wasted.`,
    ),
    ...waste.paths.flatMap(({ path, bytes, versions, liveIn }) => {
      const causes = versions.map(({ layer, cause }) => `layer ${layer} ${cause}`).join(', ');
      return pen.text(
        `${formatBytes(bytes)}  ${path}  (${causes}${liveIn === null ? '' : `; live in ${liveIn}`})`,
        '  ',
      );
    }),
    ...waste.rewrites.flatMap(({ layer, files, bytes, changed }) =>
      pen.text(
        `layer ${layer} holds ${describeFiles(files)} (${formatBytes(bytes)}) again with ${describeChange(changed)}`,
        '  ',
      ),
    ),
    ...(duplicates.bytes === 0
      ? []
      : pen.text(
          `${formatBytes(duplicates.bytes)} are further copies of ${duplicates.contents === 1 ? 'one content' : `${formatCount(duplicates.contents)} contents`}:`,
        )),
    ...duplicates.largest.flatMap(({ sizeBytes, files, places }) =>
      pen.text(`${files} × ${formatBytes(sizeBytes)}  ${places.map(({ path }) => path).join('  ')}`, '  '),
    ),
  ];
}

function describeFiles(count: number): string {
  return count === 1 ? '1 file' : `${formatCount(count)} files`;
}

function describeChange({ mode, owner, mtime, nothing }: LayersImage['waste']['rewrites'][number]['changed']): string {
  const parts = [
    ...(mode > 0 ? [`another mode of ${formatCount(mode)} (chmod)`] : []),
    ...(owner > 0 ? [`another owner of ${formatCount(owner)} (chown)`] : []),
    ...(mtime > 0 ? [`another time of ${formatCount(mtime)}`] : []),
    ...(nothing > 0 ? [`no change at all of ${formatCount(nothing)}`] : []),
  ];
  return parts.join(', ');
}

function renderVerdict({ budgets, verdict }: LayersReport, pen: Pen): string[] {
  if (budgets.length === 0) return verdict.complete ? [] : ['', pen.bad('INCOMPLETE')];
  const lines = budgets.map(({ kind, platform, layer, limit, bytes, exceeded }) => {
    const what = kind === 'layer-size' ? `layer ${layer}` : kind === 'size' ? 'all layers' : 'waste';
    const sentence = `${what} of ${platform}: ${formatBytes(bytes)}, limit ${limit}`;
    return exceeded
      ? `${pen.bad('EXCEEDED')} ${pen.text(sentence)[0]}`
      : `${pen.good('within')} ${pen.text(sentence)[0]}`;
  });
  return ['', ...lines];
}
