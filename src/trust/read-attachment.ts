import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm } from '../core/index.ts';
import { artifactMediaType, type Descriptor, type Manifest, readManifestDocument } from '../oci/index.ts';
import type { AttachmentCandidate, AttachmentStore } from '../source/index.ts';
import { readFacts } from './attestation/read-facts.ts';
import { type CheckedSignature, checkBundle, checkEnvelope, checkPayload, type TrustContext } from './check.ts';
import { CheckFailure, failed, notChecked } from './check-failure.ts';
import type { AttachmentFormat, CheckedAttachment } from './checked-attachment.ts';
import { checkNotation } from './notation/check-notation.ts';
import { readCose } from './notation/read-cose.ts';
import { readJws } from './notation/read-jws.ts';
import type { NotationPolicy } from './notation/trust-policy.ts';
import type { SignableDocument } from './path.ts';
import { namesOf } from './requirements.ts';
import {
  bundleOfPayload,
  bundlesOfEnvelope,
  ENVELOPE_TYPE,
  payloadOfEnvelope,
  SIMPLE_SIGNING_TYPE,
} from './sigstore/cosign-layer.ts';
import { isBundleType } from './sigstore/read-bundle.ts';
import { readSimpleSigning, readStatement } from './statement.ts';

/** Largest blob that is read: SBOMs are attested as a whole. cosign reads as much. */
const MAX_BLOB_BYTES = 128 * 1024 * 1024;
/** Largest envelope of Notation, which holds no more than certificates and a time stamp. */
const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024;
/** Signatures read of one manifest. The attack: a manifest of ten thousand layers, each a signature to verify. */
const MAX_LAYERS = 200;

/** What all attachments of an image may cost together. */
export interface TrustBudget {
  manifests: number;
  bytes: number;
  signatures: number;
}

/** The budget of a run that is about trust. */
export function fullBudget(): TrustBudget {
  return { manifests: 2000, bytes: 512 * 1024 * 1024, signatures: 2000 };
}

/** The budget where nobody is trusted, and it is only told who claims to have signed. */
export function smallBudget(): TrustBudget {
  return { manifests: 200, bytes: 64 * 1024 * 1024, signatures: 400 };
}

/** What reading takes. */
export interface ReadContext extends TrustContext {
  readonly store: AttachmentStore;
  readonly documents: readonly SignableDocument[];
  /** With its registry; null where the image has none. */
  readonly repository: string | null;
  readonly budget: TrustBudget;
  /** Takes the digests of manifests that hang on the documents, and of what they name. */
  readonly named: Set<Digest>;
  readonly signal: AbortSignal;
}

/**
 * Reads what may hang on a document, by its own manifest: what a list says of it is a hint, and anybody can write one.
 * @param subject what it was found at; null for what does not say what it hangs on
 */
export async function readAttachment(
  candidate: AttachmentCandidate,
  subject: SignableDocument | null,
  context: ReadContext,
): Promise<CheckedAttachment[]> {
  const { digest, foundBy } = candidate;
  const whole = { digest, foundBy, blob: null, mediaType: '', format: 'unknown', kind: 'artifact' } as const;
  let manifest: Manifest;
  try {
    manifest = await readManifest(candidate, subject, context);
  } catch (error) {
    return [outcome({ ...whole, subject: subject?.digest ?? null }, asFailure(error, context.signal))];
  }
  const { layers } = manifest;
  for (const named of [digest, manifest.config.digest, ...layers.map((layer) => layer.digest)])
    context.named.add(named);
  const place = { ...whole, subject: subject?.digest ?? null, mediaType: artifactMediaType(manifest) };
  if (layers.length === 0) return [outcome(place, notChecked('it has no layer'))];
  const read: CheckedAttachment[] = [];
  for (const layer of layers.slice(0, MAX_LAYERS)) {
    const format = formatOf(layer, manifest);
    const kind = kindOf(format);
    const at = { ...place, blob: layer.digest, format, kind, mediaType: layer.mediaType };
    try {
      if (format === 'unknown') throw notChecked(`this version does not know what ${layer.mediaType} is`);
      const bytes = await readBlob(layer, maxBytesOf(format), context);
      for (const one of checkLayer(format, { layer, bytes }, subject, context)) {
        read.push({ ...at, subject: one.subject, ...describe(one, kind, context) });
      }
    } catch (error) {
      read.push(outcome(at, asFailure(error, context.signal)));
    }
  }
  if (layers.length > MAX_LAYERS) {
    read.push(outcome(place, notChecked(`${layers.length - MAX_LAYERS} of its ${layers.length} layers were not read`)));
  }
  return read;
}

