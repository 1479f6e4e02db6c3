import { baseName } from '../../core/index.ts';
import { commandsOf } from '../command.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Programs that start and watch several others. */
const SUPERVISORS: ReadonlySet<string> = new Set([
  'supervisord',
  's6-svscan',
  'runsvdir',
  'runit',
  'runit-init',
  'monit',
  'systemd',
  'circusd',
  'openrc-init',
  'foreman',
  'honcho',
  'pm2',
  'pm2-runtime',
]);

/** The container starts a supervisor of several services. */
export const configSeveralServices: Rule = {
  id: 'config/several-services',
  title: 'The container starts a supervisor of several services',
  severity: 'info',
  confidence: 'medium',
  why: 'Services that share a container share its user, files, limits and fate: one that is taken over or runs out of memory takes the others along, and the orchestrator sees a healthy supervisor.',
  fix: 'Make an image and a container of each service, and let the orchestrator start, watch and scale them.',
  references: ['https://docs.docker.com/engine/containers/multi-service_container/'],
  *judgeImage(evidence) {
    for (const { field, words } of commandsOf(evidence)) {
      if (field === 'config.Healthcheck.Test') continue;
      const word = words.find(
        (one) =>
          SUPERVISORS.has(baseName(one)) || /^\/(?:usr\/)?(?:s?bin|lib\/systemd)\/(?:init|systemd)$|^\/init$/.test(one),
      );
      if (word === undefined) continue;
      yield {
        key: field,
        state: 'metadata',
        message: `${field} starts ${evidence.redact(word)}.`,
        evidence: [imagePlace(evidence, { field })],
      };
    }
  },
};
