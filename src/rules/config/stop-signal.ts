import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Signals that no program can act on. */
const DEAF: ReadonlySet<string> = new Set(['KILL', '9', 'STOP', '19']);
/** Names of signals on Linux, without SIG (signal(7)). */
const SIGNALS: ReadonlySet<string> = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  ),
);

/** STOPSIGNAL that does not let the program end in order. */
export const configStopSignal: Rule = {
  id: 'config/stop-signal',
  title: 'STOPSIGNAL gives the program no chance to end in order',
  severity: 'low',
  confidence: 'high',
  why: 'The runtime sends this signal to stop a container. SIGKILL and SIGSTOP reach no program, so nothing is written or handed over; a name that is no signal keeps the container from being stopped in order at all.',
  fix: 'Leave STOPSIGNAL out, which gives SIGTERM, or name the signal that the program ends in order on: STOPSIGNAL SIGQUIT.',
  references: ['https://docs.docker.com/reference/dockerfile/#stopsignal'],
  *judgeImage(evidence) {
    const signal = evidence.image.config?.config.stopSignal;
    if (signal == null || signal === '') return;
    const name = signal.toUpperCase().replace(/^SIG/, '');
    const number = /^\d{1,2}$/.test(name) ? Number(name) : null;
    const isKnown = number === null ? SIGNALS.has(name) || /^RTM(?:IN|AX)(?:[+-]\d{1,2})?$/.test(name) : number <= 64;
    if (isKnown && number !== 0 && !DEAF.has(name)) return;
    yield {
      key: 'signal',
      state: 'metadata',
      message: `STOPSIGNAL is ${JSON.stringify(evidence.redact(signal))}, ${DEAF.has(name) ? 'which no program can act on' : 'which is no signal'}.`,
      evidence: [imagePlace(evidence, { field: 'config.StopSignal' })],
    };
  },
};