async function readManifest(
  { digest, foundBy }: AttachmentCandidate,
  subject: SignableDocument | null,
  { store, budget, signal }: ReadContext,
): Promise<Manifest> {
  if (budget.manifests <= 0) throw notChecked('there are too many attachments to read them all');
  budget.manifests -= 1;
  const bytes = await store.manifest(digest, signal);
  if (bytes === undefined) throw notChecked('its manifest is not there');
  if (digestOf(bytes, digestAlgorithm(digest)) !== digest) throw failed('its manifest has bytes of another digest');
  const document = readManifestDocument(bytes, 'its manifest');
  if (document.kind === 'index') throw notChecked('it is an index, which no signature is');
  // A tag has its subject in its name, and so do the entries of an index; lists are held against the manifest.
  const isListed = foundBy === 'referrers-api' || foundBy === 'fallback-tag';
  if (subject !== null && isListed && document.subject?.digest !== subject.digest) {
    throw failed('its manifest does not name what it was listed for as its subject');
  }
  return document;
}

async function readBlob(
  { digest, sizeBytes }: Descriptor,
  maxBytes: number,
  { store, budget, signal }: ReadContext,
): Promise<Buffer> {
  if (sizeBytes !== null && sizeBytes > maxBytes) throw notChecked(`it has ${sizeBytes} bytes, which is too much`);
  if (budget.bytes <= 0 || budget.signatures <= 0) throw notChecked('there are too many attachments to read them all');
  budget.signatures -= 1;
  const bytes = await store.blob({ digest }, Math.min(maxBytes, budget.bytes), signal);
  if (bytes === undefined) throw notChecked('its blob is not there');
  budget.bytes -= bytes.byteLength;
  if (digestOf(bytes, digestAlgorithm(digest)) !== digest) throw failed('its blob has bytes of another digest');
  if (sizeBytes !== null && sizeBytes !== bytes.byteLength) throw failed('its blob has another size than stated');
  return Buffer.from(bytes);
}

function formatOf({ mediaType }: Descriptor, manifest: Manifest): AttachmentFormat {
  if (mediaType === SIMPLE_SIGNING_TYPE) return 'cosign-signature';
  if (mediaType === ENVELOPE_TYPE) return 'cosign-attestation';
  if (isBundleType(mediaType)) return 'sigstore-bundle';
  const isNotation = [manifest.artifactType, manifest.config.mediaType].includes(
    'application/vnd.cncf.notary.signature',
  );
  if (isNotation && mediaType === 'application/jose+json') return 'notation-jws';
  if (isNotation && mediaType === 'application/cose') return 'notation-cose';
  if (mediaType === 'application/vnd.in-toto+json') return 'in-toto-statement';
  return /^(?:application|text)\/(?:vnd\.)?(?:spdx|cyclonedx|syft)/.test(mediaType) ? 'sbom' : 'unknown';
}

function maxBytesOf(format: AttachmentFormat): number {
  return format === 'notation-jws' || format === 'notation-cose' ? MAX_ENVELOPE_BYTES : MAX_BLOB_BYTES;
}

function kindOf(format: AttachmentFormat): CheckedAttachment['kind'] {
  if (format === 'cosign-attestation' || format === 'in-toto-statement') return 'attestation';
  return format === 'sbom' || format === 'unknown' ? 'artifact' : 'signature';
}

interface Checked {
  readonly subject: Digest | null;
  readonly checked: CheckedSignature;
  /** Names of signers, where the check itself tells them apart. */
  readonly trustedAs?: readonly string[];
}

function checkLayer(
  format: AttachmentFormat,
  { layer, bytes }: { readonly layer: Descriptor; readonly bytes: Buffer },
  subject: SignableDocument | null,
  context: ReadContext,
): Checked[] {
  const { annotations } = layer;
  switch (format) {
    case 'cosign-signature': {
      const about = subject ?? claimedSubject([readSimpleSigning(bytes).digest], context);
      const read = () => ({ bundle: bundleOfPayload(annotations, bytes), payload: bytes });
      return [{ subject: about.digest, checked: checkPayload(read, about.digest, context) }];
    }
    case 'cosign-attestation': {
      const about = subject ?? claimedSubject(readStatement(payloadOfEnvelope(bytes)).subjects, context);
      return bundlesOfEnvelope(annotations, bytes).map((bundle) => {
        const read = () => ({ bundle: bundle(), envelope: bytes });
        return { subject: about.digest, checked: checkEnvelope(read, about.digest, context) };
      });
    }
    case 'sigstore-bundle': {
      if (subject === null) throw notChecked('it does not say what it hangs on');
      const about = { digest: subject.digest, manifest: subject.bytes };
      return [{ subject: subject.digest, checked: checkBundle(bytes, about, context) }];
    }
    case 'notation-jws':
    case 'notation-cose': {
      if (subject === null) throw notChecked('it does not say what it hangs on');
      const { digest, mediaType, bytes: target } = subject;
      const read = () => (format === 'notation-jws' ? readJws(bytes) : readCose(bytes));
      const about = { digest, mediaType, sizeBytes: target.byteLength };
      const { repository } = context;
      return [
        { subject: digest, ...byEachSigner(context, (policy) => checkNotation(read, about, { policy, repository })) },
      ];
    }
    case 'in-toto-statement':
      return [{ subject: subject?.digest ?? null, checked: unsignedStatement(bytes, subject) }];
    case 'sbom': {
      const reasons = ['nobody signed it as a part of this image'];
      return [
        { subject: subject?.digest ?? null, checked: { verdict: 'unsigned', reasons, signature: null, claim: null } },
      ];
    }
    default:
      throw notChecked('this version does not verify signatures of this kind');
  }
}

