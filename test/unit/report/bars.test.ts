import { describe, expect, test } from 'vitest';
import { Pen } from '../../../src/report/reporters/pen.ts';

const bars = (pen: Pen): string[] => [-1, 0, 0.0001, 0.05, 0.5, 0.999, 1, 7].map((share) => pen.bar(share));

describe('a bar', () => {
  test('is as long as the share, in eighths, and never empty for something', () => {
    expect(bars(new Pen({ colours: false, width: 120 }))).toEqual([
      ' '.repeat(10),
      ' '.repeat(10),
      '▏         ',
      '▌         ',
      '█████     ',
      '██████████',
      '██████████',
      '██████████',
    ]);
  });

  test('is drawn in ASCII where the terminal has no more', () => {
    expect(bars(new Pen({ colours: false, width: 120, ascii: true }))).toEqual([
      ' '.repeat(10),
      ' '.repeat(10),
      '-         ',
      '-         ',
      '#####     ',
      '##########',
      '##########',
      '##########',
    ]);
  });

  test('is left out where the terminal is narrow', () => {
    expect(bars(new Pen({ colours: false, width: 80 }))).toEqual(Array.from({ length: 8 }, () => ''));
  });
});
