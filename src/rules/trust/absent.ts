import { imagePlace } from '../places.ts';
import type { Draft, Rule, RuleDescription } from '../rule.ts';
import { attachmentPlace, attestationsOf, isAbsenceKnown, mayHideAttestations, missingTypes } from './attachments.ts';

/** A rule on attestations of one kind that are not there. */
export function absentRule(kind: 'sbom' | 'provenance', name: string, description: RuleDescription): Rule {
  return {
    ...description,
    *judgeImage(evidence): Iterable<Draft> {
      const { trust } = evidence;
      if (trust === undefined) return;
      const types = missingTypes(trust, kind, 'absent');
      // A copy in files has left behind what hung on it; there only what is wanted is missing.
      const isAbsent =
        trust.sourceKind === 'registry' &&
        isAbsenceKnown(trust) &&
        !mayHideAttestations(trust) &&
        attestationsOf(trust, kind).length === 0;
      if (types.length === 0 && !isAbsent) return;
      const wanted = types.length === 0 ? '' : `, and the policy wants ${types.join(' and ')}`;
      yield {
        key: 'absent',
        state: 'metadata',
        severity: types.length === 0 ? 'info' : 'high',
        message: `No ${name} hangs on the image${wanted}.`,
        evidence: [imagePlace(evidence, { field: 'attachments' })],
      };
    },
  };
}

/** A rule on attestations of one kind that nobody signed. */
export function unsignedRule(kind: 'sbom' | 'provenance', name: string, description: RuleDescription): Rule {
  return {
    ...description,
    *judgeImage(evidence): Iterable<Draft> {
      const { trust } = evidence;
      if (trust === undefined) return;
      const all = attestationsOf(trust, kind);
      const types = missingTypes(trust, kind, 'unsigned');
      // Where it could not be looked who signed what BuildKit attests, nobody knows.
      const isUnsigned = all.every(({ verdict, coveredBy }) => verdict === 'unsigned' && coveredBy === null);
      if (all.length === 0 || (types.length === 0 && !(isUnsigned && trust.lookedBeside && trust.canCarry))) return;
      const wanted = types.length === 0 ? '' : `, and the policy wants ${types.join(' and ')} signed`;
      yield {
        key: 'unsigned',
        state: 'metadata',
        severity: types.length === 0 ? 'info' : 'high',
        message: `Nobody signed the ${name} that hangs on the image${wanted}.`,
        evidence: all.slice(0, 20).map((one) => attachmentPlace(evidence, one)),
      };
    },
  };
}
