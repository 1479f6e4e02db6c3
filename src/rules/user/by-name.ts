import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { unprivilegedUser } from '../runtime-user.ts';

/** USER is an unprivileged account, by its name. */
export const userByName: Rule = {
  id: 'user/by-name',
  title: 'USER is a name, which Kubernetes cannot check',
  severity: 'info',
  confidence: 'high',
  why: 'Kubernetes refuses to start a container with runAsNonRoot whose user is a name: it does not look into the image, and cannot tell that the name is not root.',
  fix: 'Write the number of the account: USER 10001 instead of USER app.',
  references: ['https://kubernetes.io/docs/tasks/configure-pod-container/security-context/'],
  *judgeImage(evidence) {
    const user = unprivilegedUser(evidence);
    const name = evidence.image.config?.config.user.trim().split(':')[0] ?? '';
    if (user === null || /^[+-]?\d+$/.test(name)) return;
    yield {
      key: 'by-name',
      state: 'metadata',
      message: `USER is ${JSON.stringify(evidence.redact(name))}, UID ${user.uid}.`,
      evidence: [imagePlace(evidence, { field: 'config.User' })],
    };
  },
};
