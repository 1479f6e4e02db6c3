/** Databases of rpm in their three formats, told by their bytes. */
import type { PackageFacts, ParseContext } from '../package.ts';
import { isBerkeleyDb, readBerkeleyDb } from './berkeley-db.ts';
import { DatabaseDamage } from './database-damage.ts';
import { parseRpmHeader } from './header.ts';
import { isNdb, readNdb } from './ndb.ts';
import { isSqlite, readSqliteBlobs } from './sqlite.ts';

/** What reading a database gave. */
export interface RpmPackages {
  readonly packages: PackageFacts[];
  /** The first thing that could not be read, and how many more there were. */
  readonly trouble: string | null;
}

/** Reads a database of rpm. What is broken in it is passed over and told. */
export function parseRpmDatabase(bytes: Uint8Array, context: ParseContext): RpmPackages {
  const packages: PackageFacts[] = [];
  let first: string | null = null;
  let damages = 0;
  const onDamage = (message: string): void => {
    first ??= message;
    damages += 1;
  };
  try {
    for (const header of readHeaders(bytes, onDamage)) {
      try {
        packages.push(parseRpmHeader(header, context));
      } catch (error) {
        if (!(error instanceof DatabaseDamage)) throw error;
        onDamage(error.message);
      }
    }
  } catch (error) {
    if (!(error instanceof DatabaseDamage)) throw error;
    onDamage(error.message);
  }
  if (first === null) return { packages, trouble: null };
  return { packages, trouble: damages === 1 ? first : `${first}, and ${damages - 1} more` };
}

function readHeaders(bytes: Uint8Array, onDamage: (message: string) => void): Iterable<Uint8Array> {
  if (isSqlite(bytes)) return readSqliteBlobs(bytes, 'Packages', onDamage);
  if (isNdb(bytes)) return readNdb(bytes, onDamage);
  if (isBerkeleyDb(bytes)) return readBerkeleyDb(bytes, onDamage);
  // An image without any package has an empty file there.
  if (bytes.byteLength === 0) return [];
  throw new DatabaseDamage('it is in none of the formats of rpm');
}
