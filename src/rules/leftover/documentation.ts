import type { Rule } from '../rule.ts';
import { judgeLeftFiles, WORTH_LEAVING_OUT } from './left-files.ts';

/** Manuals and translations: a megabyte or more. */
export const leftoverDocumentation: Rule = {
  id: 'leftover/documentation',
  title: 'Documentation is in the image',
  severity: 'info',
  confidence: 'high',
  why: 'Nobody reads manuals in a container. They make every pull larger.',
  fix: 'Have the package manager leave it out: path-exclude=/usr/share/doc/* in /etc/dpkg/dpkg.cfg.d/01-nodoc before the installation, dnf install --nodocs, apk add without -doc packages, gem install --no-document. Slim base images do so already.',
  references: [
    'https://wiki.ubuntu.com/ReducingDiskFootprint#Documentation',
    'https://docs.docker.com/build/building/best-practices/',
  ],
  *judgeImage(evidence) {
    const minimumBytes = WORTH_LEAVING_OUT;
    yield* judgeLeftFiles(evidence, 'documentation', { what: 'Documentation and manuals', minimumBytes });
    yield* judgeLeftFiles(evidence, 'locales', { what: 'Translations and locales', minimumBytes });
  },
};
