import type { ImagePackage } from '../../system/index.ts';
import type { SbomPackage } from '../inventory.ts';
import { fits, identityOfInstalled, identityOfListed, type PackageIdentity } from './identity.ts';

/** How the packages of an SBOM and of an image stand to each other. */
export interface PackageComparison {
  /** Entries of the SBOM that are there, and what they are. */
  readonly matched: readonly { readonly listed: SbomPackage; readonly installed: ImagePackage }[];
  readonly missing: readonly ImagePackage[];
  readonly surplus: readonly SurplusPackage[];
  readonly otherVersion: readonly { readonly listed: SbomPackage; readonly installed: ImagePackage }[];
  /** What was not held against anything, and why. */
  readonly leftOut: readonly LeftOut[];
}

/** A package that is listed and not installed. */
export interface SurplusPackage {
  readonly listed: SbomPackage;
  /** What a lower layer had of it, and a later one took away. */
  readonly removed: ImagePackage | null;
}

/** What stands on one side only, for a reason. */
export interface LeftOut {
  readonly side: 'sbom' | 'image';
  readonly reason: string;
  readonly names: readonly string[];
}

/** Why an entry or a package is not held against the other side; null where it is. */
export interface Excuses {
  listed(one: SbomPackage): string | null;
  installed(one: ImagePackage): string | null;
}

interface Listed {
  readonly one: SbomPackage;
  readonly identity: PackageIdentity;
}

/** Holds the packages of an SBOM against those of an image, whose lock files and lower layers explain some. */
export function comparePackages(
  listed: readonly SbomPackage[],
  all: readonly ImagePackage[],
  excuses: Excuses,
): PackageComparison {
  const reasons = new Reasons();
  const entries: Listed[] = [];
  const others: SbomPackage[] = [];
  for (const one of listed) {
    const identity = one.role === 'package' ? identityOfListed(one) : null;
    if (identity !== null) entries.push({ one, identity });
    else others.push(one);
  }
  const nameless = matchNameless(others, all);
  const explained = new Set(nameless.map((pair) => pair.listed));
  for (const one of others) if (!explained.has(one)) reasons.add('sbom', roleReason(one), one.name);
  const installed = all.filter(({ state }) => state === 'installed');
  const matched = [...nameless];
  const otherVersion: { listed: SbomPackage; installed: ImagePackage }[] = [];
  const missing: ImagePackage[] = [];
  const surplus: Listed[] = [];
  const byName = Map.groupBy(entries, ({ identity }) => keyOf(identity));
  const known = new Set(nameless.map((pair) => pair.installed));
  const groups = Map.groupBy(
    installed.filter((one) => !known.has(one)),
    (one) => keyOf(identityOfInstalled(one)),
  );
  for (const [key, group] of groups) {
    const rest = takeMatches(group, byName.get(key) ?? [], matched);
    // Several copies of one version are one entry for some tools, and several for others.
    const others = distinct(rest.listed);
    const left = distinctInstalled(rest.installed);
    for (const [i, one] of left.entries()) {
      const other = others[i];
      if (other === undefined) missing.push(one);
      else otherVersion.push({ listed: other.one, installed: one });
    }
    for (const other of others.slice(left.length)) surplus.push(other);
    byName.delete(key);
  }
  for (const group of byName.values()) for (const other of distinct(group)) surplus.push(other);
  const told = explainSurplus(surplus, all, reasons, excuses);
  return {
    matched,
    missing: explainMissing(missing, entries, reasons, excuses),
    surplus: told,
    otherVersion,
    leftOut: reasons.list(),
  };
}

function keyOf({ kind, name }: PackageIdentity): string {
  // Syft lists packages of opkg as Debian's.
  return `${kind === 'opkg' ? 'dpkg' : kind}\0${name}`;
}

/** Puts packages of one name and what is listed of them together; gives what is left of both. */
function takeMatches(
  group: readonly ImagePackage[],
  candidates: readonly Listed[],
  matched: { listed: SbomPackage; installed: ImagePackage }[],
): { readonly installed: ImagePackage[]; readonly listed: Listed[] } {
  const used = new Set<Listed>();
  const left: ImagePackage[] = [];
  const byVersion = new Map<string, Listed[]>();
  const anyVersion: Listed[] = [];
  for (const one of candidates) {
    if (one.identity.versions.length === 0) anyVersion.push(one);
    for (const version of one.identity.versions) {
      const list = byVersion.get(version) ?? [];
      list.push(one);
      byVersion.set(version, list);
    }
  }
  for (const one of group) {
    const identity = identityOfInstalled(one);
    const [version] = identity.versions;
    const found =
      findFitting(version === undefined ? candidates : (byVersion.get(version) ?? []), identity) ??
      findFitting(anyVersion, identity);
    if (found === undefined) {
      left.push(one);
      continue;
    }
    matched.push({ listed: found.one, installed: one });
    used.add(found);
  }
  // What is listed twice in the same words is there as often as it is listed.
  const seen = new Set([...used].map(({ identity }) => spelling(identity)));
  return { installed: left, listed: candidates.filter((one) => !used.has(one) && !seen.has(spelling(one.identity))) };
}

