import type { Rule } from '../rule.ts';
import { judgeTools } from '../tools.ts';

/** A server that lets people log in to the container. */
export const privilegeSshServer: Rule = {
  id: 'privilege/ssh-server',
  title: 'An SSH server is in the image',
  severity: 'medium',
  confidence: 'high',
  why: 'An SSH server is a second way in, with keys and accounts of its own, past everything that the orchestrator records and allows. Who has to look into a container has docker exec and kubectl exec (CIS Docker Benchmark 1.6, 5.7).',
  fix: 'Leave openssh-server or dropbear out of the image, and use docker exec, kubectl exec or kubectl debug.',
  references: [
    'https://www.cisecurity.org/benchmark/docker',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/',
  ],
  judgeImage: (evidence) =>
    judgeTools(evidence, 'ssh-server', ['sshd', 'dropbear', 'dropbearmulti', 'tinysshd'], 'medium'),
};
