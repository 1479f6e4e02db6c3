/** Holds a report against what the independent reader saw. */
import type { Report, ReportImage } from '../../src/report/index.ts';
import type { ObservedImage } from './observed.ts';

/** One fact that differs. */
export interface Difference {
  readonly fact: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * What differs between an image of the report and what was observed. The observer goes by names alone; where a
 * file with the name of a shell is no program, the report is right, and `explained` tells of it.
 */
export function compareImage(
  report: Report,
  image: ReportImage,
  observed: ObservedImage,
  explained: ReadonlySet<string>,
): Difference[] {
  const differences: Difference[] = [];
  const check = (fact: string, expected: unknown, actual: unknown): void => {
    if (explained.has(fact)) return;
    if (JSON.stringify(expected) !== JSON.stringify(actual)) differences.push({ fact, expected, actual });
  };
  check('layers', observed.layers.length, image.layers.length);
  for (const [i, layer] of observed.layers.entries()) {
    const ours = image.layers[i];
    check(`layer ${i} entries`, layer.entries, ours?.entries);
    check(`layer ${i} whiteouts`, layer.whiteouts.length + layer.opaque.length, ours?.whiteouts);
    // The report gives the diffID that the image states; a layer that has another one is a finding.
    if (!mismatches(report, i)) check(`layer ${i} diffID`, layer.diff_id, ours?.diffId);
  }
  check('USER', observed.config.User ?? '', image.config?.user);
  check('platform', observed.platform.replace(/\/v8$/, ''), image.platform);
  check('files', observed.fs.files, image.filesystem.files);
  check('bytes', observed.fs.bytes, image.filesystem.contentBytes);
  check('os', observed.fs.os?.ID ?? null, image.os?.id ?? null);
  check('version', observed.fs.os?.VERSION_ID ?? null, image.os?.versionId ?? null);
  if (observed.fs.users !== undefined) check('accounts', observed.fs.users, image.accounts.length);
  if (observed.fs.uid0 !== undefined) {
    const root = image.accounts.filter(({ uid }) => uid === 0).map(({ name }) => name);
    check('accounts of root', [...observed.fs.uid0].sort(), root.sort());
  }
  if (observed.fs.login_shell_users !== undefined) {
    const shells = image.accounts.filter(({ shell }) => /\/(?:ba|a|da|z|k|c|tc|fi)?sh$/.test(shell));
    const users = shells.map(({ name, shell }) => `${name}:${shell}`);
    check('accounts with a shell', [...observed.fs.login_shell_users].sort(), users.sort());
  }
  const empty = [...new Set([...(observed.fs.empty_pw_passwd ?? []), ...(observed.fs.shadow_empty ?? [])])];
  check('accounts without a password', empty.length > 0, pathsOf(report, image, 'user/empty-password').length > 0);
  check('apk packages', observed.fs.apk ?? 0, image.packages['apk'] ?? 0);
  check('dpkg packages', (observed.fs.dpkg ?? 0) + (observed.fs['dpkg_status.d'] ?? 0), image.packages['dpkg'] ?? 0);
  check('setuid', [...observed.fs.suid].sort(), pathsOf(report, image, 'privilege/setuid'));
  // The reader knows no hush, which busybox brings beside ash.
  const shells = pathsOf(report, image, 'shell/present').filter((path) => path !== 'bin/hush');
  check('shells', [...observed.fs.shells].sort(), shells);
  check('world-writable', [...observed.fs.world_writable].sort(), pathsOf(report, image, 'privilege/world-writable'));
  // busybox brings an rpm that manages nothing; the reader goes by names.
  const managers = observed.fs.pkgmgr.filter((path) => path !== 'bin/rpm' && path !== 'usr/bin/rpm');
  check('package managers', [...managers].sort(), pathsOf(report, image, 'package-manager/present'));
  return differences;
}

function mismatches(report: Report, layerIndex: number): boolean {
  return report.findings.some(
    ({ rule, evidence }) =>
      rule === 'integrity/layer-digest' && evidence.some((place) => place.layer?.index === layerIndex),
  );
}

function pathsOf(report: Report, image: ReportImage, rule: string): string[] {
  const places = report.findings.filter((finding) => finding.rule === rule).flatMap((finding) => finding.evidence);
  const here = places.filter((place) => place.platform === image.platform);
  return [...new Set(here.map((place) => (place.path ?? '').slice(1)))].sort();
}
