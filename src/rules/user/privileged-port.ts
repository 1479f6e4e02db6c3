import { fileCapabilities } from '../capabilities.ts';
import { commandsOf, fileOfCommand } from '../command.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { unprivilegedUser } from '../runtime-user.ts';

/** Ports below this one are for root, or for who has CAP_NET_BIND_SERVICE. */
const FIRST_FREE_PORT = 1024;

/** Ports that the user that the container runs as may not be able to open. */
export const userPrivilegedPort: Rule = {
  id: 'user/privileged-port',
  title: 'A port below 1024 is exposed, and the user is not root',
  severity: 'low',
  confidence: 'medium',
  why: 'Where the runtime does not lift the limit (Docker has done so since 20.10, Kubernetes leaves it to containerd’s settings), the program cannot open the port, and the usual way out is to run it as root.',
  fix: 'Listen on a port from 1024 on and map it: EXPOSE 8080, docker run -p 80:8080. Else give the program the capability: RUN setcap cap_net_bind_service=+ep /app.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#expose',
    'https://man7.org/linux/man-pages/man7/capabilities.7.html',
  ],
  *judgeImage(evidence) {
    const user = unprivilegedUser(evidence);
    if (user === null) return;
    const ports = (evidence.image.config?.config.exposedPorts ?? []).filter((port) => {
      const number = /^\d{1,5}/.exec(port)?.[0];
      return number !== undefined && Number(number) > 0 && Number(number) < FIRST_FREE_PORT;
    });
    if (ports.length === 0) return;
    const capable = commandsOf(evidence).some(({ words }) => {
      const file = fileOfCommand(evidence, words[0] ?? '');
      return file !== null && fileCapabilities(evidence, file)?.permitted.includes('net_bind_service') === true;
    });
    if (capable) return;
    for (const port of ports) {
      yield {
        key: port,
        state: 'metadata',
        message: `Port ${evidence.redact(port)} is exposed, the user is UID ${user.uid}, and its program has no CAP_NET_BIND_SERVICE.`,
        evidence: [imagePlace(evidence, { field: `config.ExposedPorts.${evidence.redact(port)}` })],
      };
    }
  },
};
