import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** EXPOSE 22: the image means to be logged in to. */
export const configSshPort: Rule = {
  id: 'config/ssh-port',
  title: 'The port of SSH is exposed',
  severity: 'low',
  confidence: 'high',
  why: 'An image that exposes port 22 expects to be logged in to, with keys and accounts of its own, past what the orchestrator records and allows (CIS Docker Benchmark 5.7).',
  fix: 'Leave EXPOSE 22 and the server out, and use docker exec, kubectl exec or kubectl debug.',
  references: ['https://docs.docker.com/reference/dockerfile/#expose', 'https://www.cisecurity.org/benchmark/docker'],
  *judgeImage(evidence) {
    const port = (evidence.image.config?.config.exposedPorts ?? []).find((one) => /^22(?:\/tcp)?$/.test(one));
    if (port === undefined) return;
    yield {
      key: 'port',
      state: 'metadata',
      message: `Port ${port} is exposed.`,
      evidence: [imagePlace(evidence, { field: `config.ExposedPorts.${port}` })],
    };
  },
};
