import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const SECOND_NS = 1e9;
const LONG_INTERVAL_S = 600;
/** What Docker takes where nothing is said. */
const DEFAULT_S = 30;

/** A health check whose times tell nothing, or tell it late. */
export const configHealthcheckTimes: Rule = {
  id: 'config/healthcheck-times',
  title: 'The health check has odd times',
  severity: 'info',
  confidence: 'high',
  why: 'A check that may take longer than the interval between two, or that runs once in ten minutes, tells of trouble when users have long told of it.',
  fix: 'Give a timeout below the interval, and both in seconds: HEALTHCHECK --interval=30s --timeout=3s CMD ["/app", "health"].',
  references: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  *judgeImage(evidence) {
    const check = evidence.image.config?.config.healthcheck;
    if (check == null || !['CMD', 'CMD-SHELL'].includes(check.test[0] ?? '')) return;
    const interval = seconds(check.intervalNs);
    const timeout = seconds(check.timeoutNs);
    const fault =
      interval > LONG_INTERVAL_S
        ? `it runs every ${interval} seconds`
        : timeout > interval
          ? `it may take ${timeout} seconds, and runs every ${interval}`
          : null;
    if (fault === null) return;
    yield {
      key: 'times',
      state: 'metadata',
      message: `The health check tells of trouble late: ${fault}.`,
      evidence: [imagePlace(evidence, { field: 'config.Healthcheck' })],
    };
  },
};

function seconds(nanoseconds: number | null): number {
  return nanoseconds === null || nanoseconds === 0 ? DEFAULT_S : nanoseconds / SECOND_NS;
}
