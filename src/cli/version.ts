import { readFileSync } from 'node:fs';

/** Version of this program, out of its package.json, wherever it runs from. */
export function programVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name: string;
        version: string;
      };
      if (name === 'layer-audit') return version;
    } catch {
      // Not there; the next place is one folder up, where the compiled program has it.
    }
  }
  return 'unknown';
}
