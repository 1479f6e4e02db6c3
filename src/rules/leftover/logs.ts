import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Logs of package managers and programs. */
export const leftoverLogs: Rule = {
  id: 'leftover/logs',
  title: 'Logs are in the image',
  severity: 'info',
  confidence: 'high',
  why: 'Logs of the build differ with every build, and those of a program that ran in it may hold what it was given. A container writes its own to standard output.',
  fix: 'Delete them in the instruction that writes them: RUN apt-get install -y … && rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log.',
  references: ['https://docs.docker.com/engine/logging/', 'https://12factor.net/logs'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'logs', { what: 'Logs', named: true }),
};
