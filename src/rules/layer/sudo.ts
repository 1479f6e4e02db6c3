import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** Build steps that call sudo. */
export const layerSudo: Rule = {
  id: 'layer/sudo',
  title: 'A build step calls sudo',
  severity: 'low',
  confidence: 'high',
  why: 'A build that needs sudo has installed it, with rules that let somebody become root without a password; what helps the build helps an attacker in the container as well.',
  fix: 'Change the user for the steps that need it: USER root, RUN …, USER 10001. Where a program has to become another user at its start, use setpriv or gosu.',
  references: ['https://docs.docker.com/build/building/best-practices/#user'],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, ({ calls }) => calls.some(({ sudo }) => sudo), {
      key: 'sudo',
      verb: ['calls', 'call'],
      what: 'sudo',
    }),
};
