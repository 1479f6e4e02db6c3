import type { Rule } from '../rule.ts';
import { judgeTools } from '../tools.ts';

/** Programs whose purpose is to make root of somebody else. */
export const privilegeSudo: Rule = {
  id: 'privilege/sudo',
  title: 'sudo is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'sudo turns the unprivileged user of the container into root wherever its rules, or a bug in it, allow. What needs root belongs into the Dockerfile, before USER.',
  fix: 'Leave sudo out of the image. An entry point that begins as root and then drops its rights uses gosu, su-exec or setpriv.',
  references: ['https://docs.docker.com/build/building/best-practices/#user', 'https://github.com/tianon/gosu'],
  judgeImage: (evidence) => judgeTools(evidence, 'sudo', ['sudo', 'sudo-rs', 'doas', 'pkexec'], 'low'),
};
