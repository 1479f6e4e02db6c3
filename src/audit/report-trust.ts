import type { Image } from '../image/index.ts';
import type { Report, ReportAttachment, TrustReportVerdict, TrustSection } from '../report/index.ts';
import type { SourceAttachment } from '../source/index.ts';
import type { AttestationFacts, CheckedAttachment } from '../trust/index.ts';
import type { ExaminedTrust } from './examine-trust.ts';
import { toTrustSection } from './trust-section.ts';

type Redact = (text: string) => string;

/** What the report says of how signatures were checked. */
export function toReportTrust({ loaded, repository, result, isWanted }: ExaminedTrust, redact: Redact): TrustSection {
  const few = isWanted ? [] : ['signatures of more than a few attestations: nobody is trusted'];
  const section = toTrustSection(loaded, { ...result, repository }, few);
  const searched = section.searched.map((one) => ({ ...one, troubles: one.troubles.map(redact) }));
  return { ...section, searched };
}

/** What it says of one image's. */
export function toReportVerdict(
  image: Pick<Image, 'manifestDigest'>,
  { result, verdictOf }: ExaminedTrust,
  redact: Redact,
): TrustReportVerdict {
  const { verdict, reasons, signed } = verdictOf(image);
  const roles = new Map(result.searched.map(({ digest, role }) => [digest, role]));
  return {
    verdict,
    reasons: reasons.map(redact),
    signed: signed.map((digest) => ({ digest, role: roles.get(digest) ?? 'image' })),
  };
}

/** Everything that hangs on the images: as it was checked, and what is listed and was not read. */
export function toReportAttachments(
  listed: readonly SourceAttachment[],
  trust: ExaminedTrust | null,
  redact: Redact,
): Report['attachments'] {
  const checked = trust?.result.attachments ?? [];
  const roles = new Map(trust?.result.searched.map(({ digest, role }) => [digest as string, role]));
  const known = new Set(checked.map(({ digest }) => digest));
  const others = listed.filter(({ digest }) => !known.has(digest));
  const hints = new Map(listed.map((one) => [one.digest, one]));
  const all = [
    ...checked.map((one) => ({ ...fromChecked(one, roles), ...hintOf(one, hints.get(one.digest)) })),
    ...others.map(fromListed),
  ];
  return all.map((one) => withoutSecrets(one, redact));
}

function fromChecked(one: CheckedAttachment, roles: ReadonlyMap<string, ReportAttachment['signs']>): ReportAttachment {
  const { kind, format, mediaType, digest, subject, foundBy, verdict, reasons, signature, blob, trustedAs, coveredBy } =
    one;
  const signer = signature?.signer;
  return {
    kind,
    format,
    digest,
    subject,
    foundBy: [foundBy],
    verdict,
    reasons,
    identity:
      signer === undefined
        ? {}
        : signer.kind === 'key'
          ? { key: signer.name, fingerprint: signer.fingerprint }
          : { name: signer.name, ...(signer.issuer === null ? {} : { issuer: signer.issuer }) },
    mediaType,
    signs: subject === null ? null : (roles.get(subject) ?? null),
    blob,
    trustedAs,
    coveredBy,
    times: signature?.times ?? [],
    logs: signature?.logs ?? [],
    predicateType: one.predicateType,
    reference: one.reference,
    claims: one.claims,
    says: one.facts,
  };
}

/** What a list says that something is counts only where it could not be read itself. */
function hintOf(
  { blob, format }: CheckedAttachment,
  listed: SourceAttachment | undefined,
): Partial<Pick<ReportAttachment, 'kind' | 'format' | 'mediaType'>> {
  if (listed === undefined || blob !== null || format !== 'unknown') return {};
  return { kind: listed.kind, format: listed.format, mediaType: listed.mediaType };
}

function fromListed({ kind, format, mediaType, digest, subject, foundBy }: SourceAttachment): ReportAttachment {
  return {
    kind,
    format,
    digest,
    subject,
    foundBy: [foundBy],
    verdict: 'not-checked',
    reasons: ['it hangs on nothing that was audited, or was not read'],
    identity: {},
    mediaType,
    signs: null,
    blob: null,
    trustedAs: [],
    coveredBy: null,
    times: [],
    logs: [],
    predicateType: null,
    reference: null,
    claims: [],
    says: null,
  };
}

/** The same with nothing secret in the texts that somebody wrote; names that are ours stay as they are. */
function withoutSecrets(one: ReportAttachment, redact: Redact): ReportAttachment {
  const { format, mediaType, reasons, identity, predicateType, reference, says } = one;
  return {
    ...one,
    format: redact(format),
    mediaType: redact(mediaType),
    reasons: reasons.map(redact),
    identity: redacted(identity, redact),
    predicateType: predicateType === null ? null : redact(predicateType),
    reference: reference === null ? null : redact(reference),
    says: says === null ? null : factsWithoutSecrets(says, redact),
  };
}

/** Names of parameters are anybody's as well; what kind of attestation it is is no text of anybody's. */
function factsWithoutSecrets(says: AttestationFacts, redact: Redact): AttestationFacts {
  const { kind, format } = says;
  const clean = { ...redacted(says, redact), kind, format } as AttestationFacts;
  if (clean.kind !== 'provenance') return clean;
  const parameters = Object.entries(clean.parameters).map(([name, value]) => [redact(name), value]);
  return { ...clean, parameters: Object.fromEntries(parameters) as Record<string, string> };
}

function redacted<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => redacted(one, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]: [string, unknown]) => [name, redacted(one, redact)]);
  return Object.fromEntries(entries) as T;
}
