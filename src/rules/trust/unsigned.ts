import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { isAbsenceKnown } from './attachments.ts';

/** An image that nobody signed. */
export const trustUnsigned: Rule = {
  id: 'trust/unsigned',
  title: 'The image is not signed',
  severity: 'info',
  confidence: 'high',
  why: 'A name in a registry says who may push there, and not who made what is there now. Without a signature, whoever gets hold of a password for the registry can put another image under the name, and nothing that runs it can tell.',
  fix: 'Sign what the pipeline pushes, by its digest: cosign sign ghcr.io/acme/api@sha256:…, with --recursive for the platforms as well, or notation sign. Then have it wanted where it runs.',
  references: ['https://docs.sigstore.dev/cosign/signing/signing_with_containers/', 'https://notaryproject.dev/docs/'],
  *judgeImage(evidence) {
    const { trust } = evidence;
    if (trust?.verdict !== 'unsigned' || !isAbsenceKnown(trust)) return;
    const wantsOne = trust.missing.some(({ what }) => what === 'signature');
    // Where only attestations are wanted, what is missing of them is told by other rules.
    if (trust.policy === 'given' && !wantsOne) return;
    const isWanted = trust.policy === 'given';
    yield {
      key: 'unsigned',
      state: 'metadata',
      severity: isWanted ? 'high' : 'info',
      message: isWanted ? 'Nobody signed the image, and it has to be signed.' : 'Nobody signed the image.',
      evidence: [imagePlace(evidence, { field: 'attachments' })],
    };
  },
};
