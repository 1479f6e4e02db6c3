import { printable, shortDigest } from '../../core/index.ts';
import type { TrustReport, TrustReportAttachment } from '../trust.ts';
import { wrap } from './layout.ts';

/** How to draw it. */
export interface TrustTableOptions {
  readonly colours: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

const COLOURS = { verified: 32, failed: 31, unverified: 33, unsigned: 33, 'not-checked': 33 } as const;

const WITNESSES = {
  log: 'a transparency log',
  'timestamp-authority': 'a timestamp authority',
  'signing-authority': 'the authority that signed it',
} as const;

/** Who signed an image, for a human reader. */
export function renderTrust(report: TrustReport, options: TrustTableOptions): string {
  const width = Math.max(60, options.width);
  const paint = (verdict: keyof typeof COLOURS): string =>
    options.colours ? `\u001b[${COLOURS[verdict]}m${verdict.toUpperCase()}\u001b[0m` : verdict.toUpperCase();
  const roles = new Map(report.searched.map(({ digest, role }) => [digest, role]));
  const lines = report.images.flatMap(({ platform, manifestDigest, verdict, reasons, signed }) => [
    `${printable(platform)}  ${manifestDigest ?? 'no manifest'}  ${paint(verdict)}`,
    ...signed.map(({ digest, role }) => `  signed: the ${role === 'index' ? 'index' : 'manifest'} ${digest}`),
    ...reasons.flatMap((reason) => wrap(printable(reason), width - 2).map((line) => `  ${line}`)),
    '',
  ]);
  for (const one of report.attachments) {
    const role = one.subject === null ? 'nothing here' : `${roles.get(one.subject)} ${shortDigest(one.subject)}`;
    lines.push(`${paint(one.verdict)}  ${one.format} ${shortDigest(one.blob ?? one.digest)} on ${role}`);
    const more = [...describe(one), ...one.reasons];
    lines.push(...more.flatMap((text) => wrap(printable(text), width - 2).map((line) => `  ${line}`)), '');
  }
  for (const { role, digest, troubles } of report.searched) {
    for (const trouble of troubles)
      lines.push(`could not look under ${role} ${shortDigest(digest)}: ${printable(trouble)}`);
  }
  for (const gap of report.gaps) if (gap.incomplete) lines.push(`not read: ${printable(gap.message)}`);
  const { origin, place, knowsUntil, expires } = report.trustedRoot;
  const age = [
    ...(knowsUntil === null ? [] : [`its newest authority is of ${knowsUntil.slice(0, 10)}`]),
    ...(expires === null ? [] : [`vouched for until ${expires.slice(0, 10)}`]),
  ].join(', ');
  const root = `trusted root: ${origin === 'embedded' ? 'embedded, ' : ''}${printable(place)}${age === '' ? '' : ` (${age})`}`;
  lines.push(...wrap(root, width), ...report.notChecked.flatMap((text) => wrap(`not checked: ${text}`, width)));
  return `${lines.join('\n')}\n`;
}

function describe({ signer, times, logs, predicateType, reference }: TrustReportAttachment): string[] {
  return [
    ...(predicateType === null ? [] : [`says: ${predicateType}`]),
    ...(signer === null
      ? []
      : signer.kind === 'key'
        ? [`by the key ${signer.name} (${shortDigest(signer.fingerprint)})`]
        : [`by ${signer.name}, vouched for by ${signer.issuer ?? 'nobody that is named'}`]),
    ...times.map(({ at, by }) => `at ${at}, says ${WITNESSES[by]}`),
    ...logs.map(({ url, index }) => `logged at ${url} as ${index}`),
    ...(reference === null ? [] : [`as ${reference}`]),
  ];
}
