import { instructionPlace, instructionsOf, shellCommands } from '../instructions.ts';
import type { Rule } from '../rule.ts';

const PIPE =
  /(?:^|[\s(])(?:curl|wget|fetch)\s[^|]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\S*\/)?(?:(?:ba|da|a|z|k)?sh|python\d?(?:\.\d+)?|perl|ruby|node|php)(?:\s|$)|(?:ba|da|a|z|k)?sh\s+(?:-c\s+)?["']?(?:\$\(|<\(|`)\s*(?:curl|wget)\s/;

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
  *judgeImage(evidence) {
    const found = instructionsOf(evidence).filter(({ text }) =>
      shellCommands(text).some((command) => PIPE.test(command)),
    );
    if (found.length === 0) return;
    yield {
      key: 'pipe',
      state: 'metadata',
      message: `${found.length === 1 ? 'An instruction runs' : `${found.length} instructions run`} what was just downloaded, unseen.`,
      evidence: found.map((instruction) => instructionPlace(evidence, instruction)),
    };
  },
};
