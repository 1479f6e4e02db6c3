import { calls, judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

const INSTALL = /^(?:apt|apt-get|aptitude)\s+(?:-\S+\s+(?:[A-Z]\S*=\S+\s+)?)*install\s/;
const WITHOUT =
  /\s--(?:no-install-recommends|without-recommends)(?:\s|=true|$)|APT::Install-Recommends=["']?(?:0|false|no)|\s(?:-R)\s/i;

/** Installations by apt that bring what nobody asked for. */
export const layerInstallRecommends: Rule = {
  id: 'layer/install-recommends',
  title: 'apt-get installed what is only recommended',
  severity: 'info',
  confidence: 'high',
  why: 'Packages that are only recommended come along unless apt is told otherwise: often more bytes than what was asked for, and more programs for an intruder.',
  fix: 'RUN apt-get install -y --no-install-recommends …, and name what is really needed.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#apt-get',
    'https://manpages.debian.org/stable/apt/apt-get.8.en.html',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, (one) => calls(one, (call) => INSTALL.test(call) && !WITHOUT.test(call)), {
      key: 'install',
      verb: ['installs', 'install'],
      what: 'packages together with those that they only recommend',
    }),
};
