import { entryPlace, imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Distributions whose packages a database in the image names, by the ID of their os-release. */
const WITH_DATABASE: ReadonlySet<string> = new Set([
  'alpine',
  'almalinux',
  'amzn',
  'arch',
  'azurelinux',
  'centos',
  'chainguard',
  'debian',
  'fedora',
  'mariner',
  'ol',
  'opensuse-leap',
  'opensuse-tumbleweed',
  'photon',
  'rhel',
  'rocky',
  'sles',
  'ubuntu',
  'wolfi',
]);

/** Images of a distribution whose package database is not there. */
export const packageManagerNoDatabase: Rule = {
  id: 'package-manager/no-database',
  title: 'The database of the distribution’s packages is not in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Scanners learn from that database what is installed. Without it they find no vulnerable package in the image, however many there are, and say that all is well.',
  fix: 'Remove the package manager and leave its database: keep /var/lib/dpkg/status, /lib/apk/db/installed or /var/lib/rpm. Distroless images show how: a file for each package in /var/lib/dpkg/status.d.',
  references: ['https://github.com/GoogleContainerTools/distroless#how-do-i-use-distroless-images'],
  *judgeImage(evidence) {
    const { os, packages } = evidence.system;
    if (os === null || os.id === null || !WITH_DATABASE.has(os.id)) return;
    const databases = packages.systemDatabases();
    if (databases.some(({ entry }) => entry.state === 'live')) return;
    // A layer that was not examined may hold it.
    if (evidence.layers.some(({ record }) => record === null)) return;
    const deleted = databases.filter(({ entry }) => entry.state === 'deleted');
    const count = deleted.reduce((sum, { database }) => sum + database.packages.length, 0);
    const name = evidence.redact(os.prettyName ?? os.id);
    const last = deleted.at(-1);
    const file = evidence.filesystem.resolve('etc/os-release') ?? evidence.filesystem.resolve('usr/lib/os-release');
    yield {
      key: 'database',
      state: 'live',
      ...(last === undefined
        ? {}
        : { severity: 'medium' as const, title: 'The database of the distribution’s packages was deleted' }),
      message:
        last === undefined
          ? `The image is of ${name}, and no database names its packages.`
          : `The image is of ${name}; layer ${last.entry.hiddenBy?.layerIndex ?? last.entry.layerIndex} deletes the database that named ${count === 1 ? '1 package' : `${count} packages`}.`,
      evidence:
        last !== undefined
          ? deleted.map(({ entry }) => entryPlace(evidence, entry))
          : [file === null ? imagePlace(evidence) : entryPlace(evidence, file)],
    };
  },
};
