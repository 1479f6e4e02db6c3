import { formatCount, printable, shortDigest } from '../../core/index.ts';
import type { Report, ReportAttachment, ReportImage } from '../report.ts';

/** Attachments shown; the JSON report has all of them. */
const MAX_ATTACHMENTS = 20;

/** What is said of a verdict, and how: not everything that is not verified is wrong. */
export interface TrustLine {
  readonly verdict: ReportAttachment['verdict'];
  readonly text: string;
}

/** What an image's signatures are worth, in one line; null where there is nothing to say. */
export function trustLineOf({ trust }: ReportImage, { policy }: NonNullable<Report['trust']>): TrustLine | null {
  if (trust === undefined) return null;
  const isWanted = policy.origin === 'flags' || policy.origin === 'rule';
  if (!isWanted) return null;
  const signed = [...new Set(trust.signed.map(({ role }) => (role === 'image' ? 'manifest' : role)))];
  const what = signed.length === 0 ? '' : `, by what was signed: its ${signed.join(' and ')}`;
  const why = trust.reasons[0] === undefined ? '' : `: ${trust.reasons[0]}`;
  return { verdict: trust.verdict, text: printable(`${trust.verdict.replace('-', ' ')}${what}${why}`) };
}

/** What hangs on the images: a line for each, and how many more there are. */
export function attachmentLines({ attachments, trust }: Report): { lines: TrustLine[]; more: number } {
  if (trust === undefined) return { lines: [], more: 0 };
  const lines = attachments.slice(0, MAX_ATTACHMENTS).map((one) => ({ verdict: one.verdict, text: lineOf(one) }));
  return { lines, more: attachments.length - lines.length };
}

function lineOf(one: ReportAttachment): string {
  const { identity, times, signs, says, predicateType, verdict, reasons } = one;
  const by = identity['name'] ?? (identity['key'] === undefined ? null : `the key ${identity['key']}`);
  const issuer = identity['issuer'] === undefined ? '' : `, vouched for by ${identity['issuer']}`;
  const role = signs === null ? '' : signs === 'image' ? ' on the manifest' : ` on the ${signs.replace('-', ' ')}`;
  const parts = [
    `${one.format} ${shortDigest(one.digest)}${role}`,
    ...(says === null ? (predicateType === null ? [] : [predicateType]) : [describe(says)]),
    ...(by === null ? [] : [`by ${by}${issuer}`]),
    ...(times[0] === undefined ? [] : [`at ${times[0].at}`]),
    ...(one.coveredBy === null ? [] : ['signed with the manifest that holds it']),
    ...(verdict === 'failed' || verdict === 'not-checked' ? reasons.slice(0, 1) : []),
  ];
  return printable(parts.join(' · ').replace(/\s+/g, ' '));
}

/** What an attestation says, short. */
function describe(says: NonNullable<ReportAttachment['says']>): string {
  switch (says.kind) {
    case 'provenance': {
      const source = says.source === null || says.source.uri === '' ? [] : [`from ${says.source.uri}`];
      const builder = says.builder === null ? [] : [`built by ${says.builder}`];
      return [
        `provenance (${says.format})`,
        ...builder,
        ...source,
        `${formatCount(says.materialCount)} materials`,
      ].join(', ');
    }
    case 'vex':
      return `VEX (${says.format}), ${formatCount(says.statementCount)} statements`;
    case 'vulnerability-scan': {
      const found = Object.entries(says.found ?? {}).map(([severity, count]) => `${count} ${severity}`);
      const when = says.finishedAt === null ? '' : ` of ${says.finishedAt.slice(0, 10)}`;
      return `vulnerability scan${when}${says.scanner === null ? '' : ` by ${says.scanner}`}${found.length === 0 ? '' : `: ${found.join(', ')}`}`;
    }
    case 'test-result':
      return `test result ${says.result ?? 'unknown'}: ${says.passed} passed, ${says.warned} warned, ${says.failed} failed`;
    case 'sbom':
      return `SBOM (${says.format}${says.version === null ? '' : ` ${says.version}`})${says.entries === null ? '' : `, ${formatCount(says.entries)} entries`}`;
  }
}
