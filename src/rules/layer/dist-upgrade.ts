import { calls, judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

const UPGRADE =
  /^(?:apt(?:-get)?\s+(?:-\S+\s+)*(?:dist-upgrade|full-upgrade|do-release-upgrade)|do-release-upgrade|zypper\s+(?:-\S+\s+)*dup)(?:\s|$)/;

/** A whole distribution that was exchanged in a layer. */
export const layerDistUpgrade: Rule = {
  id: 'layer/dist-upgrade',
  title: 'The whole distribution was upgraded in a layer',
  severity: 'low',
  confidence: 'high',
  why: 'Everything that is exchanged is in the image twice, the result differs with the day of the build, and what the base image was tested with is gone.',
  fix: 'Take a newer base image, pinned by its digest, and rebuild when it changes.',
  references: ['https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often'],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, (one) => calls(one, (call) => UPGRADE.test(call)), {
      key: 'upgrade',
      verb: ['upgrades', 'upgrade'],
      what: 'the whole distribution',
    }),
};
