import type { Digest } from '../core/index.ts';
import type { TrustVerdict } from './check.ts';
import type { CheckedAttachment } from './checked-attachment.ts';
import type { BrokenManifest, SignableDocument } from './path.ts';
import {
  type AttestationRequirement,
  countSigners,
  isBuiltBy,
  isBy,
  isOfType,
  isProof,
  meets,
  type TrustRequirements,
} from './requirements.ts';

/** Something that was wanted and is not there. */
export type MissingProof =
  | { readonly what: 'signature'; readonly wanted: number; readonly found: number }
  | {
      readonly what: 'attestation';
      readonly type: string;
      /**
       * `absent`: none of the type was found; `unsigned`: nobody signed those that were; `builder`: whoever built it is
       * not who has to; `not-verified`: there are, and none by whom it has to be; `not-checked`: could not look.
       */
      readonly why: 'absent' | 'unsigned' | 'builder' | 'not-verified' | 'not-checked';
      /** Builders that were named, where they are the trouble. */
      readonly builders: readonly string[];
    };

/** What one image's signatures are worth together. */
export interface ImageTrust {
  readonly image: Digest;
  readonly verdict: TrustVerdict;
  readonly reasons: readonly string[];
  /** The documents whose signatures make it verified: the image's manifest, or an index above it. */
  readonly signed: readonly Digest[];
  /** What was wanted and is not there. */
  readonly missing: readonly MissingProof[];
  /** Whether everything could be looked at: only then what was not found is not there. */
  readonly looked: boolean;
  /** And whether it is known who signed what BuildKit attests. */
  readonly lookedBeside: boolean;
}

/** What is known of one image's signatures. */
export interface ImageProofs {
  readonly image: Digest;
  readonly documents: readonly SignableDocument[];
  readonly broken: BrokenManifest | undefined;
  readonly attachments: readonly CheckedAttachment[];
  /** Where could not be looked, under the documents on the way to this image and at all. */
  readonly blind: readonly string[];
  /** And under attestation manifests. */
  readonly blindBeside: readonly string[];
}

/** Whether a document's signature covers an image: its manifest, or an index that leads to it. */
export function isCovering({ role, images }: SignableDocument, image: Digest): boolean {
  return role !== 'attestation-manifest' && images.includes(image);
}

/** Says of an image whether all that is wanted is there. */
export function judgeImage(proofs: ImageProofs, requirements: TrustRequirements): ImageTrust {
  const { image, broken, blind } = proofs;
  const looked = broken === undefined && blind.length === 0;
  const known = { image, looked, lookedBeside: looked && proofs.blindBeside.length === 0 };
  if (broken !== undefined) {
    const reasons = [`its manifest ${broken.why}`];
    return { ...known, verdict: broken.verdict, reasons, signed: [], missing: [] };
  }
  const about = attachmentsOf(proofs);
  const missing = [
    ...missingSignatures(about.onImage, requirements),
    ...missingAttestations(about, proofs, requirements),
  ];
  if (missing.length === 0) {
    const { signatures, attestations } = requirements;
    const proving = [
      ...about.onImage.filter(({ kind, verdict }) => signatures > 0 && kind === 'signature' && verdict === 'verified'),
      ...about.all.filter((one) => attestations.some((wanted) => meets(one, wanted))),
    ];
    const signed = [...new Set(proving.flatMap(({ subject }) => subject ?? []))];
    return { ...known, verdict: 'verified', reasons: [], signed, missing };
  }
  const onlySignature = requirements.attestations.length === 0;
  const relevant = about.onImage.filter(
    ({ kind, verdict }) => verdict !== 'verified' && !(onlySignature && kind === 'attestation'),
  );
  const worst = (['failed', 'unverified', 'not-checked'] as const).find((verdict) =>
    relevant.some((one) => one.verdict === verdict && mayBeSigned(one)),
  );
  const isVerified = (one: CheckedAttachment): boolean => one.verdict === 'verified';
  const hasWrong = missing.some((one) =>
    one.what === 'signature' ? one.found > 0 : one.why === 'builder' || one.why === 'not-verified',
  );
  const reasons = [
    ...missing.map(sentenceOf),
    ...(onlySignature && about.onImage.some((one) => isVerified(one) && one.kind === 'attestation')
      ? ['attestations are, but an attestation is no signature']
      : []),
    ...new Set(relevant.flatMap((one) => (mayBeSigned(one) ? one.reasons : []))),
    ...blind,
  ].slice(0, 20);
  const verdict = worst ?? (blind.length > 0 ? 'not-checked' : hasWrong ? 'failed' : 'unsigned');
  return { ...known, verdict, reasons, signed: [], missing };
}

