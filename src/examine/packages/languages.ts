/** Packages of languages that one file each tells of. */
import { baseName, decodeBytes } from '../../core/index.ts';
import { asObject, asText, asTexts, type JsonObject, objectsIn, parseJsonObject } from './json.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf } from './stanzas.ts';

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

/** Kinds of library in `*.deps.json` that come from a package; the rest are parts of the application. */
const NUGET_TYPES = new Set(['package', 'runtimepack']);

/** Reads `*.deps.json` of a .NET application: `NAME/VERSION` of all it was built with. */
export function parseNugetDependencies(bytes: Uint8Array): PackageFacts[] {
  const packages: PackageFacts[] = [];
  for (const [key, entry] of objectsIn(parseJsonObject(bytes)?.['libraries'])) {
    const slash = key.indexOf('/');
    if (slash <= 0 || !NUGET_TYPES.has(asText(entry['type']).toLowerCase())) continue;
    const name = key.slice(0, slash).replace(/^runtimepack\./, '');
    packages.push(toPackage({ name, version: key.slice(slash + 1) }));
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
