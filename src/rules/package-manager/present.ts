import { entryPlace } from '../places.ts';
import { findPrograms, listPaths, runs } from '../programs.ts';
import type { Rule } from '../rule.ts';

/** Programs by the package manager they belong to. */
const MANAGERS: Readonly<Record<string, readonly string[]>> = {
  apt: ['apt', 'apt-get', 'aptitude'],
  dpkg: ['dpkg'],
  apk: ['apk'],
  rpm: ['rpm'],
  dnf: ['dnf', 'dnf5', 'dnf-3'],
  microdnf: ['microdnf'],
  yum: ['yum'],
  zypper: ['zypper'],
  tdnf: ['tdnf'],
  pacman: ['pacman'],
  opkg: ['opkg'],
  nix: ['nix', 'nix-env'],
  brew: ['brew'],
  pip: ['pip', 'pip2', 'pip3'],
  uv: ['uv'],
  poetry: ['poetry'],
  conda: ['conda', 'mamba', 'micromamba'],
  npm: ['npm'],
  yarn: ['yarn'],
  pnpm: ['pnpm'],
  gem: ['gem'],
  composer: ['composer'],
  cargo: ['cargo'],
};

/** Each package manager whose program is in the final filesystem. */
export const packageManagerPresent: Rule = {
  id: 'package-manager/present',
  title: 'A package manager is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'With a package manager in the container an intruder installs the tools that the image lacks, and software can change behind the back of whoever scanned the image (NIST SP 800-190, 4.1.2).',
  fix: 'Build in one stage and copy the result into an image without a package manager in the last one: FROM … AS build, then FROM gcr.io/distroless/… and COPY --from=build.',
  references: ['https://docs.docker.com/build/building/multi-stage/', 'https://doi.org/10.6028/NIST.SP.800-190'],
  *judgeImage(evidence) {
    for (const [manager, names] of Object.entries(MANAGERS)) {
      // busybox brings an rpm and a dpkg that unpack, and manage nothing.
      const programs = findPrograms(evidence, names).filter(({ multiCall }) => !multiCall);
      if (programs.length === 0) continue;
      const entries = programs.map(({ entry }) => entry);
      const { usable, text } = runs(programs);
      yield {
        key: manager,
        state: 'live',
        ...(usable ? {} : { severity: 'info' }),
        title: `The package manager ${manager} is in the image${usable ? '' : ', and cannot be run'}`,
        message: `${listPaths(evidence, entries)} ${text}.`,
        evidence: entries.map((entry) => entryPlace(evidence, entry)),
      };
    }
  },
};
