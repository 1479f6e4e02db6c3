import type { Rule } from '../rule.ts';
import { judgeTools } from '../tools.ts';

const DEBUGGERS = [
  'gdb',
  'gdbserver',
  'lldb',
  'lldb-server',
  'strace',
  'ltrace',
  'perf',
  'dlv',
  'valgrind',
  'bpftrace',
  'radare2',
  'r2',
];

/** Programs that look into other programs. */
export const leftoverDebugger: Rule = {
  id: 'leftover/debugger',
  title: 'A debugger is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'A debugger reads and changes the memory of every process of the same user: keys and passwords that never were in a file. It belongs to a container that is attached when it is needed.',
  fix: 'Leave it out of the last stage, and debug from a second container: kubectl debug --image=… --target=…, docker debug.',
  references: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container'],
  judgeImage: (evidence) => judgeTools(evidence, 'debugger', DEBUGGERS, 'low'),
};
