import type { InstalledPackage } from './package.ts';
import { readStanzas } from './stanzas.ts';

const FIELDS = new Set(['P', 'V', 'A']);

/** Reads apk-tools' installed database (apk-tools, `src/package.c`). */
export function parseApkInstalled(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  for (const stanza of readStanzas(text, FIELDS)) {
    const name = stanza.get('P');
    if (name === undefined || name === '') continue;
    packages.push({ name, version: stanza.get('V') ?? '', architecture: stanza.get('A') ?? '' });
  }
  return packages;
}
