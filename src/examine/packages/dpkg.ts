import type { InstalledPackage } from './package.ts';
import { readStanzas } from './stanzas.ts';

const FIELDS = new Set(['Package', 'Status', 'Version', 'Architecture']);

/**
 * Reads a dpkg database (deb-control(5), dpkg's `lib/dpkg/parse.c`). Counted are packages whose state is
 * `installed`; in distroless images each file of `status.d` is one stanza without a state.
 */
export function parseDpkgStatus(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  for (const stanza of readStanzas(text, FIELDS)) {
    const name = stanza.get('Package');
    const status = stanza.get('Status');
    if (name === undefined || name === '') continue;
    if (status !== undefined && status.split(/\s+/)[2] !== 'installed') continue;
    packages.push({ name, version: stanza.get('Version') ?? '', architecture: stanza.get('Architecture') ?? '' });
  }
  return packages;
}
