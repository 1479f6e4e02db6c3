import { formatBytes, formatCount, printable, SEVERITIES, type Severity, shortDigest } from '../../core/index.ts';
import type { Evidence, Finding } from '../../rules/index.ts';
import type { Report, ReportImage, ReportLayer } from '../report.ts';
import { columns, cut, width as widthOf, wrap } from './layout.ts';
import { attachmentLines, trustLineOf } from './trust-lines.ts';

/** How to draw the table. */
export interface TableOptions {
  readonly colours: boolean;
  /** Columns of the terminal; lines are cut and wrapped to it. */
  readonly width: number;
}

type Paint = (text: string) => string;

interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly severity: Readonly<Record<Severity, Paint>>;
}

const paint =
  (code: string): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const plain: Paint = (text) => text;

const COLOURED: Style = {
  bold: paint('1'),
  dim: paint('2'),
  good: paint('32'),
  severity: {
    critical: paint('1;97;41'),
    high: paint('1;31'),
    medium: paint('33'),
    low: paint('36'),
    info: paint('2'),
  },
};

const COLOURLESS: Style = {
  bold: plain,
  dim: plain,
  good: plain,
  severity: { critical: plain, high: plain, medium: plain, low: plain, info: plain },
};

/** Places shown of one finding; the JSON report has all of them. */
const MAX_PLACES = 6;

