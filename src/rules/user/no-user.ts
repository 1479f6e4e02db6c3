import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** The configuration names no user, so that the runtime takes root. */
export const userNoUser: Rule = {
  id: 'user/no-user',
  title: 'No USER is set: the container runs as root',
  severity: 'medium',
  confidence: 'high',
  why: 'Without a USER the runtime starts the container as root: root on every file and device that the container is given, and on the host the moment an isolation bug is found (CIS Docker Benchmark 1.6, 4.1).',
  fix: 'Create an account in the Dockerfile and switch to it before the last instruction, by number so that Kubernetes can check runAsNonRoot: RUN adduser --system --uid 10001 app, USER 10001.',
  references: ['https://www.cisecurity.org/benchmark/docker', 'https://docs.docker.com/reference/dockerfile/#user'],
  *judgeImage(evidence) {
    const { config, platform } = evidence.image;
    if (config === null || platform.startsWith('windows/') || config.config.user.trim() !== '') return;
    yield {
      key: 'no-user',
      state: 'metadata',
      message: 'The configuration has no USER, so the container runs as root.',
      evidence: [imagePlace(evidence, { field: 'config.User' })],
    };
  },
};
