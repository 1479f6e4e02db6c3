import packageurl from 'packageurl-js';
import type { PackageFacts, PackageKind } from '../examine/index.ts';
import type { OsRelease } from './os-release.ts';

/** How a kind is called in package URLs (https://github.com/package-url/purl-spec). */
const TYPES: Readonly<Record<PackageKind, string | null>> = {
  dpkg: 'deb',
  apk: 'apk',
  rpm: 'rpm',
  pacman: 'alpm',
  opkg: 'opkg',
  npm: 'npm',
  pypi: 'pypi',
  gem: 'gem',
  composer: 'composer',
  cargo: 'cargo',
  maven: 'maven',
  nuget: 'nuget',
  conda: 'conda',
  golang: 'golang',
  portage: 'ebuild',
  cran: 'cran',
  luarocks: 'luarocks',
  pear: 'pear',
  // Nobody registered one.
  wordpress: null,
  brew: null,
  nix: 'nix',
  bitnami: 'bitnami',
  generic: 'generic',
};

/** The type of package URLs of a kind; null where nobody registered one. */
export function purlTypeOf(kind: PackageKind): string | null {
  return TYPES[kind];
}

/** Distributions that an image without an os-release is of, as far as its package manager tells. */
const USUAL_DISTRIBUTION: Partial<Record<PackageKind, string>> = { dpkg: 'debian', apk: 'alpine', pacman: 'arch' };
/** Where the namespace is not the ID in os-release. */
const NAMESPACES: Readonly<Record<string, string>> = { rhel: 'redhat' };

/** What a package URL is made of. */
type PurlFacts = Pick<PackageFacts, 'name' | 'version' | 'architecture' | 'namespace' | 'epoch'> & {
  readonly kind: PackageKind;
};

/** The URL of a package; null for one with a name that no URL can have. */
export function toPurl(facts: PurlFacts, os: OsRelease | null): string | null {
  const { kind, name, version } = facts;
  const type = TYPES[kind];
  if (type === null) return null;
  const { namespace, local } = splitName(facts, os);
  try {
    return new packageurl.PackageURL(
      type,
      namespace,
      local,
      version === '' || version === '(devel)' ? undefined : kind === 'golang' ? goVersion(name, version) : version,
      qualifiersOf(facts, os),
      undefined,
    ).toString();
  } catch {
    // Names are whatever an image holds; the library refuses those that its specification does.
    return null;
  }
}

function splitName(
  { kind, name, namespace }: PurlFacts,
  os: OsRelease | null,
): { namespace: string | undefined; local: string } {
  switch (kind) {
    case 'dpkg':
    case 'apk':
    case 'rpm':
    case 'pacman':
    case 'opkg': {
      const id = os?.id ?? USUAL_DISTRIBUTION[kind];
      return { namespace: id === undefined ? undefined : (NAMESPACES[id] ?? id), local: name };
    }
    case 'pear':
      return { namespace: namespace ?? undefined, local: name };
    case 'npm':
    case 'composer':
    case 'portage':
    case 'golang': {
      const slash = name.lastIndexOf('/');
      return slash < 0
        ? { namespace: undefined, local: name }
        : { namespace: name.slice(0, slash), local: name.slice(slash + 1) };
    }
    case 'maven':
      // An archive that does not say its group is often called like it.
      return { namespace: namespace ?? name, local: name };
    default:
      return { namespace: undefined, local: name };
  }
}

function qualifiersOf(
  { kind, architecture, epoch }: PurlFacts,
  os: OsRelease | null,
): Record<string, string> | undefined {
  const qualifiers: Record<string, string> = {};
  switch (kind) {
    case 'dpkg':
    case 'apk':
    case 'rpm':
    case 'pacman':
    case 'opkg':
      if (architecture !== '') qualifiers['arch'] = architecture;
      if (epoch !== null) qualifiers['epoch'] = String(epoch);
      if (os?.id !== null && os?.id !== undefined)
        qualifiers['distro'] = os.versionId === null ? os.id : `${os.id}-${os.versionId}`;
      break;
    case 'gem':
      if (architecture !== '' && architecture !== 'ruby') qualifiers['platform'] = architecture;
      break;
    case 'conda':
      if (architecture !== '') qualifiers['subdir'] = architecture;
      break;
    default:
      return undefined;
  }
  return Object.keys(qualifiers).length === 0 ? undefined : qualifiers;
}

function goVersion(name: string, version: string): string {
  return name === 'stdlib' ? version.replace(/^go/, '') : version;
}
