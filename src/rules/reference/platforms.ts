import { subjectPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const COMMON = ['linux/amd64', 'linux/arm64'];

/** Indexes that leave amd64 or arm64 out. */
export const referencePlatforms: Rule = {
  id: 'reference/platforms',
  title: 'The index lacks a common platform',
  severity: 'info',
  confidence: 'high',
  why: 'Whoever runs the image on the platform that is missing gets an error, or an emulation that is several times slower, and laptops and the cheaper machines of clouds are arm64 by now.',
  fix: 'Build for both: docker buildx build --platform linux/amd64,linux/arm64.',
  references: ['https://docs.docker.com/build/building/multi-platform/'],
  *judgeSubject({ images, allPlatforms }) {
    // One image is no promise of several, and of those that the user chose none can be missing.
    if (!allPlatforms || images.length < 2) return;
    const offered = new Set(images.map(({ image }) => image.runsOn).map((one) => `${one?.os}/${one?.architecture}`));
    const missing = COMMON.filter((platform) => !offered.has(platform));
    if (missing.length === 0 || ![...offered].some((platform) => platform.startsWith('linux/'))) return;
    yield {
      key: 'platforms',
      state: 'metadata',
      message: `It has ${[...new Set(images.map(({ image }) => image.platform))].join(', ')}, and not ${missing.join(' and ')}.`,
      evidence: [subjectPlace({ field: 'index' })],
    };
  },
};
