import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** No HEALTHCHECK, and none refused. */
export const configNoHealthcheck: Rule = {
  id: 'config/no-healthcheck',
  title: 'The image does not say how its health is checked',
  severity: 'info',
  confidence: 'high',
  why: 'Docker and Compose take a container for healthy as long as its process runs, also when it answers nobody. Kubernetes has probes of its own and ignores HEALTHCHECK (CIS Docker Benchmark 4.6).',
  fix: 'Have the program check itself: HEALTHCHECK CMD ["/app", "health"]. Where probes do it, say so: HEALTHCHECK NONE.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#healthcheck',
    'https://www.cisecurity.org/benchmark/docker',
  ],
  *judgeImage(evidence) {
    const config = evidence.image.config?.config;
    // What runs nothing by itself is a base for others, or a box of files.
    if (config === undefined || config.healthcheck !== null) return;
    if (config.entrypoint.length + config.cmd.length === 0) return;
    yield {
      key: 'healthcheck',
      state: 'metadata',
      message: 'The configuration has no HEALTHCHECK.',
      evidence: [imagePlace(evidence, { field: 'config.Healthcheck' })],
    };
  },
};