/** The report for a human reader: what it is and how it stands at a glance, then layers, then findings. */
export function renderTable(report: Report, options: TableOptions): string {
  const style = options.colours ? COLOURED : COLOURLESS;
  const width = Math.max(40, options.width);
  const lines = [
    ...renderSummary(report, style, width),
    ...report.images.flatMap((image) => [
      ...renderImage(image, style, width),
      ...renderTrust(image, report, style, width),
    ]),
    ...renderAttachments(report, style, width),
    ...renderFindings(report, style, width),
    ...renderGaps(report, style, width),
    '',
    renderVerdict(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

function renderSummary(report: Report, style: Style, width: number): string[] {
  const { subject, verdict } = report;
  const digest = subject.digest === null ? '' : ` ${shortDigest(subject.digest)}`;
  const counts = SEVERITIES.filter((severity) => verdict.counts[severity] > 0).map((severity) =>
    style.severity[severity](` ${verdict.counts[severity]} ${severity} `.trim()),
  );
  return [
    style.bold(cut(printable(subject.reference), width)),
    style.dim(`${subject.source}${digest}`),
    counts.length === 0 ? style.good('no findings') : counts.join(style.dim('  ')),
    ...(report.customRules?.notes ?? []).flatMap((note) =>
      wrap(oneLine(`Note: ${note}`), width).map((line) => style.dim(line)),
    ),
    ...(report.revealed ? [style.severity.high('Secrets are shown in full: keep this output to yourself.')] : []),
  ];
}

function renderImage(image: ReportImage, style: Style, width: number): string[] {
  const user =
    image.config === null
      ? 'user unknown'
      : image.config.user === ''
        ? 'runs as root (no USER)'
        : `runs as ${image.config.user}`;
  const packages = Object.entries(image.packages).map(
    ([kind, count]) => `${formatCount(count)} ${kind} ${count === 1 ? 'package' : 'packages'}`,
  );
  const stored = image.layers.reduce((bytes, layer) => bytes + (layer.compressedBytes ?? 0), 0);
  const facts = [
    image.os?.prettyName ?? 'no distribution',
    ...baseFact(image.base),
    user,
    `${image.layers.length} ${image.layers.length === 1 ? 'layer' : 'layers'}, ${formatBytes(stored)} stored`,
    `${formatCount(image.filesystem.files)} files, ${formatBytes(image.filesystem.contentBytes)}`,
    ...(image.filesystem.reclaimableBytes > 0 ? [`${formatBytes(image.filesystem.reclaimableBytes)} wasted`] : []),
    ...packages,
  ];
  return [
    '',
    style.bold(printable(image.platform)),
    ...wrap(oneLine(facts.join(' · ')), width),
    ...renderLayers(image.layers, style, width),
  ];
}

/** What provenance says is somebody's word, and that is said. */
function baseFact({ name, version, digest, verdict }: ReportImage['base']): string[] {
  if (name === null) return [];
  const what = `built upon ${[name, version, digest === null ? null : shortDigest(digest)].filter((one) => one !== null).join(' ')}`;
  return [
    verdict === null ? what : `${what}, as ${verdict === 'verified' ? 'verified' : 'not verified'} provenance says`,
  ];
}

function renderTrust(image: ReportImage, { trust }: Report, style: Style, width: number): string[] {
  const line = trust === undefined ? null : trustLineOf(image, trust);
  if (line === null) return [];
  const [first = '', ...more] = wrap(`Signatures: ${oneLine(line.text)}`, width);
  return ['', paintVerdict(line.verdict, style)(first), ...more];
}

function renderAttachments(report: Report, style: Style, width: number): string[] {
  const { lines, more } = attachmentLines(report);
  if (lines.length === 0) return [];
  const rows = lines.flatMap(({ verdict, text }) => {
    const name = verdict.toUpperCase().padEnd('NOT-CHECKED'.length);
    const [first = '', ...others] = wrap(text, Math.max(20, width - name.length - 4));
    return [
      `  ${paintVerdict(verdict, style)(name)}  ${first}`,
      ...others.map((line) => `  ${' '.repeat(name.length)}  ${line}`),
    ];
  });
  const rest = more === 0 ? [] : [style.dim(`  and ${formatCount(more)} more`)];
  return ['', style.bold('Signatures and attestations'), ...rows, ...rest];
}

function paintVerdict(verdict: Report['attachments'][number]['verdict'], style: Style): Paint {
  return verdict === 'verified' ? style.good : verdict === 'failed' ? style.severity.high : style.dim;
}

function renderLayers(layers: readonly ReportLayer[], style: Style, width: number): string[] {
  if (layers.length === 0) return [];
  const rows = layers.map((layer) => {
    const hidden = layer.shadowedBytes.deleted + layer.shadowedBytes.overwritten + layer.shadowedBytes.metadataOnly;
    return [
      String(layer.index),
      layer.uncompressedBytes === null ? '?' : formatBytes(layer.contentBytes ?? 0),
      hidden === 0 ? '' : formatBytes(hidden),
      layer.entries === null ? '?' : formatCount(layer.entries),
      `${layer.complete ? '' : '(incomplete) '}${oneLine(layer.instruction ?? shortDigest(layer.digest ?? layer.diffId ?? 'unknown'))}`,
    ];
  });
  const table = columns([['layer', 'files', 'hidden', 'entries', 'instruction'], ...rows], new Set([0, 1, 2, 3]));
  return ['', ...table.map((line, i) => (i === 0 ? style.dim(cut(line, width)) : cut(line, width)))];
}

function renderFindings(report: Report, style: Style, width: number): string[] {
  const lines: string[] = [];
  const several = report.images.length > 1;
  for (const group of Map.groupBy(report.findings, ({ severity, rule }) => `${severity} ${rule}`).values()) {
    const first = group[0] as Finding;
    const titles = [...new Set(group.map((finding) => finding.title))];
    const severity = style.severity[first.severity](first.severity.toUpperCase());
    lines.push('', `${severity}  ${style.bold(oneLine(titles.join('; ')))}  ${style.dim(first.rule)}`);
    for (const finding of group) {
      lines.push(...wrap(oneLine(finding.message), width - 2).map((line) => `  ${line}`));
      for (const place of finding.evidence.slice(0, MAX_PLACES))
        lines.push(...renderPlace(place, style, width, several));
      const more = finding.evidence.length - MAX_PLACES;
      if (more > 0) lines.push(style.dim(`    and ${formatCount(more)} more places`));
    }
    lines.push(...wrap(`Fix: ${first.remediation}`, width - 2).map((line) => style.dim(`  ${line}`)));
  }
  return lines;
}

/** A place in one line where it fits: what, then in which layer and why there. */
function renderPlace(place: Evidence, style: Style, width: number, several: boolean): string[] {
  const where = [place.path, ...place.nestedPath].filter((part) => part !== null).join(' > ') || place.field || '';
  const line = place.line === null ? '' : `:${place.line}`;
  const field = place.path !== null && place.field !== null ? ` (${place.field})` : '';
  const what = cut(oneLine(`${where}${line}${field}`), width - 4);
  const layer = place.layer === null ? '' : `layer ${place.layer.index}`;
  const platform = several && place.platform !== null ? place.platform : '';
  const parts = [platform, layer, describeState(place), place.detail ?? '', place.instruction ?? ''];
  const details = oneLine(parts.filter((part) => part !== '').join(' · '));
  const value = place.secret?.value ?? null;
  const revealed = value === null ? [] : [`      ${printable(value)}`];
  if (details === '') return [`    ${what}`, ...revealed];
  if (widthOf(what) + widthOf(details) + 6 <= width) return [`    ${what}  ${style.dim(details)}`, ...revealed];
  return [`    ${what}`, style.dim(`      ${cut(details, width - 6)}`), ...revealed];
}

/** A text out of an image or a rule, fit to stand in one line. Docker's names for copied content are shortened. */
function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').replace(/\b((?:file|dir|multi):[0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…'));
}

