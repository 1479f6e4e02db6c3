/** Packages of languages that one file each tells of. */
import { baseName, decodeBytes } from '../../core/index.ts';
import { asObject, asText, asTexts, type JsonObject, objectsIn, parseJsonObject } from './json.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf, readStanzas } from './stanzas.ts';

/** Longest line looked at: the expression below takes its time on a longer one. */
const MAX_LINE_CHARS = 2000;

/** Reads a gem's specification: Ruby, of which rubygems writes the same lines always. */
export function parseGemSpecification(bytes: Uint8Array, path: string): PackageFacts[] {
  const fields = new Map<string, string>();
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line.length > MAX_LINE_CHARS) continue;
    const match = /^\s*\w{1,20}\.(name|version|platform|licenses?)\s*=\s*(.{1,500})$/.exec(line);
    const value = match === null ? null : /["']([^"']{1,300})["']/.exec(match[2] as string);
    if (match === null || value === null || fields.has(match[1] as string)) continue;
    fields.set(match[1] as string, value[1] as string);
  }
  const named = /^(.+?)-(\d[^-]*)(?:-(.+))?\.gemspec$/.exec(baseName(path));
  const name = fields.get('name') ?? named?.[1] ?? '';
  if (name === '') return [];
  return [
    toPackage({
      name,
      version: fields.get('version') ?? named?.[2] ?? '',
      architecture: fields.get('platform') ?? named?.[3] ?? '',
      license: fields.get('licenses') ?? fields.get('license') ?? null,
    }),
  ];
}

/** What `vendor/composer/installed.json` says, as composer 1 and 2 write it. */
export function parseComposerInstalled(bytes: Uint8Array): { packages: PackageFacts[]; development: string[] } {
  const document = parseComposerDocument(bytes);
  const packages: PackageFacts[] = [];
  for (const one of document.packages) {
    const entry = asObject(one);
    const name = asText(entry?.['name']);
    if (entry === null || name === '') continue;
    packages.push(
      toPackage({
        name,
        version: asText(entry['version']),
        license: asTexts(entry['license']).join(' OR '),
        namespace: name.includes('/') ? name.slice(0, name.indexOf('/')) : null,
      }),
    );
  }
  return { packages, development: document.development };
}

function parseComposerDocument(bytes: Uint8Array): { packages: readonly unknown[]; development: string[] } {
  const text = Buffer.from(bytes).toString('utf8');
  let document: unknown = null;
  try {
    document = JSON.parse(text);
  } catch {
    // No composer made it, and none reads it.
  }
  if (Array.isArray(document)) return { packages: document, development: [] };
  const { packages, 'dev-package-names': development } = asObject(document) ?? ({} as JsonObject);
  return { packages: Array.isArray(packages) ? packages : [], development: asTexts(development) };
}

/** Reads `.crates2.json`: programs that `cargo install` built, as `NAME VERSION (SOURCE)`. */
export function parseCargoInstalled(bytes: Uint8Array, path: string, context: ParseContext): PackageFacts[] {
  const packages: PackageFacts[] = [];
  const folder = path.slice(0, path.length - baseName(path).length);
  for (const [key, entry] of objectsIn(parseJsonObject(bytes)?.['installs'])) {
    const [name = '', version = ''] = key.split(' ');
    if (name === '') continue;
    const files = new FileListBuilder({ ...context, root: '' });
    for (const program of asTexts(entry['bins'])) files.add(`${folder}bin/${program}`);
    packages.push(toPackage({ name, version, files: files.finish() }));
  }
  return packages;
}

/** Kinds of library in `*.deps.json` that are there: what came from a package, and the parts of the application. */
const NUGET_TYPES = new Set(['package', 'runtimepack', 'project']);
/** Kinds of file that a target brings to a machine; what has none was there for the compiler only. */
const NUGET_ASSETS = ['runtime', 'native', 'resources', 'runtimeTargets'];

/**
 * Reads `*.deps.json` of a .NET application (dotnet/sdk, "runtime-configuration-file"): `NAME/VERSION` of all it was built
 * with, of which those are listed that have files to run.
 */
