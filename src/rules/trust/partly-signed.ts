import type { ImageEvidence } from '../evidence.ts';
import type { Draft, Rule, RuleDescription } from '../rule.ts';
import { attachmentPlace } from './attachments.ts';

/** A rule on images of which one document is signed and the other is not. */
export function partlySignedRule(signed: 'index' | 'image', message: string, description: RuleDescription): Rule {
  return {
    ...description,
    *judgeImage(evidence: ImageEvidence): Iterable<Draft> {
      const { trust } = evidence;
      if (trust === undefined || !trust.looked || ![...trust.roles.values()].includes('index')) return;
      // Of what failed nobody says that it is a signature.
      const signatures = trust.attachments.filter(
        ({ kind, verdict }) => kind === 'signature' && (verdict === 'verified' || verdict === 'unverified'),
      );
      const on = signatures.map(({ subject }) => (subject === null ? undefined : trust.roles.get(subject)));
      if (signatures.length === 0 || on.some((role) => role !== signed)) return;
      yield {
        key: 'partly',
        state: 'metadata',
        message,
        evidence: signatures.slice(0, 20).map((one) => attachmentPlace(evidence, one)),
      };
    },
  };
}
