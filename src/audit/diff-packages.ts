import type { DiffPackageVersion, DiffPair } from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import { comparePackages, type ImagePackage } from '../system/index.ts';
import { shownPath } from './document-places.ts';

/** What the packages differ in that are installed in two images. @param limit most changes that are listed */
export function diffPackages(a: ImageEvidence, b: ImageEvidence, limit: number): DiffPair['packages'] {
  const { changes, unchanged } = comparePackages(a.system.packages.installed, b.system.packages.installed);
  const counts = { added: 0, removed: 0, upgraded: 0, downgraded: 0, changed: 0, unchanged };
  for (const { change } of changes) counts[change] += 1;
  return {
    counts,
    changes: changes.slice(0, limit).map(({ change, before, after }) => ({
      change,
      type: (before ?? after)?.kind ?? '',
      name: b.redact(a.redact((before ?? after)?.name ?? '')),
      a: before === null ? null : toVersion(a, before),
      b: after === null ? null : toVersion(b, after),
    })),
    omitted: Math.max(0, changes.length - limit),
  };
}

function toVersion(
  evidence: ImageEvidence,
  { version, architecture, layerIndex, database }: ImagePackage,
): DiffPackageVersion {
  const { redact } = evidence;
  return {
    version: redact(version),
    architecture: redact(architecture),
    layer: layerIndex,
    ...shownPath(evidence, database.path),
  };
}
