import { formatBytes, formatCount, shortDigest } from '../../core/index.ts';
import type { WhyImage, WhyLayer, WhyOwner, WhyReport, WhyVersion } from '../why.ts';
import { gapLines } from './gap-lines.ts';
import { type DrawOptions, Pen } from './pen.ts';

/** Names of one file that are shown. */
const MAX_NAMES = 8;

/** The answer for a human reader, image by image. */
export function renderWhyTable(report: WhyReport, options: DrawOptions): string {
  const pen = new Pen(options);
  const lines = [
    ...report.images.flatMap((image, i) => [...(i === 0 ? [] : ['']), ...renderImage(image, report.path, pen)]),
    ...gapLines(report.gaps, pen),
  ];
  return `${lines.join('\n')}\n`;
}

function renderImage(image: WhyImage, path: string, pen: Pen): string[] {
  const { resolved, versions, below, owners, removal } = image;
  const now =
    resolved === null
      ? 'A container sees nothing there.'
      : resolved === path
        ? 'A container sees it.'
        : `It leads to ${resolved}.`;
  return [
    pen.bold(pen.text(`${path}  in ${image.platform}`)[0] as string),
    ...(versions.length === 0 && below === null ? pen.text('No layer ever had it.') : pen.text(now)),
    ...versions.flatMap((version) => renderVersion(version, pen)),
    ...renderOwners(owners, pen),
    ...renderBelow(below, pen),
    ...(removal === null ? [] : ['', ...renderRemoval(removal, pen)]),
  ];
}

function renderVersion(version: WhyVersion, pen: Pen): string[] {
  const { layer, kind, bytes, mode, uid, gid, mtime, digest, linkTarget, hiddenBy, otherNames } = version;
  const facts = [
    kind === 'file' || kind === 'hardlink' ? `${kind}, ${formatBytes(bytes)}` : kind,
    ...(linkTarget === null ? [] : [`to ${linkTarget}`]),
    `mode ${mode}`,
    `owner ${uid}:${gid}`,
    ...(mtime === null ? [] : [mtime]),
    ...(digest === null ? [] : [shortDigest(digest)]),
  ];
  // Builders write the folders again that they put something into.
  if (kind === 'directory' && version.state !== 'deleted')
    return pen.text(`${describeLayer(layer)}: directory, mode ${mode}, owner ${uid}:${gid}, ${version.state}`);
  const names = otherNames.slice(0, MAX_NAMES).map(({ path }) => path);
  const more = otherNames.length > names.length ? ', and more' : '';
  return [
    '',
    ...pen.text(describeLayer(layer)),
    ...pen.text(facts.join(', '), '  '),
    ...(names.length === 0 ? [] : pen.text(`the same file as ${names.join(', ')}${more}`, '  ')),
    ...(hiddenBy === null
      ? pen.text(version.state === 'live' ? 'live' : 'in no filesystem: a runtime passes over it', '  ')
      : pen.text(
          `${version.state} (${hiddenBy.how}${hiddenBy.sameContent ? ', same content' : ''}) by ${describeLayer(hiddenBy.layer)}`,
          '  ',
        )),
  ];
}

function describeLayer({ index, instruction, digest, diffId, origin, stage }: WhyLayer): string {
  const guess = stage?.basis === 'history' ? ', a guess' : '';
  const known = stage === null || stage.name === 'base image' ? '' : ` (stage ${stage.name}${guess})`;
  const from = known !== '' || origin === 'unknown' ? known : ` (${origin})`;
  return `layer ${index}${from}: ${instruction ?? shortDigest(digest ?? diffId ?? 'unknown')}`;
}

const OWNERSHIP: Readonly<Record<WhyOwner['how'], string>> = {
  listed: 'It belongs to',
  database: 'It tells of',
  folder: 'It is in the folder of',
};

function renderOwners({ packages, omitted }: WhyImage['owners'], pen: Pen): string[] {
  const byWay = Map.groupBy(packages, ({ how }) => how);
  const lines = [...byWay].flatMap(([how, some]) => {
    const shown = some
      .slice(0, MAX_NAMES)
      .map(({ type, name, version, layer }) => `${type} package ${name} ${version} (came with layer ${layer})`);
    const rest = some.length - shown.length + omitted;
    return pen.text(`${OWNERSHIP[how]} ${shown.join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}.`);
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function renderBelow(below: WhyImage['below'], pen: Pen): string[] {
  if (below === null) return [];
  const rows = below.layers.map(({ layer, files, bytes }) => [
    formatBytes(bytes),
    formatCount(files),
    String(layer.index),
    layer.instruction ?? shortDigest(layer.digest ?? layer.diffId ?? 'unknown'),
  ]);
  return [
    '',
    ...pen.text(
      `It holds ${formatCount(below.files)} files, ${formatBytes(below.bytes)}${rows.length === 0 ? '' : ':'}`,
    ),
    ...(rows.length === 0 ? [] : pen.table(['size', 'files', 'layer', 'instruction'], rows, [0, 1, 2])),
  ];
}

function renderRemoval(removal: NonNullable<WhyImage['removal']>, pen: Pen): string[] {
  const { liveFiles, liveBytes, allBytes, storedBytesEstimate, keptByLinksBytes } = removal;
  const stored = storedBytesEstimate === null ? '' : `, about ${formatBytes(storedBytesEstimate)} stored (an estimate)`;
  const kept =
    keptByLinksBytes === 0 ? '' : ` ${formatBytes(keptByLinksBytes)} stay, because hard links elsewhere have them.`;
  return pen.text(
    `Never put there, it would take ${formatBytes(allBytes)} out of the layers${stored}, and ${formatCount(liveFiles)} ${liveFiles === 1 ? 'file' : 'files'} of ${formatBytes(liveBytes)} out of a container's sight.${kept} Deleting it in a later layer saves nothing.`,
  );
}
