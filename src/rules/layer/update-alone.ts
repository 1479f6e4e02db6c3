import { calls, judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

const UPDATE =
  /^(?:apt(?:-get)?\s+(?:-\S+\s+)*update|apk\s+(?:-\S+\s+)*update|(?:yum|dnf|microdnf|tdnf)\s+(?:-\S+\s+)*makecache|zypper\s+(?:-\S+\s+)*ref(?:resh)?)(?:\s|$)/;
const INSTALL = /(?:^|\s)(?:install|add|upgrade|dist-upgrade|full-upgrade|in)(?:\s|$)/;

/** Package lists that were fetched in a layer of their own. */
export const layerUpdateAlone: Rule = {
  id: 'layer/update-alone',
  title: 'Package lists were fetched in a layer of their own',
  severity: 'low',
  confidence: 'high',
  why: 'The builder keeps that layer in its cache, and a later install takes versions from lists that are weeks old, or fails. The lists stay in the image as well.',
  fix: 'Fetch, install and clean up in one: RUN apt-get update && apt-get install -y --no-install-recommends … && rm -rf /var/lib/apt/lists/*.',
  references: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
  judgeImage: (evidence) =>
    judgeInstructions(
      evidence,
      (one) => calls(one, (call) => UPDATE.test(call)) && !calls(one, (call) => INSTALL.test(call)),
      {
        key: 'update',
        verb: ['fetches', 'fetch'],
        what: 'package lists and installs nothing',
      },
    ),
};
