import { formatBytes, printable } from '../../core/index.ts';
import type { LayersImage, LayersReport, LayersTreemap } from '../layers.ts';
import { percent } from './pen.ts';

type Cell = LayersTreemap['cells'][number];

const MARGIN = 16;
const LINE = 20;
const HEADER = 52;
/** Layers in the legend: those with most of what a container sees. */
const MAX_LEGEND = 24;
const MAX_TEXT = 150;
/** Width of a letter at a size of one, of the fonts that this is drawn with. */
const LETTER = 0.62;
const FONT_SIZE = 11;
/** Cells that are too small for a name have only a tooltip. */
const LABEL_MIN_WIDTH = 36;
const LABEL_MIN_HEIGHT = 16;

/**
 * The final filesystem of each image as a picture that stands alone: no script, no style sheet, no font, nothing that is
 * fetched. Everything that came out of an image is text, escaped.
 *
 * The attack: a file whose name is markup, in a picture that somebody opens in a browser.
 */
export function renderLayersSvg(report: LayersReport): string {
  let height = MARGIN;
  const bodies: string[] = [];
  let width = 0;
  for (const image of report.images) {
    const { lines, bottom } = drawImage(image, height);
    bodies.push(...lines);
    height = bottom + MARGIN;
    width = Math.max(width, (image.treemap?.width ?? 0) + 2 * MARGIN);
  }
  const title = `Layers of ${report.subject.reference}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="${FONT_SIZE}">`,
    `<title>${text(title)}</title>`,
    '<desc>Areas are as the bytes of files that a container sees; colours are layers.</desc>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...bodies,
    '</svg>',
    '',
  ].join('\n');
}

function drawImage(image: LayersImage, top: number): { lines: string[]; bottom: number } {
  const { platform, layers, totals, treemap } = image;
  if (treemap === undefined) return { lines: [], bottom: top };
  const bytes = totals.liveBytes;
  const lines = [
    label(MARGIN, top + 16, platform, { size: 16, bold: true }),
    label(
      MARGIN,
      top + 36,
      `${formatBytes(bytes)} of files in reach of a container, in ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}; ${formatBytes(totals.reclaimableBytes)} more are hidden by later layers`,
    ),
    ...treemap.cells.map((cell) => drawCell(cell, MARGIN, top + HEADER, bytes)),
  ];
  const legendTop = top + HEADER + treemap.height + MARGIN;
  const shown = layers
    .filter(({ liveBytes }) => liveBytes > 0)
    .sort((a, b) => b.liveBytes - a.liveBytes || a.index - b.index)
    .slice(0, MAX_LEGEND)
    .sort((a, b) => a.index - b.index);
  for (const [i, { index, liveBytes, instruction, digest }] of shown.entries()) {
    const y = legendTop + i * LINE;
    const share = bytes === 0 ? '' : ` (${percent(liveBytes / bytes)})`;
    lines.push(
      `<rect x="${MARGIN}" y="${y}" width="14" height="14" fill="${colourOf(index)}" stroke="#333333" stroke-width="0.5"/>`,
      label(MARGIN + 22, y + 11, `layer ${index}: ${formatBytes(liveBytes)}${share}  ${instruction ?? digest ?? ''}`),
    );
  }
  const others = layers.filter(({ liveBytes }) => liveBytes > 0).length - shown.length;
  if (others > 0) lines.push(label(MARGIN + 22, legendTop + shown.length * LINE + 11, `and ${others} smaller layers`));
  return { lines, bottom: legendTop + (shown.length + (others > 0 ? 1 : 0)) * LINE };
}

function drawCell(cell: Cell, left: number, top: number, allBytes: number): string {
  const { path, kind, layer, bytes, x, y, width, height } = cell;
  const share = allBytes === 0 ? '' : `, ${percent(bytes / allBytes)}`;
  const what = kind === 'rest' ? `${path}: the rest` : path;
  const area = `x="${number(left + x)}" y="${number(top + y)}" width="${number(width)}" height="${number(height)}"`;
  const parts = [
    `<g><title>${text(`${what}\nlayer ${layer}, ${formatBytes(bytes)}${share}`)}</title>`,
    `<rect ${area} fill="${colourOf(layer)}" stroke="#ffffff" stroke-width="0.75"/>`,
  ];
  if (width >= LABEL_MIN_WIDTH && height >= LABEL_MIN_HEIGHT) {
    const name = kind === 'rest' ? '…' : path.slice(path.lastIndexOf('/') + 1) || '/';
    const room = Math.floor((width - 6) / (FONT_SIZE * LETTER));
    parts.push(label(left + x + 3, top + y + 12, fitted(name, room)));
    if (height >= 2 * LABEL_MIN_HEIGHT)
      parts.push(label(left + x + 3, top + y + 25, fitted(formatBytes(bytes), room), { faint: true }));
  }
  return `${parts.join('')}</g>`;
}

/**
 * A colour for a layer: hues a golden angle apart, so that neighbours differ however many there are, all light enough
 * for black text on them. In hexadecimal, which every viewer knows.
 */
function colourOf(layer: number): string {
  const hue = (210 + layer * 137.508) % 360;
  const lightness = [0.74, 0.8, 0.68][layer % 3] as number;
  const amplitude = (layer % 2 === 0 ? 0.62 : 0.48) * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

function label(
  x: number,
  y: number,
  content: string,
  { size, bold, faint }: { readonly size?: number; readonly bold?: boolean; readonly faint?: boolean } = {},
): string {
  const attributes = [
    ...(size === undefined ? [] : [` font-size="${size}"`]),
    ...(bold === true ? [' font-weight="bold"'] : []),
    ` fill="${faint === true ? '#333333' : '#111111'}"`,
  ].join('');
  return `<text x="${number(x)}" y="${number(y)}"${attributes}>${text(cutTo(content, MAX_TEXT))}</text>`;
}

function fitted(name: string, letters: number): string {
  if (name.length <= letters) return name;
  return letters < 3 ? '' : cutTo(name, letters);
}

/** Cut between characters, never within one. */
function cutTo(content: string, letters: number): string {
  const characters = [...content];
  return characters.length <= letters ? content : `${characters.slice(0, letters - 1).join('')}…`;
}

/** A text as character data of XML, which has no control characters, escaped or not. */
function text(content: string): string {
  return content
    .split('\n')
    .map((line) => printable(line))
    .join('\n')
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}
