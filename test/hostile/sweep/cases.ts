/**
 * Cuts and flips of bytes, in tens of thousands. By default a sample that takes about a minute on two cores;
 * `LAYER_AUDIT_SWEEP=full` takes every place.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Whether every place is to be taken. */
export const FULL_SWEEP = process.env['LAYER_AUDIT_SWEEP'] === 'full';

/** Most time of a test of a sweep. */
export const SWEEP_TIMEOUT_MS = FULL_SWEEP ? 3_600_000 : 120_000;

/** Bytes that were damaged, and how. */
export interface Damaged {
  readonly how: string;
  readonly bytes: Buffer;
  /** First byte that is not what it was. */
  readonly at: number;
}

const MASKS = [0xff, 0x01, 0x80, 0x20] as const;

/** The bytes cut off at every place, or at a sample of `most` places. */
export function* cuts(bytes: Buffer, most: number): Generator<Damaged> {
  const step = FULL_SWEEP ? 1 : Math.max(1, Math.floor(bytes.byteLength / most));
  for (let at = 0; at < bytes.byteLength; at += step) {
    yield { how: `cut at ${at}`, bytes: Buffer.from(bytes.subarray(0, at)), at };
  }
}

/** The bytes with one of them changed, at every place, or at a sample of `most` places. */
export function* flips(bytes: Buffer, most: number, from = 0, to = bytes.byteLength): Generator<Damaged> {
  const step = FULL_SWEEP ? 1 : Math.max(1, Math.floor((to - from) / most));
  let i = 0;
  for (let at = from; at < to; at += step) {
    // A full sweep tries all masks, a sample one after the other.
    for (const mask of FULL_SWEEP ? MASKS : [MASKS[i % MASKS.length] as number]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ mask;
      yield { how: `byte ${at} xor ${mask}`, bytes: changed, at };
    }
    i += 1;
  }
}

/** The bytes with a run of them overwritten, or left out. */
export function* gaps(bytes: Buffer, most: number, lengthBytes: number): Generator<Damaged> {
  const step = FULL_SWEEP ? 1 : Math.max(1, Math.floor(bytes.byteLength / most));
  for (let at = 0; at < bytes.byteLength - lengthBytes; at += step) {
    const overwritten = Buffer.from(bytes).fill(0xa5, at, at + lengthBytes);
    yield { how: `${lengthBytes} bytes overwritten at ${at}`, bytes: overwritten, at };
    const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + lengthBytes)]);
    yield { how: `${lengthBytes} bytes left out at ${at}`, bytes: shorter, at };
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use and cannot be collected; what streams hold is let go of in later turns only. */
export async function bytesInUse(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What no message and no report may hold: a stack, or a value that was not written for people. */
export const NOT_FOR_PEOPLE = /\bat [\w.<>#]+ \(|\.ts:\d+|\[object |\bNaN\b/;
