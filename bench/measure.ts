/** Times whole processes, in turns, so that a machine that slows down slows all of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command to measure. */
export interface Subject {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Whether it is a Node program whose memory can be asked for. */
  readonly node: boolean;
}

/** What a subject took, run by run. */
export interface Measured {
  readonly name: string;
  readonly seconds: number[];
  readonly peakMegabytes: number | null;
}

/** Runs subjects in turns, one round uncounted first. */
export function measure(subjects: readonly Subject[], rounds: number): Measured[] {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-bench-'));
  const memory = join(folder, 'memory');
  const results = subjects.map(({ name }) => ({ name, seconds: [] as number[], peakMegabytes: null as number | null }));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [i, subject] of subjects.entries()) {
        rmSync(memory, { force: true });
        const args = subject.node
          ? ['--import', new URL('./memory.ts', import.meta.url).pathname, ...subject.args]
          : subject.args;
        const start = performance.now();
        const { error, status, stderr } = spawnSync(subject.command, args, {
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { ...process.env, BENCH_MEMORY: memory },
          maxBuffer: 64 * 1024 * 1024,
        });
        const seconds = (performance.now() - start) / 1000;
        // 1 and 3 are verdicts of an audit, not failures.
        if (error !== undefined || status === null || ![0, 1, 3].includes(status)) {
          throw new Error(`${subject.name} failed: ${error?.message ?? `status ${status}`}\n${stderr}`);
        }
        const result = results[i] as (typeof results)[number];
        if (round > 0) result.seconds.push(seconds);
        if (subject.node)
          result.peakMegabytes = Math.max(result.peakMegabytes ?? 0, Number(readFileSync(memory, 'utf8')) / 1024);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
