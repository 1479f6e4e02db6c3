import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** MAINTAINER in the history. */
export const configMaintainer: Rule = {
  id: 'config/maintainer',
  title: 'The maintainer is given in the old way',
  severity: 'info',
  confidence: 'high',
  why: 'MAINTAINER has been deprecated since 2017: it goes into a field that registries and tools do not show.',
  fix: 'Say it in a label: LABEL org.opencontainers.image.authors="team@example.com".',
  references: [
    'https://docs.docker.com/reference/dockerfile/#maintainer-deprecated',
    'https://github.com/opencontainers/image-spec/blob/main/annotations.md',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, ({ text }) => /^MAINTAINER\s/.test(text), {
      key: 'maintainer',
      verb: ['is', 'are'],
      what: 'MAINTAINER',
    }),
};
