import { imagePlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';
import { attachmentPlace } from './attachments.ts';

/** An image of which it is not known whether whom the user trusts has signed it. */
export const trustNotVerified: Rule = {
  id: 'trust/not-verified',
  title: 'Who signed the image is not verified',
  severity: 'info',
  confidence: 'high',
  why: 'A signature says something only to somebody who said beforehand whose it has to be: anybody can sign anything. Where it could not be checked at all, because the registry did not answer or the place keeps no signatures, the image may be signed or not.',
  fix: 'Say whom you trust: --key cosign.pub, --certificate-identity with --certificate-oidc-issuer, or a policy with --config. Give the image as its registry names it, since archives and daemons leave signatures behind.',
  references: ['https://docs.sigstore.dev/cosign/verifying/verify/'],
  *judgeImage(evidence): Iterable<Draft> {
    const { trust, redact } = evidence;
    if (trust === undefined || trust.verdict === 'verified' || trust.verdict === 'unsigned') return;
    const isWanted = trust.policy === 'given';
    const isExplained = trust.verdict === 'failed' && trust.attachments.some(({ verdict }) => verdict === 'failed');
    // What failed has rules of its own, and what could not be looked at is wrong only where somebody wants it.
    if (isExplained || (!isWanted && trust.verdict !== 'unverified')) return;
    // What is missing of attestations is told by other rules.
    const wantsSignature = trust.missing.length === 0 || trust.missing.some(({ what }) => what === 'signature');
    if (isWanted && !wantsSignature) return;
    const noRule = trust.policy === 'no-rule';
    const signatures = trust.attachments.filter(
      ({ verdict, kind }) => verdict === 'unverified' && kind === 'signature',
    );
    const reasons = isWanted || noRule ? trust.reasons : signatures.flatMap((one) => one.reasons);
    const why = [...new Set(reasons)].slice(0, 3).map(redact).join('; ');
    yield {
      key: 'not-verified',
      state: 'metadata',
      severity: isWanted ? 'high' : noRule ? 'medium' : 'info',
      message: `${noRule ? 'The policy says nothing of this image' : isWanted ? 'The image has to be verified, and is not' : 'The image is signed, and nobody said whom to trust'}: ${why}.`,
      evidence:
        signatures.length === 0
          ? [imagePlace(evidence, { field: 'attachments' })]
          : signatures.slice(0, 20).map((one) => attachmentPlace(evidence, one)),
    };
  },
};
