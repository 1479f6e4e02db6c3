import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';
import { runsDownload } from '../shell-text.ts';

/** A download that is run without having been looked at. */
export const layerPipeToShell: Rule = {
  id: 'layer/pipe-to-shell',
  title: 'A download was run as it came',
  severity: 'medium',
  confidence: 'high',
  why: 'Whoever controls the address, the name server or the mirror at the moment of the build decides what runs as root in it, and a download that breaks off runs in half.',
  fix: 'Download to a file, check its digest or signature, then run it: RUN curl -fsSLo install.sh https://… && echo "… install.sh" | sha256sum -c && sh install.sh.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#using-pipes',
    'https://slsa.dev/spec/v1.0/threats',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, ({ calls }) => runsDownload(calls), {
      key: 'pipe',
      verb: ['runs', 'run'],
      what: 'what was just downloaded, unseen',
    }),
};
