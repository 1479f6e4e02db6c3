import packageurl from 'packageurl-js';
import type { PackageKind } from '../../examine/index.ts';
import { type ImagePackage, purlTypeOf } from '../../system/index.ts';
import type { SbomPackage } from '../inventory.ts';

/** What makes two entries the same package, whoever wrote them. */
export interface PackageIdentity {
  readonly kind: PackageKind;
  /** Spelt as all of its kind are. */
  readonly name: string;
  /** Every spelling of the version, without its epoch; empty where it is not known. */
  readonly versions: readonly string[];
  /** Null where none is stated, which tools mean by 0, and by not having looked. */
  readonly epoch: number | null;
  /** Empty where it is not known. */
  readonly architecture: string;
  /** Whether it stands for the source that packages were built from. */
  readonly isSource: boolean;
}

/** Kinds whose packages tools name alike. */
const COMPARED: ReadonlySet<PackageKind> = new Set([
  'dpkg',
  'apk',
  'rpm',
  'pacman',
  'opkg',
  'npm',
  'pypi',
  'gem',
  'composer',
  'cargo',
  'maven',
  'nuget',
  'conda',
  'golang',
]);

/** These by the type of package URLs, and by what Syft and Trivy wrote before. */
const KINDS: ReadonlyMap<string, PackageKind> = new Map([
  ...[...COMPARED].map((kind) => [purlTypeOf(kind) ?? kind, kind] as const),
  ['alpine', 'apk'],
  ['arch', 'pacman'],
]);

/** Kinds by what writers call them beside the package, where it has no URL. */
const WORDS: readonly (readonly [RegExp, PackageKind])[] = [
  [/^(?:DPKG DB|deb|debian|ubuntu)$/i, 'dpkg'],
  [/^(?:APK DB|apk|alpine|wolfi|chainguard)$/i, 'apk'],
  [/^(?:RPM DB|rpm|redhat|centos|fedora|rocky|alma|amazon|oracle|suse.*|photon|azurelinux)$/i, 'rpm'],
  [/^(?:ALPM DB|alpm)$/i, 'pacman'],
  [/^(?:npm|node-pkg|installed node module manifest)$/i, 'npm'],
  [/^(?:python|python-pkg|installed python package manifest)$/i, 'pypi'],
  [/^(?:gem|gemspec|installed gem metadata)$/i, 'gem'],
  [/^(?:php-composer|composer-vendor|PHP composer manifest)$/i, 'composer'],
  [/^(?:go-module|gobinary|go module information)$/i, 'golang'],
  [/^(?:java-archive|jar|installed java archive)$/i, 'maven'],
  [/^(?:dotnet|dotnet-core|dotnet project assets)$/i, 'nuget'],
  [/^(?:conda|conda-pkg)$/i, 'conda'],
  [/^(?:rust-crate|rustbinary)$/i, 'cargo'],
];

/**
 * Whether packages of a kind can be held against an SBOM's. Versions that a program's own bytes tell, plugins and the like
 * have no names or URLs that tools agree upon.
 */
export function isComparedKind(kind: PackageKind): boolean {
  return COMPARED.has(kind);
}

/** What an entry of an SBOM is; null for kinds that are not compared. */
export function identityOfListed(one: SbomPackage): PackageIdentity | null {
  const purl = parsePurl(one.purl);
  if (purl === null) {
    const kind = one.kind === null ? undefined : WORDS.find(([pattern]) => pattern.test(one.kind as string))?.[1];
    return kind === undefined ? null : identityOf(kind, one.name, [one.version], { epoch: null, architecture: '' });
  }
  const kind = KINDS.get(purl.type) ?? null;
  if (kind === null) return null;
  const { namespace, name, version, qualifiers, subpath } = purl;
  const epoch = /^\d{1,9}$/.test(qualifiers?.['epoch'] ?? '') ? Number(qualifiers?.['epoch']) : null;
  return identityOf(kind, nameOf(kind, namespace, name, subpath), [version ?? '', one.version], {
    epoch,
    architecture: qualifiers?.['arch'] ?? '',
  });
}

