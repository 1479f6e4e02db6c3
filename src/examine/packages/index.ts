/** Reads package databases out of layers. */
import { parseApkInstalled } from './apk.ts';
import { parseDpkgStatus } from './dpkg.ts';
import type { InstalledPackage, PackageDatabaseKind } from './package.ts';

export type { InstalledPackage, PackageDatabase, PackageDatabaseKind } from './package.ts';

const FILES: Readonly<Record<string, PackageDatabaseKind>> = {
  'var/lib/dpkg/status': 'dpkg',
  'usr/lib/dpkg/status': 'dpkg',
  'lib/apk/db/installed': 'apk',
  'usr/lib/apk/db/installed': 'apk',
};

const STATUS_D = /^(?:var|usr)\/lib\/dpkg\/status\.d\/[^/]+$/;

/** The kind of package database that a file at this path is, if any. */
export function packageDatabaseAt(path: string): PackageDatabaseKind | undefined {
  if (Object.hasOwn(FILES, path)) return FILES[path];
  return STATUS_D.test(path) && !path.endsWith('.md5sums') ? 'dpkg' : undefined;
}

/** Reads a file of a package database. What makes no sense as a stanza is passed over. */
export function parsePackageDatabase(kind: PackageDatabaseKind, text: string): InstalledPackage[] {
  return kind === 'dpkg' ? parseDpkgStatus(text) : parseApkInstalled(text);
}
