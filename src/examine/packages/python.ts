import { cleanPath, decodeBytes, parentPath } from '../../core/index.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf } from './stanzas.ts';

/** What a path has that cleaning it would change. */
const UNCLEAN = /\.\.|\/\/|\.\/|\/\.$/;

const LICENSE_CLASSIFIER = 'License :: ';

/** Reads METADATA and PKG-INFO (https://packaging.python.org/specifications/core-metadata/): headers, then a text. */
export function parsePythonMetadata(bytes: Uint8Array): PackageFacts[] {
  const fields = new Map<string, string>();
  let classified: string | null = null;
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line === '') break;
    const colon = line.indexOf(': ');
    if (colon <= 0 || line.startsWith(' ') || line.startsWith('\t')) continue;
    const key = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 2).trim();
    if (key === 'classifier') {
      if (value.startsWith(LICENSE_CLASSIFIER)) classified ??= value.slice(value.lastIndexOf(' :: ') + 4);
    } else if (!fields.has(key)) {
      fields.set(key, value);
    }
  }
  const name = fields.get('name') ?? '';
  // Python itself leaves one, too (Lib/distutils), and PyPI has no such package.
  if (name === '' || name === 'Python') return [];
  const stated = fields.get('license') ?? '';
  // Some put the whole text of a license there.
  const license =
    fields.get('license-expression') ??
    (stated === '' || stated === 'UNKNOWN' || stated.length > 100 ? classified : stated);
  return [toPackage({ name, version: fields.get('version') ?? '', license })];
}

/**
 * Reads RECORD of an installed package: a path, a digest and a size a line, from the folder that the package's own
 * folder is in (https://packaging.python.org/specifications/recording-installed-packages/).
 */
export function parsePythonRecord(bytes: Uint8Array, path: string, context: ParseContext): string {
  const folder = parentPath(parentPath(path));
  const files = new FileListBuilder({ ...context, root: '' });
  for (const line of linesOf(decodeBytes(bytes))) {
    const name = line.startsWith('"')
      ? line.slice(1, line.indexOf('"', 1))
      : line.slice(0, Math.max(0, line.indexOf(',')));
    if (name === '') continue;
    const full = name.startsWith('/') || folder === '' ? name : `${folder}/${name}`;
    files.add(UNCLEAN.test(name) ? cleanPath(full).path : full);
  }
  return files.finish();
}
