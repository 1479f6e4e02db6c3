import type { AuditProgress } from '../audit/index.ts';
import { printable } from '../core/index.ts';
import { formatProgressBytes } from './progress-bytes.ts';

/** Where a line can be drawn over and over. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const INTERVAL_MS = 100;

/**
 * One line on a terminal that tells how far the audit is, drawn over itself and wiped in the end. In a pipe or
 * a log it is silent.
 */
export class ProgressLine {
  readonly #terminal: ProgressTerminal;
  readonly #enabled: boolean;
  #text = '';
  #drawnAt = 0;
  #layers = 0;
  #done = 0;
  #totalBytes: number | null = null;
  readonly #read = new Map<string, number>();

  constructor(terminal: ProgressTerminal, enabled: boolean) {
    this.#terminal = terminal;
    this.#enabled = enabled && terminal.isTTY === true;
  }

  /** Takes what the audit tells. */
  update(progress: AuditProgress): void {
    if (!this.#enabled) return;
    switch (progress.type) {
      case 'opening':
        // Commands that compare open one image after the other.
        this.#layers = 0;
        this.#done = 0;
        this.#read.clear();
        this.#text = `Opening ${printable(progress.reference)}`;
        break;
      case 'layers':
        this.#layers = progress.layers;
        this.#totalBytes = progress.bytes;
        break;
      case 'layer-progress':
        this.#read.set(progress.layer, progress.bytes);
        this.#describeLayers();
        break;
      case 'layer-done':
        this.#done += 1;
        this.#describeLayers();
        break;
      case 'files':
        this.#text = `Searching files: ${progress.files}, ${formatProgressBytes(progress.bytes)}`;
        break;
      case 'judging':
        this.#text = 'Judging';
        break;
    }
    this.#draw(progress.type !== 'layer-progress' && progress.type !== 'files');
  }

  /** Wipes the line. */
  clear(): void {
    if (this.#enabled) this.#terminal.write('\r\u001b[K');
  }

  #describeLayers(): void {
    const read = [...this.#read.values()].reduce((sum, bytes) => sum + bytes, 0);
    const of = this.#totalBytes === null ? '' : ` of ${formatProgressBytes(this.#totalBytes)}`;
    const layers = this.#layers === 0 ? '' : `, ${this.#done} of ${this.#layers} layers done`;
    this.#text = `Examining layers: ${formatProgressBytes(read)}${of}${layers}`;
  }

  #draw(atOnce: boolean): void {
    const now = Date.now();
    if (!atOnce && now - this.#drawnAt < INTERVAL_MS) return;
    this.#drawnAt = now;
    this.#terminal.write(`\r\u001b[K${this.#text.slice(0, Math.max(10, (this.#terminal.columns ?? 80) - 1))}`);
  }
}
