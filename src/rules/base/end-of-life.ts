import type { ImageEvidence } from '../evidence.ts';
import { entryPlace, imagePlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';
import { DISTRIBUTIONS, type Distribution, ROLLING, TABLE_DATE } from './releases.ts';

/** Distributions whose release gets no updates any more. */
export const baseEndOfLife: Rule = {
  id: 'base/end-of-life',
  title: 'The distribution’s release gets no updates any more',
  severity: 'medium',
  confidence: 'high',
  why: 'Holes that are found in its packages from then on stay open, and no scanner names them: the distribution publishes no advisories for a release that it has ended. Rebuilding the image brings nothing new.',
  fix: 'Build on a release that is maintained, and move on before its end: FROM debian:13-slim in place of FROM debian:10-slim, for example.',
  references: [
    'https://endoflife.date/',
    'https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image',
  ],
  *judgeImage(evidence) {
    const { os } = evidence.system;
    if (os === null || os.id === null || ROLLING.has(os.id)) return;
    const name = evidence.redact(os.prettyName ?? os.id);
    const distribution = Object.hasOwn(DISTRIBUTIONS, os.id) ? DISTRIBUTIONS[os.id] : undefined;
    if (distribution === undefined) {
      yield unknown(evidence, `${name} is in no table of this program, which is of ${TABLE_DATE}`);
      return;
    }
    const release = releaseOf(distribution, os.versionId);
    if (release === null) {
      // What is built from the newest of everything has no number, or one of a release to come.
      yield unknown(evidence, `${name} names no release of ${distribution.name}`);
      return;
    }
    const end = Object.hasOwn(distribution.releases, release) ? distribution.releases[release] : undefined;
    if (end === undefined) {
      yield unknown(
        evidence,
        `${distribution.name} ${release} is not in the table of this program, which is of ${TABLE_DATE}`,
      );
      return;
    }
    // A reproducible report goes by the day of the table, which is the same tomorrow.
    const today = evidence.today ?? TABLE_DATE;
    const [until, extended] = end;
    if (until === null || until >= today) return;
    const isExtended = extended !== null && extended >= today;
    yield {
      key: `${os.id} ${release}`,
      state: 'live',
      ...(isExtended ? { severity: 'low' as const } : {}),
      title: isExtended
        ? `${distribution.name} ${release} gets updates only where they are bought`
        : `${distribution.name} ${release} gets no updates any more`,
      // What the table says of days behind its own is a plan.
      ...(until > TABLE_DATE ? { confidence: 'medium' as const } : {}),
      message: `${until > TABLE_DATE ? `By the plans of ${TABLE_DATE} its` : 'Its'} updates${isExtended ? ' for everybody' : ''} ended on ${until}${isExtended ? `; those that are bought end on ${extended}` : ''}.`,
      evidence: [place(evidence, { detail: name })],
    };
  },
};

/** The release as the table calls it; null where the version names none. */
function releaseOf({ parts }: Distribution, versionId: string | null): string | null {
  const numbers = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.\d+)*$/.exec(versionId ?? '');
  if (numbers === null) return null;
  const [, major, minor] = numbers;
  return parts === 1 || minor === undefined ? (major as string) : `${major}.${minor}`;
}

function unknown(evidence: ImageEvidence, reason: string): Draft {
  return {
    key: 'unknown',
    state: 'live',
    severity: 'info',
    confidence: 'low',
    title: 'Whether the distribution’s release gets updates is unknown',
    message: `${reason}.`,
    evidence: [place(evidence)],
  };
}

function place(evidence: ImageEvidence, more: { detail?: string } = {}): ReturnType<typeof imagePlace> {
  const file = evidence.filesystem.resolve('etc/os-release') ?? evidence.filesystem.resolve('usr/lib/os-release');
  return file === null ? imagePlace(evidence, more) : entryPlace(evidence, file, more);
}