/** What an installed package is. */
export function identityOfInstalled(one: ImagePackage): PackageIdentity {
  return identityOf(one.kind, one.name, [one.version], one);
}

/** The parts of a package URL; null for what is none. */
export function parsePurl(text: string | null): InstanceType<typeof packageurl.PackageURL> | null {
  if (text?.startsWith('pkg:') !== true) return null;
  try {
    return packageurl.PackageURL.fromString(text);
  } catch {
    return null;
  }
}

function nameOf(kind: PackageKind, namespace: string | undefined, name: string, subpath: string | undefined): string {
  switch (kind) {
    case 'npm':
    case 'composer':
      return namespace === undefined ? name : `${namespace}/${name}`;
    // Syft puts what is behind the third part of a module's path into the subpath.
    case 'golang':
      return [namespace, name, subpath].filter((part) => part !== undefined && part !== '').join('/');
    default:
      return name;
  }
}

function identityOf(
  kind: PackageKind,
  name: string,
  versions: readonly string[],
  { epoch, architecture }: { readonly epoch: number | null; readonly architecture: string },
): PackageIdentity {
  const withEpoch = isEvr(kind) ? versions.map((version) => /^(\d{1,9}):(.*)$/s.exec(version)) : [];
  const stated = withEpoch.find((match) => match !== null)?.[1];
  const spelt = versions.map((version, i) => canonicalVersion(kind, withEpoch[i]?.[2] ?? version));
  const known = [...new Set(spelt.filter((version) => version !== ''))];
  return {
    kind,
    name: canonicalName(kind, name),
    versions: known,
    epoch: epoch ?? (stated === undefined ? null : Number(stated)),
    architecture: isEvr(kind) ? architecture : '',
    isSource: isEvr(kind) && /^(?:source|src)$/.test(architecture),
  };
}

/** Whether versions of a kind are epoch, version and release. */
function isEvr(kind: PackageKind): boolean {
  return kind === 'dpkg' || kind === 'rpm' || kind === 'opkg' || kind === 'apk' || kind === 'pacman';
}

function canonicalName(kind: PackageKind, name: string): string {
  switch (kind) {
    // PEP 503.
    case 'pypi':
      return name.toLowerCase().replace(/[-_.]+/g, '-');
    // Rust takes both for the same.
    case 'cargo':
      return name.replaceAll('_', '-');
    // A jar often does not say its group, and tools guess it in different ways; its artifact it says.
    case 'maven':
      return name.slice(name.lastIndexOf(':') + 1).toLowerCase();
    case 'rpm':
      return name;
    // Trivy writes these in lower case, and package URLs of some have to be.
    default:
      return name.toLowerCase();
  }
}

function canonicalVersion(kind: PackageKind, version: string): string {
  switch (kind) {
    case 'golang':
      return /^(?:\(devel\)|devel|unknown)$/i.test(version) ? '' : version.replace(/^(?:v|go)(?=\d)/, '');
    case 'npm':
      return version.replace(/^[v=]+/, '');
    case 'pypi':
      return version.toLowerCase().replace(/^v/, '');
    case 'nuget':
      return version.toLowerCase().replace(/^(\d+\.\d+\.\d+)\.0$/, '$1');
    default:
      return /^unknown$/i.test(version) ? '' : version;
  }
}

/** How well an entry fits a package of its kind and name. */
export function fits(
  listed: PackageIdentity,
  installed: PackageIdentity,
): 'same' | 'other-version' | 'other-architecture' {
  const anyVersion = listed.versions.length === 0 || installed.versions.length === 0;
  if (!anyVersion && !listed.versions.some((version) => installed.versions.includes(version))) return 'other-version';
  // Who leaves the epoch out has not looked, or means none; two that are stated have to be the same.
  const bothEpochs = listed.epoch !== null && installed.epoch !== null;
  if (bothEpochs && listed.epoch !== installed.epoch) return 'other-version';
  return isSameArchitecture(listed.architecture, installed.architecture) ? 'same' : 'other-architecture';
}

function isSameArchitecture(a: string, b: string): boolean {
  const anywhere = /^(?:|all|any|noarch|none|\(none\))$/;
  return a === b || anywhere.test(a) || anywhere.test(b);
}
