import { baseName, decodeBytes } from '../../core/index.ts';
import type { PackageFileList, PackageKind } from './package.ts';

/** How a file that tells of packages is written. */
export type PackageFormat =
  | 'dpkg-status'
  | 'apk-installed'
  | 'rpm'
  | 'rpm-journal'
  | 'pacman-desc'
  | 'npm-module'
  | 'npm-application'
  | 'npm-vendored'
  | 'npm-lock'
  | 'npm-installed-lock'
  | 'yarn-lock'
  | 'pnpm-lock'
  | 'python-metadata'
  | 'gem-specification'
  | 'composer-installed'
  | 'cargo-installed'
  | 'nuget-dependencies'
  | 'nuget-lock'
  | 'conda-meta'
  | 'file-list'
  | 'md5sums'
  | 'pacman-files'
  | 'python-record'
  | 'opkg-list'
  | 'portage-contents'
  | 'r-description'
  | 'rockspec'
  | 'pear-registry'
  | 'wordpress-plugin'
  | 'bitnami-document'
  | 'java-release'
  | 'erlang-version'
  | 'go-version'
  | 'brew-receipt';

/** A file that tells of packages, as its path says. */
export interface PackageFile {
  readonly format: PackageFormat;
  readonly kind: PackageKind;
  readonly path: string;
  /** The root that the database is of: empty, or that of a filesystem within the image, with its slash. */
  readonly root: string;
  /** Of a list of files: whose they are. */
  readonly owner: string | null;
}

/**
 * Names a package of a database where its list of files is in another file.
 * @param folder of the database, without the root's slash behind it
 */
export function ownerKey(kind: PackageFileList['kind'], folder: string, name: string): string {
  return `${kind}\0${folder}\0${name}`;
}

/** Longest path looked at; nothing of a package manager is deeper. */
const MAX_PATH_BYTES = 1024;

/** The last two bytes of the names of all files that tell of packages, but for those in `status.d`. */
const ENDINGS = new Uint8Array(65536);
const LAST_TWO = 'us ed es db te sc on ck ml TA FO fo RD ec st al ON TS eg hp dx se';
for (const ending of LAST_TWO.split(' ')) {
  ENDINGS[(ending.charCodeAt(0) << 8) | ending.charCodeAt(1)] = 1;
}
const STATUS_D = Buffer.from('/lib/dpkg/status.d/');

/**
 * What a file tells of packages, if anything. For nearly every file of a layer two bytes of its name say no.
 */
export function packageFileAt(path: Uint8Array): PackageFile | null {
  const { length } = path;
  if (length < 6 || length > MAX_PATH_BYTES) return null;
  if (ENDINGS[((path[length - 2] as number) << 8) | (path[length - 1] as number)] === 1) {
    const text = decodeBytes(path);
    return byName(text) ?? inStatusD(text);
  }
  // Files in `status.d` have the names of packages.
  const slash = path.lastIndexOf(0x2f);
  return path[slash - 1] === 0x64 && path[slash - 2] === 0x2e && endsWith(path.subarray(0, slash + 1), STATUS_D)
    ? inStatusD(decodeBytes(path))
    : null;
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return bytes.byteLength >= end.byteLength && Buffer.compare(bytes.subarray(-end.byteLength), end) === 0;
}

function inStatusD(path: string): PackageFile | null {
  const match = /^(.*\/)?((?:var|usr)\/lib\/dpkg)\/status\.d\/([^/]+?)(\.md5sums)?$/.exec(path);
  if (match === null) return null;
  const [, root = '', folder = '', name = '', list] = match;
  return list === undefined
    ? { format: 'dpkg-status', kind: 'dpkg', path, root, owner: null }
    : { format: 'md5sums', kind: 'dpkg', path, root, owner: ownerKey('dpkg', `${root}${folder}`, name) };
}

interface Place {
  readonly format: PackageFormat;
  readonly kind: PackageKind;
  /** The first group is the root. */
  readonly pattern: RegExp;
  readonly owner?: (match: RegExpExecArray) => string;
}

