import { isSystemKind } from '../../system/index.ts';
import { packagePlaces } from '../packages.ts';
import type { Rule } from '../rule.ts';

/** Packages of distributions that are for building against others, or for looking into them. */
const DEVELOPMENT =
  /-(?:dev|devel|devel-static|headers|dbg|dbgsym|debuginfo|debugsource)$|^(?:build-essential|build-base|alpine-sdk|base-devel|dpkg-dev|linux-headers-\S+|linux-libc-dev|kernel-headers)$/;

/** Packages of the distribution that only builds need. */
export const leftoverDevPackages: Rule = {
  id: 'leftover/dev-packages',
  title: 'Packages for development are installed',
  severity: 'low',
  confidence: 'high',
  why: 'Headers, static libraries and debugging symbols serve a build, and nothing that runs. They make every pull larger, and often bring compilers and interpreters along that an intruder can use.',
  fix: 'Build in one stage and install only the libraries themselves in the last one: libpq5, not libpq-dev. In one stage: RUN apk add --no-cache --virtual .build-deps … && make install && apk del .build-deps.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  *judgeImage(evidence) {
    const found = evidence.system.packages.installed.filter(
      ({ kind, name }) => isSystemKind(kind) && DEVELOPMENT.test(name),
    );
    if (found.length === 0) return;
    yield {
      key: 'packages',
      state: 'live',
      message: `${found.length === 1 ? '1 package serves' : `${found.length} packages serve`} development only.`,
      evidence: packagePlaces(evidence, found),
    };
  },
};
