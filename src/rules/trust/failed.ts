import type { Severity } from '../../core/index.ts';
import type { CheckedAttachment } from '../../trust/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import type { Draft, Rule, RuleDescription } from '../rule.ts';
import { attachmentPlace } from './attachments.ts';

/** How bad it is that something failed. */
export interface FailureSeverities {
  /** Where the image is not verified because of it, and has to be. */
  readonly wanted: Severity;
  /** Where nobody wants anything, or the image is verified by another signature: whoever can push can add wrong ones. */
  readonly beside: Severity;
}

/** A rule on attachments that failed for one reason. */
export function failedRule(
  problem: NonNullable<CheckedAttachment['problem']>,
  message: (one: CheckedAttachment) => string,
  { wanted, beside }: FailureSeverities,
  description: RuleDescription,
): Rule {
  return {
    ...description,
    *judgeImage(evidence: ImageEvidence): Iterable<Draft> {
      const { trust, redact } = evidence;
      const failures = trust?.attachments.filter((one) => one.problem === problem) ?? [];
      const isWanted = trust?.policy === 'given' && trust.verdict !== 'verified';
      for (const one of failures.slice(0, 100)) {
        yield {
          // Digests differ from build to build, and the problem is the same.
          key: `${one.kind} ${one.format} ${one.predicateType ?? ''} ${one.signature?.signer.name ?? ''}`,
          state: 'metadata',
          severity: isWanted ? wanted : beside,
          message: redact(`${message(one)}${/[.]$/.test(message(one)) ? '' : '.'}`),
          evidence: [attachmentPlace(evidence, one)],
        };
      }
    },
  };
}

/** What an attachment is, to begin a sentence with. */
export function nameOf({ kind, predicateType }: CheckedAttachment): string {
  if (kind === 'attestation') return `An attestation${predicateType === null ? '' : ` of type ${predicateType}`}`;
  return kind === 'signature' ? 'A signature' : 'Something that hangs on the image';
}