/** Entries of one name and version that are looked at. The attack: a hundred thousand, each for another architecture. */
const MAX_ALIKE = 64;

function findFitting(candidates: readonly Listed[], identity: PackageIdentity): Listed | undefined {
  return candidates.slice(0, MAX_ALIKE).find((entry) => fits(entry.identity, identity) === 'same');
}

function spelling({ versions, epoch, architecture }: PackageIdentity): string {
  return `${versions.join('\0')}\0${epoch ?? 0}\0${architecture}`;
}

function distinct(listed: readonly Listed[]): Listed[] {
  return [...new Map(listed.map((one) => [`${keyOf(one.identity)}\0${spelling(one.identity)}`, one])).values()];
}

function distinctInstalled(installed: readonly ImagePackage[]): ImagePackage[] {
  return [...new Map(installed.map((one) => [`${one.name}\0${one.version}\0${one.architecture}`, one])).values()];
}

/** Entries that do not say what kind of package they are fit any of their name and version. */
function matchNameless(
  others: readonly SbomPackage[],
  all: readonly ImagePackage[],
): { listed: SbomPackage; installed: ImagePackage }[] {
  const keyOfName = (name: string, version: string): string => `${name.toLowerCase()}\0${version}`;
  const byName = new Map<string, SbomPackage>();
  for (const one of others)
    if (one.role === 'package' && one.purl === null) byName.set(keyOfName(one.name, one.version), one);
  if (byName.size === 0) return [];
  return all.flatMap((installed) => {
    const listed = byName.get(keyOfName(installed.name, installed.version));
    return listed === undefined || installed.state !== 'installed' ? [] : [{ listed, installed }];
  });
}

function roleReason({ role, purl }: SbomPackage): string {
  switch (role) {
    case 'image':
      return 'stands for the image itself, or one of its layers';
    case 'operating-system':
      return 'stands for the distribution';
    case 'package':
      return purl === null
        ? 'does not say what kind of package it is'
        : `is of a kind that no layer tells of (${/^pkg:([\w.+-]+)/.exec(purl)?.[1] ?? 'no package URL'})`;
    default:
      return 'is no package: a source, a lock file, something that holds packages';
  }
}

function explainSurplus(
  surplus: readonly Listed[],
  all: readonly ImagePackage[],
  reasons: Reasons,
  excuses: Excuses,
): SurplusPackage[] {
  if (surplus.length === 0) return [];
  const declared = new Set(
    all.flatMap((one) => (one.state === 'declared' ? [`${keyOf(identityOfInstalled(one))}\0${one.version}`] : [])),
  );
  const removed = Map.groupBy(
    all.filter(({ state }) => state === 'removed'),
    (one) => keyOf(identityOfInstalled(one)),
  );
  const sources = new Set(
    all.flatMap(({ kind, state, source }) =>
      state === 'installed' && source !== null ? [`${kind}\0${source.toLowerCase()}`] : [],
    ),
  );
  return surplus.flatMap(({ one, identity }) => {
    const { kind, name, versions } = identity;
    if (versions.some((version) => declared.has(`${keyOf(identity)}\0${version}`))) {
      reasons.add('sbom', 'is named by a lock file in the image, whether it is installed or not', one.name);
      return [];
    }
    if (sources.has(`${kind}\0${name.toLowerCase()}`)) {
      reasons.add('sbom', 'is the source that installed packages were built from', one.name);
      return [];
    }
    const excuse = excuses.listed(one);
    if (excuse !== null) {
      reasons.add('sbom', excuse, one.name);
      return [];
    }
    const gone = removed.get(keyOf(identity))?.find((other) => fits(identity, identityOfInstalled(other)) === 'same');
    return [{ listed: one, removed: gone ?? null }];
  });
}

function explainMissing(
  missing: readonly ImagePackage[],
  entries: readonly Listed[],
  reasons: Reasons,
  excuses: Excuses,
): ImagePackage[] {
  const sources = new Set(entries.flatMap(({ identity }) => (identity.isSource ? [keyOf(identity)] : [])));
  return missing.filter((one) => {
    const source = one.source === null ? null : `${one.kind}\0${one.source.toLowerCase()}`;
    const excuse =
      source !== null && sources.has(source)
        ? 'is listed by the source that it was built from'
        : excuses.installed(one);
    if (excuse === null) return true;
    reasons.add('image', excuse, one.name);
    return false;
  });
}

/** What was left out, by reason. */
class Reasons {
  readonly #names = new Map<string, string[]>();

  add(side: LeftOut['side'], reason: string, name: string): void {
    const key = `${side}\0${reason}`;
    const names = this.#names.get(key);
    if (names === undefined) this.#names.set(key, [name]);
    else names.push(name);
  }

  list(): LeftOut[] {
    return [...this.#names].map(([key, names]) => {
      const [side, reason] = key.split('\0') as [LeftOut['side'], string];
      return { side, reason, names };
    });
  }
}
