import { parseApkInstalled } from './apk.ts';
import { parseDpkgStatus, parseFileList, parseMd5sums, parseOpkgList } from './dpkg.ts';
import {
  parseCargoInstalled,
  parseComposerInstalled,
  parseCondaMeta,
  parseGemSpecification,
  parseNugetDependencies,
  parseNugetLock,
  parsePearRegistry,
  parseRDescription,
  parseRockspec,
} from './languages.ts';
import {
  parseApplicationManifest,
  parseInstalledModule,
  parsePackageLock,
  parsePnpmLock,
  parseVendoredModule,
  parseYarnLock,
} from './npm.ts';
import type { PackageFacts, ParseContext } from './package.ts';
import { parsePacmanDesc, parsePacmanFiles } from './pacman.ts';
import type { PackageFile } from './places.ts';
import { parsePortageContents } from './portage.ts';
import { parsePythonMetadata, parsePythonRecord } from './python.ts';
import { parseRpmDatabase } from './rpm/index.ts';
import {
  parseBitnamiDocument,
  parseBrewReceipt,
  parseJavaRelease,
  parseVersionFile,
  parseWordPressPlugin,
} from './runtimes.ts';

/** What a file tells of packages. */
export interface ParsedPackages {
  readonly packages: readonly PackageFacts[];
  /** Of a list of files: these. */
  readonly files: string;
  readonly development: readonly string[];
  /** Whether it names what is to be installed, and not what is. */
  readonly declared: boolean;
  /** Whether it tells something even where it names no package. */
  readonly isDatabase: boolean;
  readonly trouble: string | null;
}

const NOTHING: ParsedPackages = {
  packages: [],
  files: '',
  development: [],
  declared: false,
  isDatabase: false,
  trouble: null,
};

/** Reads a file that tells of packages. What makes no sense in it is passed over. */
export function parsePackageFile(file: PackageFile, bytes: Uint8Array, context: ParseContext): ParsedPackages {
  switch (file.format) {
    case 'dpkg-status':
      return { ...NOTHING, packages: parseDpkgStatus(bytes), isDatabase: true };
    case 'apk-installed':
      return { ...NOTHING, packages: parseApkInstalled(bytes, context), isDatabase: true };
    case 'rpm':
      return { ...NOTHING, ...parseRpmDatabase(bytes, context), isDatabase: true };
    case 'rpm-journal':
      return NOTHING;
    case 'pacman-desc':
      return { ...NOTHING, packages: parsePacmanDesc(bytes) };
    case 'npm-module':
      return { ...NOTHING, packages: parseInstalledModule(bytes) };
    case 'npm-application':
      return { ...NOTHING, ...parseApplicationManifest(bytes) };
    case 'npm-vendored':
      return { ...NOTHING, packages: parseVendoredModule(bytes) };
    case 'npm-lock':
      return { ...NOTHING, ...parsePackageLock(bytes), declared: true };
    case 'npm-installed-lock':
      // The modules say themselves that they are installed; this says which of them for development.
      return { ...NOTHING, development: parsePackageLock(bytes).development, isDatabase: true };
    case 'yarn-lock':
      return { ...NOTHING, packages: parseYarnLock(textOf(bytes)), declared: true };
    case 'pnpm-lock':
      return { ...NOTHING, packages: parsePnpmLock(textOf(bytes)), declared: true };
    case 'python-metadata':
      return { ...NOTHING, packages: parsePythonMetadata(bytes) };
    case 'gem-specification':
      return { ...NOTHING, packages: parseGemSpecification(bytes, file.path) };
    case 'composer-installed':
      return { ...NOTHING, ...parseComposerInstalled(bytes) };
    case 'cargo-installed':
      return { ...NOTHING, packages: parseCargoInstalled(bytes, file.path, context) };
    case 'nuget-dependencies':
      return { ...NOTHING, packages: parseNugetDependencies(bytes) };
    case 'conda-meta':
      return { ...NOTHING, packages: parseCondaMeta(bytes, file.path, context) };
    case 'portage-contents':
      return { ...NOTHING, packages: parsePortageContents(bytes, file.path, context) };
    case 'r-description':
      return { ...NOTHING, packages: parseRDescription(bytes) };
    case 'rockspec':
      return { ...NOTHING, packages: parseRockspec(bytes) };
    case 'pear-registry':
      return { ...NOTHING, packages: parsePearRegistry(bytes) };
    case 'wordpress-plugin':
      return { ...NOTHING, packages: parseWordPressPlugin(bytes, file.path) };
    case 'bitnami-document':
      return { ...NOTHING, packages: parseBitnamiDocument(bytes) };
    case 'java-release':
      return { ...NOTHING, packages: parseJavaRelease(bytes) };
    case 'nuget-lock':
      return { ...NOTHING, packages: parseNugetLock(bytes), declared: true };
    case 'erlang-version':
      return { ...NOTHING, packages: parseVersionFile('erlang', bytes) };
    case 'go-version':
      return { ...NOTHING, packages: parseVersionFile('go', bytes) };
    case 'brew-receipt':
      return { ...NOTHING, packages: parseBrewReceipt(file.path) };
    case 'file-list':
      return { ...NOTHING, files: parseFileList(bytes, context) };
    case 'md5sums':
      return { ...NOTHING, files: parseMd5sums(bytes, context) };
    case 'opkg-list':
      return { ...NOTHING, files: parseOpkgList(bytes, context) };
    case 'pacman-files':
      return { ...NOTHING, files: parsePacmanFiles(bytes, context) };
    case 'python-record':
      return { ...NOTHING, files: parsePythonRecord(bytes, file.path, context) };
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