function describeState(place: Evidence): string {
  if (place.hiddenBy === null) return place.state === 'live' || place.state === 'metadata' ? '' : place.state;
  return `${place.state} in layer ${place.hiddenBy.layerIndex} (${place.hiddenBy.how})`;
}

function renderGaps(report: Report, style: Style, width: number): string[] {
  if (report.gaps.length === 0) return [];
  const missing = report.gaps.filter((gap) => gap.incomplete);
  const notes = report.gaps.filter((gap) => !gap.incomplete);
  const list = (gaps: readonly Report['gaps'][number][]): string[] =>
    gaps.flatMap((gap) => wrap(`${gap.reason}: ${printable(gap.message)}`, width - 2).map((line) => `  ${line}`));
  return [
    ...(missing.length === 0 ? [] : ['', style.severity.high('NOT EXAMINED'), ...list(missing)]),
    ...(notes.length === 0
      ? []
      : ['', style.dim('Named, and not part of this source:'), ...list(notes).map(style.dim)]),
  ];
}

function renderVerdict(report: Report, style: Style): string {
  const { verdict, coverage } = report;
  const examined = `${formatCount(coverage.entries)} entries and ${formatBytes(coverage.bytes.examined)} examined`;
  if (verdict.failed) {
    const at = SEVERITIES.slice(0, SEVERITIES.indexOf(verdict.failOn as Severity) + 1);
    const count = at.reduce((sum, severity) => sum + verdict.counts[severity], 0);
    const also = verdict.complete ? '' : ', and the audit is incomplete';
    const found = `${count} ${count === 1 ? 'finding' : 'findings'} at or above ${verdict.failOn}`;
    const unverified = verdict.verified === false ? ['the image is not verified as it has to be'] : [];
    const why = [...(count > 0 || unverified.length === 0 ? [found] : []), ...unverified].join(', and ');
    return `${style.severity.high('FAILED')} ${why}${also} (${examined})`;
  }
  if (!verdict.complete) return `${style.severity.high('INCOMPLETE')} not everything could be examined (${examined})`;
  return `${style.good('PASSED')} ${verdict.failOn === 'none' ? 'no threshold is set' : `nothing at or above ${verdict.failOn}`} (${examined})`;
}