/**
 * Checks a signature of Notation against each signer's roots and names by themselves. The attack: of two signers, one is
 * certified by the other's authority under their own name.
 */
function byEachSigner(
  { policy, signers }: ReadContext,
  check: (policy: NotationPolicy | null) => CheckedSignature,
): Pick<Checked, 'checked' | 'trustedAs'> {
  const outcomes = (signers ?? []).flatMap(({ name, policy: { notation } }) =>
    notation === undefined ? [] : [{ name, checked: check(notation) }],
  );
  const trusted = outcomes.filter(({ checked }) => checked.verdict === 'verified');
  const checked = (trusted[0] ?? outcomes[0])?.checked ?? check(policy.notation ?? null);
  return { checked, trustedAs: trusted.map(({ name }) => name) };
}

/** What `cosign save` keeps says in its payload only what it is about. */
function claimedSubject(digests: readonly Digest[], { documents }: ReadContext): SignableDocument {
  const found = documents.find(({ digest }) => digests.includes(digest));
  if (found !== undefined) return found;
  throw notChecked(`it is about ${digests[0] ?? 'nothing'}, which is no part of this image`);
}

/** BuildKit attests without signing. What it says has to be about the image beside it all the same. */
function unsignedStatement(bytes: Buffer, subject: SignableDocument | null): CheckedSignature {
  const { predicateType, subjects, predicate } = readStatement(bytes);
  const claim = { kind: 'attestation', digests: subjects, predicateType, reference: null, predicate } as const;
  const about = subject?.images ?? [];
  const isAnothers = subjects.length > 0 && ![...about, subject?.digest].some((one) => one && subjects.includes(one));
  if (subject !== null && isAnothers) {
    const reasons = [`it is about ${subjects[0]}, and is attached to ${about[0] ?? subject.digest}`];
    return { verdict: 'failed', reasons, signature: null, claim };
  }
  const reasons = ['it is no envelope, so nobody signed it: it is what the builder wrote'];
  return { verdict: 'unsigned', reasons, signature: null, claim };
}

/** What an attachment is that nothing is known of. */
const NOTHING_SAID = {
  signature: null,
  problem: null,
  trustedAs: [],
  coveredBy: null,
  predicateType: null,
  claims: [],
  facts: null,
  reference: null,
} as const;
/** Digests shown of what a claim is about. */
const MAX_CLAIMS = 10;

type Described = Omit<CheckedAttachment, 'digest' | 'blob' | 'subject' | 'format' | 'mediaType' | 'foundBy'>;

function describe(
  { subject, checked, trustedAs }: Checked,
  kind: CheckedAttachment['kind'],
  { documents, signers = [] }: ReadContext,
): Described {
  const { verdict, reasons, signature, claim } = checked;
  const isVerified = verdict === 'verified';
  const about = documents.find(({ digest }) => digest === subject);
  const isAbout = claim?.digests.some((one) => one === subject || about?.images.includes(one)) ?? true;
  return {
    ...NOTHING_SAID,
    kind: claim?.kind ?? kind,
    verdict,
    reasons,
    signature,
    problem: verdict !== 'failed' ? null : signature !== null ? 'other-signer' : isAbout ? 'invalid' : 'other-subject',
    trustedAs: isVerified && signature !== null ? (trustedAs ?? namesOf(signature, signers)) : [],
    predicateType: claim?.predicateType ?? null,
    claims: claim?.digests.slice(0, MAX_CLAIMS) ?? [],
    facts: claim === null || claim.predicateType === null ? null : readFacts(claim.predicateType, claim.predicate),
    reference: isVerified ? (claim?.reference ?? null) : null,
  };
}

function outcome(
  place: Pick<CheckedAttachment, 'digest' | 'blob' | 'subject' | 'kind' | 'format' | 'mediaType' | 'foundBy'>,
  { verdict, message }: CheckFailure,
): CheckedAttachment {
  const problem = verdict === 'failed' ? 'invalid' : null;
  return { ...place, ...NOTHING_SAID, verdict, reasons: [message], problem };
}

/** What went wrong with one attachment is about that one: the others are read all the same. */
function asFailure(error: unknown, signal: AbortSignal): CheckFailure {
  signal.throwIfAborted();
  if (error instanceof CheckFailure) return error;
  if (error instanceof AuditError) {
    return error.code === 'DOCUMENT_INVALID' ? failed(error.message, error) : notChecked(error.message, error);
  }
  throw error;
}
