import { compareVersions } from './compare-versions.ts';
import type { ImagePackage } from './packages.ts';

/** What became of a package. `changed`: another version, and which is the higher one is not known. */
export type PackageDifference = 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';

/** A package that two images do not have alike. */
export interface PackageChange {
  readonly change: PackageDifference;
  readonly before: ImagePackage | null;
  readonly after: ImagePackage | null;
}

/** What two lists of packages differ in. */
export interface PackageComparison {
  /** By kind, name and versions. */
  readonly changes: readonly PackageChange[];
  /** How many both have in the same version, wherever they are. */
  readonly unchanged: number;
}

/**
 * Compares the packages of two images: by kind and name, and where there are several of one name by version, then by
 * place. A package of the same version for another architecture, or in another place, is the same. Comparing the other
 * way round gives the same the other way round.
 */
export function comparePackages(before: readonly ImagePackage[], after: readonly ImagePackage[]): PackageComparison {
  const [groupsA, groupsB] = [Map.groupBy(before, keyOf), Map.groupBy(after, keyOf)];
  const changes: PackageChange[] = [];
  let unchanged = 0;
  for (const key of new Set([...groupsA.keys(), ...groupsB.keys()])) {
    const left = new Pool(groupsA.get(key) ?? []);
    const right = new Pool(groupsB.get(key) ?? []);
    unchanged += pair(left, right, ({ version }) => version).length;
    // Of what is left, packages in one place are one that changed; of others nobody knows more than their order.
    const pairs = [
      ...pair(left, right, placeOf),
      ...pair(left, right, ({ architecture }) => architecture),
      ...pair(left, right, () => ''),
    ];
    for (const [one, other] of pairs) changes.push({ change: directionOf(one, other), before: one, after: other });
    for (const one of left.rest()) changes.push({ change: 'removed', before: one, after: null });
    for (const other of right.rest()) changes.push({ change: 'added', before: null, after: other });
  }
  return { changes: changes.sort(compareChanges), unchanged };
}

/** Packages of one name that have no counterpart yet, in an order that depends on nothing but themselves. */
class Pool {
  #packages: readonly ImagePackage[];

  constructor(packages: readonly ImagePackage[]) {
    this.#packages = [...packages].sort(compareAll);
  }

  rest(): readonly ImagePackage[] {
    return this.#packages;
  }

  by(key: (one: ImagePackage) => string): Map<string, ImagePackage[]> {
    return Map.groupBy(this.#packages, key);
  }

  without(taken: ReadonlySet<ImagePackage>): void {
    this.#packages = this.#packages.filter((one) => !taken.has(one));
  }
}

/** Takes out of two pools what has the same key, in order. */
function pair(left: Pool, right: Pool, key: (one: ImagePackage) => string): (readonly [ImagePackage, ImagePackage])[] {
  const others = right.by(key);
  const pairs = [...left.by(key)].flatMap(([value, list]) => {
    const counterparts = others.get(value) ?? [];
    return list
      .slice(0, counterparts.length)
      .map((one, i): readonly [ImagePackage, ImagePackage] => [one, counterparts[i] as ImagePackage]);
  });
  left.without(new Set(pairs.map(([one]) => one)));
  right.without(new Set(pairs.map(([, other]) => other)));
  return pairs;
}

function directionOf(before: ImagePackage, after: ImagePackage): PackageDifference {
  const order = compareVersions(before.kind, withEpoch(before), withEpoch(after));
  if (order === null || order === 0) return 'changed';
  return order < 0 ? 'upgraded' : 'downgraded';
}

/** Databases of rpm keep the epoch beside the version. */
function withEpoch({ version, epoch }: ImagePackage): string {
  return epoch === null || /^\d+:/.test(version) ? version : `${epoch}:${version}`;
}

function keyOf({ kind, name, namespace }: ImagePackage): string {
  return `${kind}\0${name}\0${namespace ?? ''}`;
}

function placeOf({ architecture, database, members }: ImagePackage): string {
  return [architecture, database.path, ...members].join('\0');
}

function compareAll(a: ImagePackage, b: ImagePackage): number {
  return (
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture) ||
    compareText(placeOf(a), placeOf(b))
  );
}

function compareChanges(a: PackageChange, b: PackageChange): number {
  const [one, other] = [(a.before ?? a.after) as ImagePackage, (b.before ?? b.after) as ImagePackage];
  const versions = ({ before, after }: PackageChange): string => [before?.version, after?.version].sort().join('\0');
  const places = ({ before, after }: PackageChange): string =>
    [before, after]
      .map((side) => (side === null ? '' : placeOf(side)))
      .sort()
      .join('\0');
  return (
    compareText(one.kind, other.kind) ||
    compareText(one.name, other.name) ||
    compareText(versions(a), versions(b)) ||
    compareText(places(a), places(b))
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
