import type { Gap } from '../../core/index.ts';
import type { Pen } from './pen.ts';

/** What was not examined, and why that matters to what was said before; nothing where nothing is missing. */
export function gapLines(gaps: readonly Gap[], pen: Pen): string[] {
  const missing = gaps.filter((gap) => gap.incomplete);
  if (missing.length === 0) return [];
  return [
    ...pen.heading('NOT EXAMINED, so that numbers are too small'),
    ...missing.flatMap((gap) => pen.text(`${gap.reason}: ${gap.message}`, '  ')),
  ];
}
