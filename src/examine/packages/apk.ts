import { decodeBytes } from '../../core/index.ts';
import { type PackageFacts, type ParseContext, type PartialPackage, toPackage } from './package.ts';
import { FileListBuilder, linesOf } from './stanzas.ts';

/** Fields of the database read (apk-tools, `src/package.c` and `src/database.c`), by their letter. */
const FIELDS = { P: 'name', V: 'version', A: 'architecture', o: 'source', L: 'license' } as const;

/** Reads apk-tools' installed database: packages, and the folders (`F:`) and files (`R:`) of each. */
export function parseApkInstalled(bytes: Uint8Array, context: ParseContext): PackageFacts[] {
  const packages: PackageFacts[] = [];
  let facts: Partial<Record<(typeof FIELDS)[keyof typeof FIELDS], string>> = {};
  let files = new FileListBuilder(context);
  let folder = '';
  const finish = (): void => {
    const { name } = facts;
    if (name !== undefined && name !== '')
      packages.push(toPackage({ ...facts, files: files.finish() } as PartialPackage));
    facts = {};
    files = new FileListBuilder(context);
    folder = '';
  };
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line === '') {
      finish();
      continue;
    }
    if (line.charCodeAt(1) !== COLON) continue;
    const letter = line[0] as string;
    const value = line.slice(2);
    if (letter === 'F') folder = value === '' ? '' : `${value}/`;
    else if (letter === 'R') files.add(`${folder}${value}`);
    else if (Object.hasOwn(FIELDS, letter)) facts[FIELDS[letter as keyof typeof FIELDS]] ??= value.trim();
  }
  finish();
  return packages;
}

const COLON = 0x3a;
