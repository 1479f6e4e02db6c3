import type { Limits } from '../core/index.ts';
import type { SourceImage } from './source.ts';

/** Configurations kept of one source, as a multiple of the largest single one. */
const MAX_CONFIGS = 8;

/**
 * Counts the configurations that are kept in memory, and later parsed, of all images of one source. The attack: a
 * thousand manifests that name one configuration, as large as one may be, fill the memory from a small archive.
 */
export class ConfigBudget {
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limitBytes = limits.maxConfigBytes * MAX_CONFIGS;
  }

  /** The configuration if there is room for it, else why it is left out. */
  keep(config: Uint8Array | undefined): Pick<SourceImage, 'config' | 'configTrouble'> {
    if (config === undefined) return { config: null };
    if (this.#bytes + config.byteLength <= this.#limitBytes) {
      this.#bytes += config.byteLength;
      return { config };
    }
    return {
      config: null,
      configTrouble: {
        reason: 'config-invalid',
        message: `a configuration of ${config.byteLength} bytes was not read: those of all images together have more than ${this.#limitBytes}`,
      },
    };
  }
}
