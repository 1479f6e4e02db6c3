import { createHash } from 'node:crypto';
import { severityRank } from '../core/index.ts';
import type { SubjectEvidence } from './evidence.ts';
import type { Evidence, Finding, FindingState } from './finding.ts';
import type { Draft, Rule } from './rule.ts';

/** States from the most exposed to the least: a finding has the worst of its places. */
const EXPOSURE: readonly FindingState[] = [
  'live',
  'metadata',
  'deleted',
  'overwritten',
  'never-effective',
  'orphan',
  'trailing',
];

interface Group {
  readonly rule: Rule;
  /** The worst of its drafts; what they say is the same otherwise. */
  first: Draft;
  state: FindingState;
  readonly evidence: Evidence[];
}

/**
 * Asks every rule about the evidence. One problem in several layers or platforms is one finding; findings are
 * ordered by severity, then rule, then first place. A pure function: the same evidence gives the same findings.
 */
export function judge(rules: readonly Rule[], subject: SubjectEvidence): Finding[] {
  const groups = new Map<string, Group>();
  const take = (rule: Rule, draft: Draft): void => {
    const key = `${rule.id}\0${draft.key}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { rule, first: draft, state: draft.state, evidence: [...draft.evidence] });
      return;
    }
    group.evidence.push(...draft.evidence);
    const isMoreExposed = EXPOSURE.indexOf(draft.state) < EXPOSURE.indexOf(group.state);
    const rank = severityRank(draft.severity ?? rule.severity) - severityRank(severityOf(group));
    // What the finding says has to fit its state: a secret deleted here and live there "is in the image".
    if (rank < 0 || (rank === 0 && isMoreExposed)) group.first = draft;
    if (isMoreExposed) group.state = draft.state;
  };
  for (const rule of rules) {
    for (const draft of rule.judgeSubject?.(subject) ?? []) take(rule, draft);
    for (const image of subject.images) {
      for (const draft of rule.judgeImage?.(image) ?? []) take(rule, draft);
    }
  }
  const platforms = subject.images.map(({ image }) => image.platform);
  const ordered = [...groups].map(([key, group]) => {
    group.evidence.sort((a, b) => comparePlaces(a, b, platforms));
    return { key, group };
  });
  ordered.sort(
    (a, b) =>
      severityRank(severityOf(a.group)) - severityRank(severityOf(b.group)) ||
      compareTexts(a.group.rule.id, b.group.rule.id) ||
      comparePlaces(a.group.evidence[0], b.group.evidence[0], platforms) ||
      compareTexts(a.group.first.message, b.group.first.message),
  );
  const occurrences = new Map<string, number>();
  return ordered.map(({ key, group }) => toFinding(group, fingerprintBasis(key, group, occurrences)));
}

function toFinding({ rule, first, state, evidence }: Group, basis: string): Finding {
  return {
    rule: rule.id,
    severity: first.severity ?? rule.severity,
    confidence: first.confidence ?? rule.confidence,
    state,
    fingerprint: createHash('sha256').update(basis).digest('hex').slice(0, 40),
    title: first.title ?? rule.title,
    message: first.message,
    remediation: first.remediation ?? rule.fix,
    evidence,
  };
}

function severityOf({ rule, first }: Group): Finding['severity'] {
  return first.severity ?? rule.severity;
}

/**
 * What a fingerprint is made of. Secrets are put together by a keyed fingerprint, which another machine does
 * not have, and an unkeyed one would let anybody test guesses; so theirs is made of the first place and of
 * what is shown of the secret. Two in one place are told apart by counting.
 */
function fingerprintBasis(key: string, { rule, first, evidence }: Group, occurrences: Map<string, number>): string {
  if (first.identity !== 'places') return key;
  const place = evidence[0];
  // Without its index a variable is the same one when another is set before it.
  const field = place?.field?.replace(/\[\d+\]/g, '[]') ?? '';
  const basis = [rule.id, place?.path ?? '', field, place?.secret?.redacted ?? ''].join('\0');
  const count = occurrences.get(basis) ?? 0;
  occurrences.set(basis, count + 1);
  return `${basis}\0${count}`;
}

function comparePlaces(a: Evidence | undefined, b: Evidence | undefined, platforms: readonly string[]): number {
  if (a === undefined || b === undefined) return 0;
  return (
    compareTexts(a.path ?? '', b.path ?? '') ||
    platforms.indexOf(a.platform ?? '') - platforms.indexOf(b.platform ?? '') ||
    (a.layer?.index ?? -1) - (b.layer?.index ?? -1) ||
    compareTexts(a.field ?? '', b.field ?? '') ||
    (a.byteRange?.[0] ?? -1) - (b.byteRange?.[0] ?? -1) ||
    compareTexts(a.detail ?? '', b.detail ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
