import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { runtimeUser } from '../runtime-user.ts';

/** USER names an account or a group that the image does not have. */
export const userUnknown: Rule = {
  id: 'user/unknown',
  title: 'USER names somebody whom the image does not know',
  severity: 'medium',
  confidence: 'high',
  why: 'The runtime looks a name up in the /etc/passwd and /etc/group of the image. What is not there does not start, and who then runs it with another user finds root to work.',
  fix: 'Make the account in the last stage, or use a number, which needs no account: USER 10001:10001.',
  references: ['https://docs.docker.com/reference/dockerfile/#user'],
  *judgeImage(evidence) {
    const user = runtimeUser(evidence);
    // What was not examined may hold the account.
    if (user === null || !('what' in user) || evidence.layers.some(({ record }) => record === null)) return;
    const file = user.what === 'user' ? '/etc/passwd' : '/etc/group';
    yield {
      key: user.what,
      state: 'metadata',
      message: `USER names the ${user.what} ${JSON.stringify(evidence.redact(user.name))}, which is not in ${file}: the container does not start.`,
      evidence: [imagePlace(evidence, { field: 'config.User' })],
    };
  },
};
