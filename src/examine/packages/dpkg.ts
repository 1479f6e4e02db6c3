import { decodeBytes } from '../../core/index.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf, readStanzas } from './stanzas.ts';

const FIELDS = new Set(['Package', 'Status', 'Version', 'Architecture', 'Source', 'License']);

/** States in which a package's files are there (dpkg(1), "Package states"). */
const PRESENT = new Set(['installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending']);

/**
 * Reads a dpkg or opkg database (deb-control(5), dpkg's `lib/dpkg/parse.c`): packages whose files are there. In
 * distroless images each file of `status.d` is one stanza without a state.
 */
export function parseDpkgStatus(bytes: Uint8Array): PackageFacts[] {
  const packages: PackageFacts[] = [];
  for (const stanza of readStanzas(decodeBytes(bytes), FIELDS)) {
    const name = stanza.get('Package');
    const state = stanza.get('Status')?.split(/\s+/)[2];
    // dpkg refuses a name with a blank in it.
    if (name === undefined || name === '' || /\s/.test(name)) continue;
    if (stanza.has('Status') && !PRESENT.has(state ?? '')) continue;
    const version = stanza.get('Version') ?? '';
    const source = stanza.get('Source') ?? '';
    const open = source.indexOf('(');
    packages.push(
      toPackage({
        name,
        version,
        architecture: stanza.get('Architecture') ?? '',
        source: open < 0 ? source : source.slice(0, open).trim(),
        sourceVersion: open < 0 ? null : source.slice(open + 1).replace(/\).*$/, ''),
        license: stanza.get('License') ?? null,
      }),
    );
  }
  return packages;
}

/** Reads `info/PACKAGE.list`: a path a line. */
export function parseFileList(bytes: Uint8Array, context: ParseContext): string {
  const text = decodeBytes(bytes);
  // Nearly all are absolute paths that end with a line feed: hundreds of lists of hundreds of lines, replaced at once.
  if (context.root === '' && text.startsWith('/') && text.endsWith('\n') && !text.includes('\0')) {
    const paths = `${text.slice(1, -1).replaceAll('\n/', '\0')}\0`;
    if (!paths.includes('\n')) return context.budget.spendOnFiles(paths.length) ? paths : '';
  }
  const files = new FileListBuilder(context);
  for (const line of linesOf(text)) files.add(line);
  return files.finish();
}

/** Reads `info/PACKAGE.md5sums`, and `status.d/PACKAGE.md5sums` of distroless images: a digest, blanks, a path. */
export function parseMd5sums(bytes: Uint8Array, context: ParseContext): string {
  const files = new FileListBuilder(context);
  for (const line of linesOf(decodeBytes(bytes))) {
    const blank = line.indexOf(' ');
    if (blank === 32) files.add(line.slice(blank).trimStart());
  }
  return files.finish();
}

/** Reads `info/PACKAGE.list` of opkg: a path, and what may stand behind a tab. */
export function parseOpkgList(bytes: Uint8Array, context: ParseContext): string {
  const files = new FileListBuilder(context);
  for (const line of linesOf(decodeBytes(bytes))) files.add(line.split('\t', 1)[0] as string);
  return files.finish();
}
