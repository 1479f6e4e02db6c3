import { instructionPlace, instructionsOf } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** What a container runs that somebody types into: `docker commit` writes it into the history. */
const INTERACTIVE =
  /^(?:(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k)?sh|bash -l|sh -l|\/bin\/bash -i|tail -f \/dev\/null|sleep infinity)$/;

/** A layer that was made by hand in a running container. */
export const configCommitted: Rule = {
  id: 'config/committed',
  title: 'A layer was made by hand in a running container',
  severity: 'low',
  confidence: 'medium',
  why: 'docker commit keeps whatever is in a container: histories of shells, keys that were copied in, caches. Nobody can build the image again or say what is in it.',
  fix: 'Write what was done into a Dockerfile, and build the image from it.',
  references: ['https://docs.docker.com/reference/cli/docker/container/commit/'],
  *judgeImage(evidence) {
    const committed = instructionsOf(evidence).filter(
      ({ text, layerIndex }) => layerIndex !== null && INTERACTIVE.test(text),
    );
    if (committed.length === 0) return;
    yield {
      key: 'committed',
      state: 'metadata',
      message: `The history says that ${JSON.stringify(committed[0]?.text)} made a layer, and no instruction.`,
      evidence: committed.map((instruction) => instructionPlace(evidence, instruction)),
    };
  },
};