export function parseNugetDependencies(bytes: Uint8Array): PackageFacts[] {
  const document = parseJsonObject(bytes);
  const there = new Set<string>();
  for (const [, target] of objectsIn(document?.['targets'])) {
    for (const [key, entry] of objectsIn(target))
      if (NUGET_ASSETS.some((kind) => Object.keys(asObject(entry[kind]) ?? {}).length > 0)) there.add(key);
  }
  const packages: PackageFacts[] = [];
  for (const [key, entry] of objectsIn(document?.['libraries'])) {
    const slash = key.indexOf('/');
    const isKnown = NUGET_TYPES.has(asText(entry['type']).toLowerCase());
    if (slash <= 0 || !isKnown || (there.size > 0 && !there.has(key))) continue;
    const name = key.slice(0, slash).replace(/^runtimepack\./, '');
    packages.push(toPackage({ name, version: key.slice(slash + 1) }));
  }
  return packages;
}

/** Reads `packages.lock.json` of NuGet: what each framework's packages came to. */
export function parseNugetLock(bytes: Uint8Array): PackageFacts[] {
  const packages: PackageFacts[] = [];
  for (const [, framework] of objectsIn(parseJsonObject(bytes)?.['dependencies'])) {
    for (const [name, entry] of objectsIn(framework)) {
      const version = asText(entry['resolved']);
      if (version !== '') packages.push(toPackage({ name, version }));
    }
  }
  return packages;
}

/** Reads `conda-meta/NAME-VERSION-BUILD.json`; the files are below the environment it is in. */
export function parseCondaMeta(bytes: Uint8Array, path: string, context: ParseContext): PackageFacts[] {
  const document = parseJsonObject(bytes);
  const name = asText(document?.['name']);
  if (document === null || name === '') return [];
  const environment = path.slice(0, path.lastIndexOf('conda-meta/'));
  const files = new FileListBuilder({ ...context, root: environment });
  for (const file of asTexts(document['files'])) files.add(file);
  return [
    toPackage({
      name,
      version: asText(document['version']),
      architecture: asText(document['subdir']) || asText(document['arch']),
      license: asText(document['license']),
      namespace: asText(document['channel']),
      files: files.finish(),
    }),
  ];
}

const R_FIELDS = new Set(['Package', 'Version', 'License', 'Built', 'Priority']);

/** Reads `DESCRIPTION` of a package of R (Writing R Extensions, 1.1.1); those that are installed, or R's own, say so. */
export function parseRDescription(bytes: Uint8Array): PackageFacts[] {
  for (const stanza of readStanzas(decodeBytes(bytes), R_FIELDS)) {
    const name = stanza.get('Package') ?? '';
    if (name === '' || !(stanza.has('Built') || stanza.get('Priority') === 'base')) return [];
    return [toPackage({ name, version: stanza.get('Version') ?? '', license: stanza.get('License') ?? null })];
  }
  return [];
}

/** Reads `NAME-VERSION.rockspec`, which LuaRocks keeps with what it installed: a program of Lua, read by its lines. */
export function parseRockspec(bytes: Uint8Array): PackageFacts[] {
  const fields = new Map<string, string>();
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line.length > MAX_LINE_CHARS) continue;
    const match = /^\s*(package|version|license)\s*=\s*["']([^"']{1,300})["']/.exec(line);
    if (match !== null && !fields.has(match[1] as string)) fields.set(match[1] as string, match[2] as string);
  }
  const name = fields.get('package') ?? '';
  if (name === '') return [];
  return [toPackage({ name, version: fields.get('version') ?? '', license: fields.get('license') ?? null })];
}

/**
 * Reads `.registry/NAME.reg` of PEAR and PECL: what PHP's serialize() wrote, of which the texts of the outermost array
 * and the release of its version are read.
 */
export function parsePearRegistry(bytes: Uint8Array): PackageFacts[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAX_PEAR_BYTES)).toString(
    'latin1',
  );
  const pearValue = (key: string): string => {
    const before = `s:${key.length}:"${key}";`;
    const at = text.indexOf(before);
    const value = at < 0 ? null : /^s:(\d{1,3}):"/.exec(text.slice(at + before.length, at + before.length + 20));
    if (value === null) return '';
    const from = at + before.length + value[0].length;
    return Buffer.from(text.slice(from, from + Number(value[1])), 'latin1').toString('utf8');
  };
  const name = text.startsWith('a:') ? pearValue('name') : '';
  if (name === '') return [];
  return [
    toPackage({ name, version: pearValue('release') || pearValue('version'), namespace: pearValue('channel') || null }),
  ];
}

/** Names and versions stand in front of lists of files and changes. */
const MAX_PEAR_BYTES = 1024 * 1024;
