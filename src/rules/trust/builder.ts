import type { Draft, Rule } from '../rule.ts';
import { attachmentPlace, attestationsOf } from './attachments.ts';

/** Provenance that names another builder than the policy allows. */
export const trustBuilder: Rule = {
  id: 'trust/builder',
  title: 'The image was built by another builder than it has to be',
  severity: 'high',
  confidence: 'high',
  why: 'What a builder attests is worth as much as the builder: one that is shared keeps a build from writing its own provenance, a runner of one’s own does not. An image from another builder has come past the pipeline, or the pipeline has changed without the policy.',
  fix: 'Build it where the policy says, or add the builder to builders in the policy after you have looked at who can run builds there.',
  references: ['https://slsa.dev/spec/v1.0/verifying-artifacts', 'https://slsa.dev/spec/v1.0/provenance#builder'],
  *judgeImage(evidence): Iterable<Draft> {
    const { trust, redact } = evidence;
    for (const missing of trust?.missing ?? []) {
      if (trust === undefined || missing.what !== 'attestation' || missing.why !== 'builder') continue;
      yield {
        key: missing.type,
        state: 'metadata',
        message: redact(
          `Provenance of type ${missing.type} names ${missing.builders.join(', ')} as its builder, whom the policy does not allow.`,
        ),
        evidence: attestationsOf(trust, 'provenance')
          .filter(({ verdict, coveredBy }) => verdict === 'verified' || coveredBy !== null)
          .slice(0, 20)
          .map((one) => attachmentPlace(evidence, one)),
      };
    }
  },
};
