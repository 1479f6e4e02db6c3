import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** ADD of something from the network. */
export const layerAddRemote: Rule = {
  id: 'layer/add-remote',
  title: 'ADD fetches from the network',
  severity: 'low',
  confidence: 'high',
  why: 'What stands behind the address may be another file tomorrow, and nobody checks that it is the one that was meant (CIS Docker Benchmark 4.9).',
  fix: 'State what it has to be: ADD --checksum=sha256:… https://… /, or fetch, check and remove it in one RUN.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#add---checksum',
    'https://www.cisecurity.org/benchmark/docker',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(
      evidence,
      ({ text }) => /^ADD\s/.test(text) && /\s(?:https?|ftp):\/\//i.test(text) && !/\s--checksum=/.test(text),
      {
        key: 'add',
        verb: ['fetches', 'fetch'],
        what: 'a file from the network without saying what it has to be',
      },
    ),
};