interface About {
  /** What hangs on documents whose signatures cover the image. */
  readonly onImage: readonly CheckedAttachment[];
  /** And what BuildKit put beside it. */
  readonly all: readonly CheckedAttachment[];
}

function attachmentsOf({ image, documents, attachments }: ImageProofs): About {
  const covering = new Set(documents.filter((one) => isCovering(one, image)).map(({ digest }) => digest));
  const beside = new Set(documents.filter(({ images }) => images.includes(image)).map(({ digest }) => digest));
  return {
    onImage: attachments.filter(({ subject }) => subject !== null && covering.has(subject)),
    all: attachments.filter(({ subject }) => subject !== null && beside.has(subject)),
  };
}

function missingSignatures(
  about: readonly CheckedAttachment[],
  { signatures: wanted }: TrustRequirements,
): MissingProof[] {
  const signatures = about.filter(({ kind, verdict }) => kind === 'signature' && verdict === 'verified');
  const found = wanted === 0 ? 0 : countSigners(signatures);
  return found >= wanted ? [] : [{ what: 'signature', wanted, found }];
}

function missingAttestations(
  { all }: About,
  { blind, blindBeside }: Pick<ImageProofs, 'blind' | 'blindBeside'>,
  { attestations }: TrustRequirements,
): MissingProof[] {
  const troubles = [...blind, ...blindBeside];
  return attestations.flatMap((requirement): MissingProof[] => {
    if (all.some((one) => meets(one, requirement))) return [];
    return [{ what: 'attestation', type: requirement.type, ...whyMissing(all, troubles, requirement) }];
  });
}

function whyMissing(
  all: readonly CheckedAttachment[],
  blind: readonly string[],
  { type, signers, builders }: AttestationRequirement,
): Pick<Extract<MissingProof, { what: 'attestation' }>, 'why' | 'builders'> {
  const ofType = all.filter((one) => isOfType(one, type));
  const proven = ofType.filter((one) => isProof(one) && isBy(one, signers));
  const others = proven.filter((one) => !isBuiltBy(one, builders));
  if (builders.length > 0 && others.length > 0) {
    const named = others.map(({ facts }) => (facts?.kind === 'provenance' ? (facts.builder ?? 'nobody') : 'nobody'));
    return { why: 'builder', builders: [...new Set(named)].slice(0, 10) };
  }
  const couldNot = blind.length > 0 || ofType.some(({ verdict }) => verdict === 'not-checked');
  if (couldNot) return { why: 'not-checked', builders: [] };
  if (ofType.length === 0) return { why: 'absent', builders: [] };
  return { why: ofType.every(({ verdict }) => verdict === 'unsigned') ? 'unsigned' : 'not-verified', builders: [] };
}

function sentenceOf(missing: MissingProof): string {
  if (missing.what === 'attestation') {
    return missing.why === 'builder'
      ? `its ${missing.type} was built by ${missing.builders.join(', ')}, who is not who has to`
      : `no attestation of type ${missing.type} of it is verified`;
  }
  const { wanted, found } = missing;
  return found === 0 ? 'no signature of it is verified' : `${found} of the ${wanted} signers that are wanted signed it`;
}

/** What is of no known kind is no signature; of what could not be read nobody knows. */
function mayBeSigned({ kind, blob, verdict }: CheckedAttachment): boolean {
  return verdict !== 'unsigned' && (kind !== 'artifact' || blob === null);
}
