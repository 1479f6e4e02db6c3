/** What comparing an image with its next version costs, against the audits of the two: `npm run bench -- --diff`. */
import { join } from 'node:path';
import { makeImage } from './make-image.ts';
import { measure, median, type Subject } from './measure.ts';

/** What to compare. */
export interface DiffBench {
  readonly folder: string;
  readonly megabytes: number;
  readonly files: number;
  readonly rounds: number;
  /** The program. */
  readonly run: string;
}

/** Makes two versions of an image, and prints the time and memory of `audit diff` beside those of the two audits. */
export async function benchDiff({ folder, megabytes, files, rounds, run }: DiffBench): Promise<void> {
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  console.log(`Making two versions of an image of ${megabytes} MB and ${files} files …`);
  await makeImage({ folder: before, megabytes, files });
  await makeImage({ folder: after, megabytes, files, next: true });
  const quiet = ['--format', 'json', '--no-progress', '-o', '/dev/null'];
  const subject = (name: string, args: readonly string[]): Subject => ({
    name,
    command: process.execPath,
    args: [run, ...args, ...quiet],
    node: true,
  });
  const [first, second, diff] = measure(
    [
      subject('audit before', ['image', `oci:${before}`]),
      subject('audit after', ['image', `oci:${after}`]),
      subject('audit diff', ['diff', `oci:${before}`, `oci:${after}`]),
    ],
    rounds,
  );
  if (first === undefined || second === undefined || diff === undefined) return;
  const ratios = diff.seconds.map((seconds, i) => seconds / ((first.seconds[i] ?? 0) + (second.seconds[i] ?? 0)));
  for (const { name, seconds, peakMegabytes } of [first, second, diff]) {
    console.log(`${name.padEnd(16)} ${median(seconds).toFixed(2)} s, ${(peakMegabytes ?? 0).toFixed(0)} MB at most`);
  }
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  console.log(`audit diff takes ${median(ratios).toFixed(2)} times the two audits (${range}); the limit is 1.2`);
}
