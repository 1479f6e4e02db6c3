import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const DAY_MS = 86_400_000;

/** The image says that it was made in the future. */
export const configCreated: Rule = {
  id: 'config/created',
  title: 'The image says that it was made in the future',
  severity: 'low',
  confidence: 'high',
  why: 'Clean-up jobs, update checks and policies about age go by this time: an image from the future is the newest for years. It is a wrong clock, or somebody who wants just that.',
  fix: 'Set the clock of the build machine, or give the time of the commit: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) docker build.',
  references: [
    'https://github.com/opencontainers/image-spec/blob/main/config.md',
    'https://reproducible-builds.org/docs/source-date-epoch/',
  ],
  *judgeImage(evidence) {
    const created = evidence.image.config?.created;
    // Without today's date nothing is known of the future.
    if (created == null || evidence.today === undefined) return;
    const time = Date.parse(created);
    if (Number.isNaN(time) || time < Date.parse(evidence.today) + 2 * DAY_MS) return;
    yield {
      key: 'created',
      state: 'metadata',
      message: `It was made on ${evidence.redact(created)}, and today is ${evidence.today}.`,
      evidence: [imagePlace(evidence, { field: 'created' })],
    };
  },
};
