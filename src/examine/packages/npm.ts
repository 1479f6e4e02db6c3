import { asObject, asText, asTexts, objectsIn, parseJsonObject } from './json.ts';
import { type PackageFacts, toPackage } from './package.ts';
import { linesOf } from './stanzas.ts';

/** What a manifest or a lock file of npm and its kin says. */
export interface NpmFacts {
  readonly packages: PackageFacts[];
  /** Names of what is there for development only. */
  readonly development: string[];
}

const NOTHING: NpmFacts = { packages: [], development: [] };

/** An installed module's package.json. */
export function parseInstalledModule(bytes: Uint8Array): PackageFacts[] {
  const manifest = parseJsonObject(bytes);
  const name = asText(manifest?.['name']);
  if (manifest === null || name === '') return [];
  return [npmPackage(name, asText(manifest['version']), licenseOf(manifest))];
}

/**
 * A package.json that is not that of an installed module: an application's, which says what its development needs, or
 * that of a package that came another way, as Debian's and yarn's do. Without a name and a version it is a setting.
 */
export function parseApplicationManifest(bytes: Uint8Array): NpmFacts {
  const manifest = parseJsonObject(bytes);
  const [name, version] = [asText(manifest?.['name']), asText(manifest?.['version'])];
  return {
    packages:
      manifest === null || name === '' || version === '' ? [] : [npmPackage(name, version, licenseOf(manifest))],
    development: Object.keys(asObject(manifest?.['devDependencies']) ?? {}),
  };
}

/** The package.json of what a module holds in folders of its own: copies of others. It asks for no development. */
export function parseVendoredModule(bytes: Uint8Array): PackageFacts[] {
  return parseApplicationManifest(bytes).packages;
}

/**
 * Reads package-lock.json, npm-shrinkwrap.json and node_modules/.package-lock.json, in all three versions
 * (https://docs.npmjs.com/cli/configuring-npm/package-lock-json).
 */
export function parsePackageLock(bytes: Uint8Array): NpmFacts {
  const lock = parseJsonObject(bytes);
  if (lock === null) return NOTHING;
  const packages: PackageFacts[] = [];
  const development: string[] = [];
  if (asObject(lock['packages']) === null) {
    // Version 1 nests: as deep as it goes, without a stack.
    const pending = [...objectsIn(lock['dependencies'])];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [name, entry] = next;
      packages.push(npmPackage(name, asText(entry['version']), null));
      if (entry['dev'] === true) development.push(name);
      for (const one of objectsIn(entry['dependencies'])) pending.push(one);
    }
    return { packages, development };
  }
  for (const [path, entry] of objectsIn(lock['packages'])) {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || entry['link'] === true) continue;
    const name = path.slice(at + 'node_modules/'.length);
    // A package under another name says its own.
    packages.push(npmPackage(asText(entry['name']) || name, asText(entry['version']), licenseOf(entry)));
    if (entry['dev'] === true) development.push(name);
  }
  return { packages, development };
}

/** Reads yarn.lock, of yarn 1 and of its successors: a line of what was asked for, then the version it came to. */
export function parseYarnLock(text: string): PackageFacts[] {
  const packages: PackageFacts[] = [];
  let name = '';
  for (const line of linesOf(text)) {
    if (line === '' || line.startsWith('#')) continue;
    if (!line.startsWith(' ')) {
      const [first = ''] = line.replace(/["']/g, '').split(',', 1);
      const at = first.indexOf('@', 1);
      name = at < 0 || first.startsWith('__metadata') || first.includes('@workspace:') ? '' : first.slice(0, at);
      continue;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(line)?.[1];
    if (version !== undefined && name !== '') packages.push(npmPackage(name, version, null));
    if (version !== undefined) name = '';
  }
  return packages;
}

/** Reads pnpm-lock.yaml: the keys of its `packages`, in the spelling of versions 5 to 9. */
export function parsePnpmLock(text: string): PackageFacts[] {
  const packages: PackageFacts[] = [];
  let inPackages = false;
  for (const line of linesOf(text)) {
    if (line !== '' && !line.startsWith(' ')) inPackages = line.startsWith('packages:');
    if (!inPackages || !line.startsWith('  ') || line[2] === ' ' || !line.endsWith(':')) continue;
    // Behind the version stand the peers it was resolved with.
    const key = /^\s+["']?\/?((?:@[^/@]{1,200}\/)?[^/@]{1,200})[/@](\d[^/_(:]{0,200})/.exec(line.slice(0, 1000));
    if (key !== null) packages.push(npmPackage(key[1] as string, (key[2] as string).replace(/["']$/, ''), null));
  }
  return packages;
}

function npmPackage(name: string, version: string, license: string | null): PackageFacts {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  return toPackage({ name, version, license, namespace: slash < 0 ? null : name.slice(0, slash) });
}

/** A text, or as it was once: an object, or a list of them. */
function licenseOf(manifest: Readonly<Record<string, unknown>>): string | null {
  const stated = manifest['license'] ?? manifest['licenses'];
  const all = Array.isArray(stated) ? stated : [stated];
  const names = [...asTexts(all), ...all.map((one) => asText(asObject(one)?.['type']))].filter((name) => name !== '');
  return names.length === 0 ? null : names.join(' OR ');
}