/** In a folder of an installed module; those of its tests and examples name packages that are nowhere. */
const IN_MODULE =
  /^()(?!.*\/(?:_*tests?_*|spec|fixtures?|examples?|testdata)\/)(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/.+\/[^/]+$/;

/** Places by the last name of the path, or by its ending. */
const BY_NAME: Readonly<Record<string, readonly Place[]>> = {
  status: [
    { format: 'dpkg-status', kind: 'dpkg', pattern: /^(.*\/)?(?:var|usr)\/lib\/dpkg\/status$/ },
    { format: 'dpkg-status', kind: 'opkg', pattern: /^(.*\/)?(?:var|usr)\/lib\/opkg\/status$/ },
  ],
  installed: [{ format: 'apk-installed', kind: 'apk', pattern: /^(.*?\/)??(?:usr\/)?lib\/apk\/db\/installed$/ }],
  ...Object.fromEntries(
    ['Packages', 'Packages.db', 'rpmdb.sqlite'].map((name) => [
      name,
      [{ format: 'rpm', kind: 'rpm', pattern: /^(.*\/)?(?:var\/lib|usr\/lib\/sysimage|usr\/share)\/rpm\/[^/]+$/ }],
    ]),
  ),
  'rpmdb.sqlite-wal': [
    { format: 'rpm-journal', kind: 'rpm', pattern: /^(.*\/)?(?:var\/lib|usr\/lib\/sysimage|usr\/share)\/rpm\/[^/]+$/ },
  ],
  desc: [{ format: 'pacman-desc', kind: 'pacman', pattern: /^(.*\/)?var\/lib\/pacman\/local\/[^/]+\/desc$/ }],
  files: [
    {
      format: 'pacman-files',
      kind: 'pacman',
      pattern: /^(.*\/)?var\/lib\/pacman\/local\/([^/]+)\/files$/,
      owner: ([path]) => ownerKey('pacman', path.slice(0, path.lastIndexOf('/')), ''),
    },
  ],
  'package.json': [
    {
      format: 'npm-module',
      kind: 'npm',
      pattern: /^()(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/,
    },
    { format: 'npm-application', kind: 'npm', pattern: /^()(?!.*\bnode_modules\/)/ },
    { format: 'npm-vendored', kind: 'npm', pattern: IN_MODULE },
  ],
  '.package-lock.json': [
    { format: 'npm-installed-lock', kind: 'npm', pattern: /^()(?:.*\/)?node_modules\/\.package-lock\.json$/ },
  ],
  // Modules bring lock files that nobody reads.
  'package-lock.json': [{ format: 'npm-lock', kind: 'npm', pattern: /^()(?!.*\bnode_modules\/)/ }],
  'npm-shrinkwrap.json': [{ format: 'npm-lock', kind: 'npm', pattern: /^()(?!.*\bnode_modules\/)/ }],
  'yarn.lock': [{ format: 'yarn-lock', kind: 'npm', pattern: /^()(?!.*\bnode_modules\/)/ }],
  'pnpm-lock.yaml': [{ format: 'pnpm-lock', kind: 'npm', pattern: /^()(?!.*\bnode_modules\/)/ }],
  METADATA: [{ format: 'python-metadata', kind: 'pypi', pattern: /^()(?:.*\/)?[^/]+\.dist-info\/METADATA$/ }],
  'PKG-INFO': [
    { format: 'python-metadata', kind: 'pypi', pattern: /^()(?:.*\/)?(?:[^/]+\.egg-info|EGG-INFO)\/PKG-INFO$/ },
  ],
  RECORD: [
    {
      format: 'python-record',
      kind: 'pypi',
      pattern: /^()(?:.*\/)?[^/]+\.dist-info\/RECORD$/,
      owner: ([path]) => ownerKey('pypi', path.slice(0, path.lastIndexOf('/')), ''),
    },
  ],
  'installed.json': [
    { format: 'composer-installed', kind: 'composer', pattern: /^()(?:.*\/)?vendor\/composer\/installed\.json$/ },
  ],
  CONTENTS: [{ format: 'portage-contents', kind: 'portage', pattern: /^(.*\/)?var\/db\/pkg\/[^/]+\/[^/]+\/CONTENTS$/ }],
  DESCRIPTION: [{ format: 'r-description', kind: 'cran', pattern: /^()(?:.*\/)?[\w.]+\/DESCRIPTION$/ }],
  release: [{ format: 'java-release', kind: 'generic', pattern: /^()(?:.*\/)?[^/]+\/release$/ }],
  'packages.lock.json': [{ format: 'nuget-lock', kind: 'nuget', pattern: /^()/ }],
  OTP_VERSION: [{ format: 'erlang-version', kind: 'generic', pattern: /^()(?:.*\/)?releases\/\d+\/OTP_VERSION$/ }],
  VERSION: [{ format: 'go-version', kind: 'generic', pattern: /^()(?:.*\/)?go[^/]*\/VERSION$/ }],
  'INSTALL_RECEIPT.json': [
    { format: 'brew-receipt', kind: 'brew', pattern: /^()(?:.*\/)?Cellar\/[^/]+\/[^/]+\/INSTALL_RECEIPT\.json$/ },
  ],
  '.crates2.json': [{ format: 'cargo-installed', kind: 'cargo', pattern: /^()/ }],
};

const BY_ENDING: readonly (Place & { readonly ending: string })[] = [
  { ending: '.egg-info', format: 'python-metadata', kind: 'pypi', pattern: /^()/ },
  {
    ending: '.gemspec',
    format: 'gem-specification',
    kind: 'gem',
    pattern: /^()(?:.*\/)?specifications\/(?:default\/)?[^/]+$/,
  },
  {
    ending: '.rockspec',
    format: 'rockspec',
    kind: 'luarocks',
    pattern: /^()(?:.*\/)?rocks[^/]*\/[^/]+\/[^/]+\/[^/]+$/,
  },
  { ending: '.reg', format: 'pear-registry', kind: 'pear', pattern: /^()(?:.*\/)?\.registry\/(?:[^/]+\/)?[^/]+$/ },
  {
    ending: '.php',
    format: 'wordpress-plugin',
    kind: 'wordpress',
    pattern: /^()(?:.*\/)?wp-content\/plugins\/[^/]+\/[^/]+$/,
  },
  {
    ending: '.spdx',
    format: 'bitnami-document',
    kind: 'bitnami',
    pattern: /^()(?:.*\/)?opt\/bitnami\/(?:[^/]+\/)?\.spdx-[^/]+$/,
  },
  { ending: '.deps.json', format: 'nuget-dependencies', kind: 'nuget', pattern: /^()/ },
  { ending: '.json', format: 'conda-meta', kind: 'conda', pattern: /^()(?:.*\/)?conda-meta\/[^/]+$/ },
  {
    ending: '.list',
    format: 'file-list',
    kind: 'dpkg',
    pattern: /^(.*\/)?((?:var|usr)\/lib\/dpkg)\/info\/([^/]+)\.list$/,
    owner: ([, root = '', folder = '', name = '']) => ownerKey('dpkg', `${root}${folder}`, name),
  },
  {
    ending: '.list',
    format: 'opkg-list',
    kind: 'opkg',
    pattern: /^(.*\/)?((?:var|usr)\/lib\/opkg)\/info\/([^/]+)\.list$/,
    owner: ([, root = '', folder = '', name = '']) => ownerKey('opkg', `${root}${folder}`, name),
  },
];

function byName(path: string): PackageFile | null {
  const name = baseName(path);
  const places = Object.hasOwn(BY_NAME, name)
    ? (BY_NAME[name] as readonly Place[])
    : BY_ENDING.filter(({ ending }) => name.endsWith(ending));
  for (const { format, kind, pattern, owner } of places) {
    const match = pattern.exec(path);
    if (match !== null) return { format, kind, path, root: match[1] ?? '', owner: owner?.(match) ?? null };
  }
  return null;
}
