import type { CheckedAttachment } from '../../trust/index.ts';
import type { ImageEvidence, TrustEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { imagePlace } from '../places.ts';

/** An attachment as a place: its manifest, and what is to be said of it. */
export function attachmentPlace(evidence: ImageEvidence, one: CheckedAttachment): Evidence {
  const signer = one.signature?.signer;
  const by = signer === undefined ? [] : [`signed by ${signer.name}`];
  const type = one.predicateType === null ? [] : [one.predicateType];
  const detail = [...type, ...by, ...one.reasons].join(': ');
  return imagePlace(evidence, {
    field: `attachment:${one.digest}`,
    detail: evidence.redact(`${one.format}${detail === '' ? '' : ` ${detail}`}`.slice(0, 500)),
  });
}

/** Whether what was not found is not there: everything was looked at, in a place that can have it. */
export function isAbsenceKnown({ looked, policy, canCarry, sourceKind }: TrustEvidence): boolean {
  // Copies of images in files leave behind what hangs on them, unless the user expects it there.
  return looked && canCarry && (policy === 'given' || sourceKind === 'registry');
}

/** Attestations of some kind, by the type of what they say. */
export function attestationsOf({ attachments }: TrustEvidence, kind: 'sbom' | 'provenance'): CheckedAttachment[] {
  return attachments.filter(
    ({ predicateType, format }) => (format === 'sbom' && kind === 'sbom') || kindOfType(predicateType ?? '') === kind,
  );
}

/** What attestations of a type are; `other` for all that no rule of its own is about. */
export function kindOfType(type: string): 'sbom' | 'provenance' | 'other' {
  if (/^(?:spdx|spdxjson|cyclonedx)$|^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)/.test(type)) return 'sbom';
  return /^slsaprovenance|^https:\/\/slsa\.dev\/provenance\//.test(type) ? 'provenance' : 'other';
}

/** Whether there may be attestations of any type that could not be read. */
export function mayHideAttestations({ attachments }: TrustEvidence): boolean {
  return attachments.some(({ verdict, predicateType, kind }) => {
    return verdict === 'not-checked' && predicateType === null && kind !== 'signature';
  });
}

/** Types of one kind that the policy wants and that are missing for a reason. */
export function missingTypes(
  { missing }: TrustEvidence,
  kind: 'sbom' | 'provenance' | 'other',
  why: 'absent' | 'unsigned',
): string[] {
  return missing.flatMap((one) =>
    one.what === 'attestation' && one.why === why && kindOfType(one.type) === kind ? [one.type] : [],
  );
}
