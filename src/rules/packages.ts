import { parentPath } from '../core/index.ts';
import type { ImagePackage } from '../system/index.ts';
import type { ImageEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import { layerPlace, pathMembers } from './places.ts';

/** Names shown of the packages that one layer brought. */
const MAX_NAMES = 12;

/** Packages as places: one for each layer that brought any, and each database or folder of installed modules. */
export function packagePlaces(evidence: ImageEvidence, packages: readonly ImagePackage[]): Evidence[] {
  const groups = Map.groupBy(packages, (one) => `${one.layerIndex} ${homeOf(one)}`);
  return [...groups.values()].map((group) => {
    const first = group[0] as ImagePackage;
    const names = [...new Set(group.map(({ name }) => evidence.redactName(name)))];
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
    return layerPlace(evidence, first.layerIndex, {
      ...pathMembers(evidence.redact(homeOf(first))),
      detail: `${names.slice(0, MAX_NAMES).join(', ')}${more}`,
    });
  });
}

/** The database that a package is in; of those that bring a file each, the folder that they are installed in. */
function homeOf({ kind, name, database }: ImagePackage): string {
  const { path } = database;
  if (kind === 'npm') return path.slice(0, Math.max(0, path.lastIndexOf(`/${name}/package.json`))) || parentPath(path);
  return kind === 'pypi' ? parentPath(path.endsWith('.egg-info') ? path : parentPath(path)) : path;
}
