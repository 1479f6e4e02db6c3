/** Programs that no package manager brought, by a file that they bring along. */
import { decodeBytes } from '../../core/index.ts';
import { asObject, asText, type JsonObject, parseJsonObject } from './json.ts';
import { type PackageFacts, toPackage } from './package.ts';
import { linesOf } from './stanzas.ts';

/** Makers of Java runtimes that do not call them OpenJDK. */
const JAVA_PRODUCTS: readonly (readonly [maker: string, product: string])[] = [
  ['azul', 'zulu'],
  ['oracle', 'jdk'],
  ['graalvm', 'graalvm'],
];

/** Reads `release` at the root of a Java runtime (JEP 223 and before): shell-like assignments. */
export function parseJavaRelease(bytes: Uint8Array): PackageFacts[] {
  const values = new Map<string, string>();
  for (const line of linesOf(decodeBytes(bytes))) {
    const equals = line.indexOf('=');
    if (equals > 0)
      values.set(
        line.slice(0, equals),
        line
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      );
  }
  const java = values.get('JAVA_VERSION');
  if (java === undefined) return [];
  const maker = (values.get('IMPLEMENTOR') ?? '').toLowerCase();
  const product = values.has('GRAALVM_VERSION')
    ? 'graalvm'
    : values.get('BUILD_TYPE') === 'commercial'
      ? 'jdk'
      : (JAVA_PRODUCTS.find(([name]) => maker.includes(name))?.[1] ?? 'openjdk');
  const whole = values.get('FULL_VERSION') ?? values.get('JAVA_RUNTIME_VERSION') ?? java;
  return [toPackage({ name: product, version: whole })];
}

/** Reads a file that holds the version of a toolchain: `VERSION` of Go's, `releases/NUMBER/OTP_VERSION` of Erlang's. */
export function parseVersionFile(name: string, bytes: Uint8Array): PackageFacts[] {
  const version = /^(?:go)?(\d[\w.+-]{0,60})\s*(?:\n|$)/.exec(decodeBytes(bytes.subarray(0, 200)))?.[1];
  return version === undefined ? [] : [toPackage({ name, version })];
}

/** `Cellar/NAME/VERSION/INSTALL_RECEIPT.json`, which Homebrew leaves with what it installs: its place says all. */
export function parseBrewReceipt(path: string): PackageFacts[] {
  const [name = '', version = ''] = path.split('/').slice(-3);
  return name === '' ? [] : [toPackage({ name, version })];
}

/** Reads the SPDX documents that Bitnami puts beside what it built: `opt/bitnami/NAME/.spdx-NAME.spdx`. */
export function parseBitnamiDocument(bytes: Uint8Array): PackageFacts[] {
  const stated = parseJsonObject(bytes)?.['packages'];
  const packages: PackageFacts[] = [];
  for (const one of Array.isArray(stated) ? stated : []) {
    const entry = asObject(one);
    if (entry === null || !urlsOf(entry).some((url) => url.startsWith('pkg:bitnami/'))) continue;
    const license = asText(entry['licenseConcluded']) || asText(entry['licenseDeclared']);
    packages.push(
      toPackage({
        name: asText(entry['name']),
        version: asText(entry['versionInfo']),
        license: license === 'NOASSERTION' || license === 'NONE' ? null : license,
      }),
    );
  }
  return packages.filter(({ name }) => name !== '');
}

function urlsOf(entry: JsonObject): string[] {
  const references = entry['externalRefs'];
  return (Array.isArray(references) ? references : []).map((one) => asText(asObject(one)?.['referenceLocator']));
}

/** How much of a plugin's file WordPress reads for its header (wp-includes/functions.php, get_file_data). */
const HEADER_BYTES = 8192;

/** Reads the header of a plugin of WordPress, `wp-content/plugins/FOLDER/*.php`: the folder is how it is called. */
export function parseWordPressPlugin(bytes: Uint8Array, path: string): PackageFacts[] {
  const text = decodeBytes(bytes.subarray(0, HEADER_BYTES));
  const field = (name: string): string =>
    new RegExp(`^(?:[ \\t]*<\\?php)?[ \\t/*#@]*${name}:(.{0,300})$`, 'im')
      .exec(text)?.[1]
      ?.replace(/\*\/.*|\?>.*/, '')
      .trim() ?? '';
  if (field('Plugin Name') === '') return [];
  const license = field('License');
  return [toPackage({ name: path.split('/').at(-2) ?? '', version: field('Version'), license })];
}
