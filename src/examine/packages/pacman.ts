import { decodeBytes } from '../../core/index.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf } from './stanzas.ts';

/** Reads sections of `%NAME%` and lines (libalpm, `be_local.c`). */
function readSections(bytes: Uint8Array, take: (section: string, line: string) => void): void {
  let section = '';
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line.startsWith('%') && line.endsWith('%')) section = line;
    else if (line !== '') take(section, line);
  }
}

/** Reads `local/NAME-VERSION/desc`. */
export function parsePacmanDesc(bytes: Uint8Array): PackageFacts[] {
  const first = new Map<string, string>();
  const licenses: string[] = [];
  readSections(bytes, (section, line) => {
    if (section === '%LICENSE%') licenses.push(line);
    else if (!first.has(section)) first.set(section, line);
  });
  const name = first.get('%NAME%');
  if (name === undefined) return [];
  return [
    toPackage({
      name,
      version: first.get('%VERSION%') ?? '',
      architecture: first.get('%ARCH%') ?? '',
      source: first.get('%BASE%') ?? null,
      license: licenses.join(', '),
    }),
  ];
}

/** Reads `local/NAME-VERSION/files`. Folders are owned by many. */
export function parsePacmanFiles(bytes: Uint8Array, context: ParseContext): string {
  const files = new FileListBuilder(context);
  readSections(bytes, (section, line) => {
    if (section === '%FILES%' && !line.endsWith('/')) files.add(line);
  });
  return files.finish();
}
