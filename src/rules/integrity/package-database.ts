import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Databases of packages that could not be read to their end. */
export const integrityPackageDatabase: Rule = {
  id: 'integrity/package-database',
  title: 'A database of packages is damaged',
  severity: 'medium',
  confidence: 'high',
  why: 'What a damaged database does not name, nobody looks for: scanners stop at the damage or skip the whole database, and vulnerable packages behind it are never reported. Some who hide a package do it so.',
  fix: 'Find the instruction that wrote the database and build the layer again. Where a package manager was stopped in the middle, rpm --rebuilddb, dpkg --audit or apk fix tell what is missing.',
  references: ['https://rpm.org/docs/4.20.x/man/rpmdb.8'],
  *judgeImage(evidence) {
    for (const { database, entry } of evidence.system.packages.systemDatabases()) {
      if (database.trouble === null) continue;
      const { state } = entry;
      yield {
        key: entry.path,
        state,
        ...(state === 'live' ? {} : { severity: 'info' as const }),
        message: `/${evidence.redact(entry.path)}: ${evidence.redact(database.trouble)}.`,
        evidence: [entryPlace(evidence, entry)],
      };
    }
  },
};
