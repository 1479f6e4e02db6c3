import { createHash, type X509Certificate } from 'node:crypto';
import { DEFAULT_LIMITS, type Digest, type Limits, type Platform, parseDigest } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import type { TrustReport, TrustReportAttachment, TrustReportCertificate } from '../report/index.ts';
import { type OpenOptions, parseLocation, type SourceContent } from '../source/index.ts';
import {
  type CheckedAttachment,
  checkImageTrust,
  type SignerPolicy,
  statementFor,
  type TextPolicy,
  type TrustResult,
} from '../trust/index.ts';
import { EXIT } from './assemble-report.ts';
import type { LoadedTrust } from './load-trust.ts';
import { openImages } from './open-images.ts';
import type { OnProgress } from './progress.ts';

/** What {@link verifyImage} is told. */
export interface VerifyImageOptions {
  /** A reference, a path, `-`, or one of these with a scheme. */
  readonly reference: string;
  /** Platforms to look at; none means all there are. */
  readonly platforms?: readonly Platform[];
  /** Whom to trust; see `loadTrust`. */
  readonly trust: LoadedTrust;
  readonly reproducible?: boolean;
  readonly limits?: Limits;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for the document. */
  readonly version: string;
}

const NOTHING: TrustResult = { searched: [], attachments: [], images: [], troubles: [] };

/** What verification does not include, said each time, so that nobody takes it for granted. */
const NOT_CHECKED = [
  'whether a certificate was revoked',
  'the bytes of layers against their digests (audit image reads them)',
];

/**
 * Says who signed an image, and whether it is whom the user trusts.
 * @throws AuditError where it cannot be run; what hangs on an image is never a reason to throw
 */
export async function verifyImage(options: VerifyImageOptions): Promise<TrustReport> {
  const startedAt = new Date();
  const { reference, trust } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);
  using opened = await openImages(
    { ...options, allImages: true, limits, signal, onProgress },
    { examinePassing: (_, chunks) => digestPassing(chunks) },
  );
  const { content, images, attachments: store } = opened;
  const digests = [...new Set(images.flatMap(({ manifestDigest }) => manifestDigest ?? []))];
  onProgress({ type: 'judging' });
  const repository = repositoryOf(reference);
  const result =
    store === null || digests.length === 0
      ? NOTHING
      : await checkImageTrust({ ...trust, root: rootOf(content), images: digests, repository, store, limits, signal });
  const judged = images.map((image) => toReportImage(image, content, result, store !== null));
  const isVerified = judged.length > 0 && judged.every(({ verdict }) => verdict === 'verified');
  const isComplete = !content.gaps.some((gap) => gap.incomplete);
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: options.version },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    policy: {
      keys: trust.policy.keys.map(({ name, fingerprint }) => ({ name, fingerprint })),
      identity: trust.policy.identity && {
        name: describePolicy(trust.policy.identity.name),
        issuer: describePolicy(trust.policy.identity.issuer),
      },
      authorities: authoritiesOf(trust.policy),
      notation: notationOf(trust.policy, repository),
      attestations: trust.predicateTypes,
      ignoreLog: trust.ignoreLog,
    },
    trustedRoot: {
      origin: trust.roots.origin,
      place: trust.roots.place,
      knowsUntil: trust.roots.knowsUntil,
      expires: trust.roots.expires,
    },
    notChecked: NOT_CHECKED,
    images: judged,
    attachments: result.attachments.map(toReportAttachment),
    searched: result.searched,
    gaps: content.gaps,
    verdict: {
      verified: isVerified,
      exitStatus: isVerified ? (isComplete ? EXIT.passed : EXIT.incomplete) : EXIT.findings,
    },
  };
}

/** Layers that pass by while an archive is read are not needed, but for telling two of one name apart. */
async function digestPassing(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = createHash('sha256');
  for await (const chunk of chunks) digest.update(chunk);
  return parseDigest(`sha256:${digest.digest('hex')}`);
}

/** An archive of `docker save` resolves to a configuration, which nobody signs. */
export function rootOf({ digest, mediaType, kind }: SourceContent): Digest | null {
  const isSignable = mediaType !== null && /manifest|index/.test(mediaType);
  return isSignable && kind !== 'rootfs' ? digest : null;
}

function toReportImage(
  { platform, names, manifestDigest }: Image,
  { problems }: SourceContent,
  { images, searched }: TrustResult,
  hasStore: boolean,
): TrustReport['images'][number] {
  const place = { platform, names, manifestDigest, signed: [] };
  if (!hasStore) {
    const reasons = ['this place keeps no signatures; give the image as its registry names it'];
    return { ...place, verdict: 'not-checked', reasons };
  }
  const trust = images.find(({ image }) => image === manifestDigest);
  if (trust === undefined) {
    const reasons = ['it has no manifest, which is what is signed: archives of docker save name layers by path'];
    return { ...place, verdict: 'not-checked', reasons };
  }
  // What a signature covers is named by digests: bytes of another digest are not what was signed.
  const mismatches = problems.filter(({ kind }) => kind === 'digest-mismatch');
  if (trust.verdict === 'verified' && mismatches.length > 0) {
    const reasons = mismatches
      .slice(0, 20)
      .map(({ subject, detail }) => `${subject} is not what was signed: ${detail}`);
    return { ...place, verdict: 'failed', reasons };
  }
  const roles = new Map(searched.map(({ digest, role }) => [digest, role]));
  return {
    ...place,
    verdict: trust.verdict,
    reasons: trust.reasons,
    signed: trust.signed.map((digest) => ({ digest, role: roles.get(digest) === 'index' ? 'index' : 'image' })),
  };
}

function toReportAttachment({ signature, ...attachment }: CheckedAttachment): TrustReportAttachment {
  return {
    ...attachment,
    signer: signature?.signer ?? null,
    times: signature?.times ?? [],
    logs: signature?.logs ?? [],
  };
}

/** With its registry; null for an image that is in none. */
function repositoryOf(reference: string): string | null {
  const location = parseLocation(reference);
  return location.kind === 'registry' ? `${location.reference.registry}/${location.reference.repository}` : null;
}

function notationOf({ notation }: SignerPolicy, repository: string | null): TrustReport['policy']['notation'] {
  const statement = notation && statementFor(notation, repository);
  if (!statement) return null;
  const { certificates, identities, name, level, logged } = statement;
  return {
    statement: name === '' ? null : { name, level, logged: [...logged] },
    roots: [...certificates.ca, ...certificates.signingAuthority, ...certificates.tsa].map(toReportCertificate),
    identities: identities.map((one) => [...one].map(([name, value]) => `${name}=${value}`).join(', ')),
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
