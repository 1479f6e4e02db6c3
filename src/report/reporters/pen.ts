import { printable } from '../../core/index.ts';
import { columns, cut, wrap } from './layout.ts';

/** How to draw a table. */
export interface DrawOptions {
  readonly colours: boolean;
  /** Columns of the terminal; lines are cut and wrapped to it. */
  readonly width: number;
  /** Draw bars of letters that every terminal has. */
  readonly ascii?: boolean;
}

/** Columns below which there is no room for bars. */
const BAR_MIN_WIDTH = 90;
/** Columns of a bar. */
const BAR = 10;

/** Draws lines for a terminal: everything that came out of an image is escaped on the way. */
export class Pen {
  readonly width: number;
  readonly #colours: boolean;
  readonly #ascii: boolean;

  constructor({ colours, width, ascii = false }: DrawOptions) {
    this.width = Math.max(60, width);
    this.#colours = colours;
    this.#ascii = ascii;
  }

  /** A share as a bar, nothing but nothing as an empty one; no bar at all where a terminal is narrow. */
  bar(share: number): string {
    if (this.width < BAR_MIN_WIDTH) return '';
    return this.#ascii ? asciiBar(share, BAR) : bar(share, BAR);
  }

  bold(text: string): string {
    return this.#paint('1', text);
  }

  dim(text: string): string {
    return this.#paint('2', text);
  }

  bad(text: string): string {
    return this.#paint('1;31', text);
  }

  good(text: string): string {
    return this.#paint('32', text);
  }

  /** A heading over what follows, after an empty line. */
  heading(text: string): string[] {
    return ['', this.bold(cut(oneLine(text), this.width))];
  }

  /** Sentences, wrapped. */
  text(text: string, indent = ''): string[] {
    return wrap(oneLine(text), this.width - indent.length).map((line) => `${indent}${line}`);
  }

  /** Rows under a header as aligned columns, each line cut to the width. */
  table(header: readonly string[], rows: readonly (readonly string[])[], alignRight: readonly number[]): string[] {
    const cells = [header, ...rows.map((row) => row.map(oneLine))];
    return columns(cells, new Set(alignRight)).map((line, i) => {
      const fitting = cut(line, this.width);
      return i === 0 ? this.dim(fitting) : fitting;
    });
  }

  #paint(code: string, text: string): string {
    return this.#colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** A text out of an image, fit to stand in one line. Docker's names for copied content are shortened. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').replace(/\b((?:file|dir|multi):[0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…'));
}

/** Columns are drawn in eighths. */
function bar(share: number, length: number): string {
  if (share <= 0) return ' '.repeat(length);
  const eighths = Math.max(1, Math.round(Math.min(1, share) * length * 8));
  const full = '█'.repeat(Math.floor(eighths / 8));
  const rest = eighths % 8 === 0 ? '' : '▏▎▍▌▋▊▉'[(eighths % 8) - 1];
  return `${full}${rest}`.padEnd(length);
}

function asciiBar(share: number, length: number): string {
  if (share <= 0) return ' '.repeat(length);
  const halves = Math.max(1, Math.round(Math.min(1, share) * length * 2));
  return `${'#'.repeat(Math.floor(halves / 2))}${halves % 2 === 0 ? '' : '-'}`.padEnd(length);
}

/** A share as per cent. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}
