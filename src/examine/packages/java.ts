import { baseName, decodeBytes } from '../../core/index.ts';
import { type PackageFacts, toPackage } from './package.ts';
import { linesOf } from './stanzas.ts';

/** Archives that Java loads classes from. */
const JAVA_ARCHIVE = /\.(?:jar|war|ear|par|sar|nar|kar|jpi|hpi|lpkg|rar)$/i;
const MANIFEST = /^META-INF\/MANIFEST\.MF$/i;
const COORDINATES = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

/** Whether a member of a Java archive says what is in it. */
export function tellsOfJavaPackages(archive: string, member: string): boolean {
  return (MANIFEST.test(member) || COORDINATES.test(member)) && JAVA_ARCHIVE.test(archive);
}

/** What one Java archive says about itself, as its members pass. */
export class JavaArchive {
  readonly #name: string;
  readonly #coordinates: PackageFacts[] = [];
  #manifest: ReadonlyMap<string, string> = new Map();

  /** @param name the archive's path or member name */
  constructor(name: string) {
    this.#name = baseName(name);
  }

  /** Takes a member for which {@link tellsOfJavaPackages} said yes. */
  take(member: string, bytes: Uint8Array): void {
    if (MANIFEST.test(member)) {
      this.#manifest = parseManifest(bytes);
      return;
    }
    const values = parseProperties(bytes);
    const name = values.get('artifactId') ?? '';
    if (name === '') return;
    const namespace = values.get('groupId') ?? null;
    this.#coordinates.push(toPackage({ name, namespace, version: values.get('version') ?? '' }));
  }

  /**
   * Its packages: those whose coordinates Maven left in it, of which one that holds others has many, and itself, where
   * these are all of others; else the one that its manifest and its name tell of.
   */
  packages(): PackageFacts[] {
    const license = this.#manifest.get('bundle-license') ?? null;
    const [one] = this.#coordinates;
    if (one !== undefined && this.#coordinates.length === 1) return [toPackage({ ...one, license })];
    const stem = this.#name.replace(JAVA_ARCHIVE, '');
    const named = /^(.+?)-(\d[\w.+-]*)$/.exec(stem.slice(0, 300));
    if (one !== undefined) {
      // The manifest may be that of any of them: they were put together, and one of them came last.
      const isNamed = named !== null && !this.#coordinates.some(({ name }) => stem.startsWith(name));
      return isNamed
        ? [toPackage({ name: named[1] as string, version: named[2] ?? '' }), ...this.#coordinates]
        : this.#coordinates;
    }
    const bundle = this.#manifest.get('bundle-symbolicname')?.split(';', 1)[0] ?? '';
    const version =
      named?.[2] ??
      this.#manifest.get('implementation-version') ??
      this.#manifest.get('bundle-version') ??
      this.#manifest.get('specification-version') ??
      '';
    const name = named?.[1] ?? (version === '' ? '' : stem || bundle);
    if (name === '') return [];
    const namespace = this.#manifest.get('implementation-vendor-id') ?? null;
    return [toPackage({ name, version, namespace, license })];
  }
}

/** The first section of a manifest; a line that begins with a blank continues the one before. */
function parseManifest(bytes: Uint8Array): Map<string, string> {
  const values = new Map<string, string>();
  let key = '';
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line === '') break;
    if (line.startsWith(' ')) {
      const before = values.get(key);
      if (before !== undefined && before.length < 2000) values.set(key, before + line.slice(1));
      continue;
    }
    const colon = line.indexOf(':');
    key = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (colon > 0 && !values.has(key)) values.set(key, line.slice(colon + 1).trim());
  }
  return values;
}

function parseProperties(bytes: Uint8Array): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(decodeBytes(bytes))) {
    const equals = line.indexOf('=');
    if (equals > 0 && !line.startsWith('#')) values.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  return values;
}
