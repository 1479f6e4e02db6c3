import type { TarAnomaly, TarAnomalyKind } from '../tar/index.ts';

/** Keeps the first anomalies of each kind and counts the rest: a hostile layer can have millions. */
export class AnomalyLog {
  readonly kept: TarAnomaly[] = [];
  readonly counts: Partial<Record<TarAnomalyKind, number>> = {};
  readonly #maxPerKind: number;

  constructor(maxPerKind: number) {
    this.#maxPerKind = maxPerKind;
  }

  add(anomaly: TarAnomaly): void {
    const count = (this.counts[anomaly.kind] ?? 0) + 1;
    this.counts[anomaly.kind] = count;
    if (count <= this.#maxPerKind) this.kept.push(anomaly);
  }

  /** The kept anomalies in the order of the tar. */
  inOrder(): TarAnomaly[] {
    return this.kept.toSorted((a, b) => a.offset - b.offset || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
  }
}
