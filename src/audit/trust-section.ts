import type { X509Certificate } from 'node:crypto';
import type { TrustReport, TrustReportAttachment, TrustReportCertificate, TrustSection } from '../report/index.ts';
import { type CheckedAttachment, type SignerPolicy, statementFor, type TextPolicy } from '../trust/index.ts';
import type { SubjectTrust } from './image-trust.ts';
import type { LoadedTrust } from './load-trust.ts';

/** What verification does not include, said each time, so that nobody takes it for granted. */
const NOT_CHECKED = 'whether a certificate was revoked';

/** What documents say of how signatures were checked. */
export function toTrustSection(
  trust: LoadedTrust,
  { searched, repository }: SubjectTrust & { readonly repository: string | null },
  notChecked: readonly string[],
): TrustSection {
  const { policy, roots, requirements, origin, signers } = trust;
  const identities = policy.identities.map(({ name, issuer }) => ({
    name: describePolicy(name),
    issuer: describePolicy(issuer),
  }));
  return {
    policy: {
      origin: origin.kind,
      ...('path' in origin ? { path: origin.path, repository: origin.repository } : {}),
      keys: policy.keys.map(({ name, fingerprint }) => ({ name, fingerprint })),
      identity: identities[0] ?? null,
      identities,
      authorities: authoritiesOf(policy),
      notation: notationOf(policy, signers, repository),
      signatures: requirements.signatures,
      attestations: requirements.attestations.map(({ type }) => type),
      ignoreLog: trust.ignoreLog,
    },
    trustedRoot: {
      origin: roots.origin,
      place: roots.place,
      knowsUntil: roots.knowsUntil,
      expires: roots.expires,
    },
    notChecked: [NOT_CHECKED, ...notChecked],
    searched: searched.map(({ digest, role, found, troubles }) => ({ digest, role, found, troubles })),
  };
}

/** One signature or statement as documents show it. */
export function toTrustAttachment(one: CheckedAttachment): TrustReportAttachment {
  const { digest, blob, subject, kind, format, mediaType, foundBy, verdict, reasons, signature } = one;
  return {
    digest,
    blob,
    subject,
    kind,
    format,
    mediaType,
    foundBy,
    verdict,
    reasons,
    signer: signature?.signer ?? null,
    trustedAs: one.trustedAs,
    coveredBy: one.coveredBy,
    times: signature?.times ?? [],
    logs: signature?.logs ?? [],
    predicateType: one.predicateType,
    reference: one.reference,
  };
}

function notationOf(
  { notation }: SignerPolicy,
  signers: LoadedTrust['signers'],
  repository: string | null,
): TrustReport['policy']['notation'] {
  const policies = [
    ...(notation === undefined ? [] : [notation]),
    ...(signers ?? []).flatMap((one) => one.policy.notation ?? []),
  ];
  const statements = policies.flatMap((policy) => statementFor(policy, repository) ?? []);
  const [first] = statements;
  if (first === undefined) return null;
  const { name, level, logged } = first;
  return {
    // Those of a configuration file are signers, and of no trust policy of Notation's.
    statement: name === '' ? null : { name, level, logged: [...logged] },
    roots: statements
      .flatMap(({ certificates: { ca, signingAuthority, tsa } }) => [...ca, ...signingAuthority, ...tsa])
      .map(toReportCertificate),
    identities: statements
      .flatMap(({ identities }) => identities)
      .map((one) => [...one].map(([name, value]) => `${name}=${value}`).join(', ')),
  };
}

function authoritiesOf({ authorities }: SignerPolicy): TrustReport['policy']['authorities'] {
  if (authorities === undefined) return null;
  const { roots, timeStamps, identity } = authorities;
  return {
    roots: roots.map(toReportCertificate),
    timeStampRoots: (timeStamps?.roots ?? []).map(toReportCertificate),
    identity: identity && {
      name: describePolicy(identity.name),
      issuer: identity.issuer && describePolicy(identity.issuer),
    },
  };
}

function toReportCertificate({ subject, fingerprint256 }: X509Certificate): TrustReportCertificate {
  return {
    subject: (subject ?? '').split('\n').join(', '),
    fingerprint: `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`,
  };
}

function describePolicy(policy: TextPolicy): string {
  return 'exactly' in policy ? policy.exactly : `/${policy.pattern}/`;
}
