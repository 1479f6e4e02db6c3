import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** What a responder needs to find the sources; the first name is the standard's, the others are what people use. */
const WANTED: readonly (readonly string[])[] = [
  ['org.opencontainers.image.source', 'org.opencontainers.image.url', 'org.label-schema.vcs-url', 'vcs-url'],
  ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref', 'vcs-ref'],
  ['org.opencontainers.image.version', 'org.label-schema.version', 'version'],
  ['org.opencontainers.image.created', 'org.label-schema.build-date', 'build-date'],
];

/** The image does not say what it was built from. */
export const configNoLabels: Rule = {
  id: 'config/no-labels',
  title: 'Labels do not say what the image was built from',
  severity: 'info',
  confidence: 'high',
  why: 'When an image is found with a weakness, the first questions are which repository and which commit it comes from. The labels of the OCI specification answer them wherever the image went.',
  fix: 'Have the build set them: docker build --label org.opencontainers.image.source=… --label org.opencontainers.image.revision=$(git rev-parse HEAD) --label org.opencontainers.image.version=…, or docker/metadata-action.',
  references: ['https://github.com/opencontainers/image-spec/blob/main/annotations.md'],
  *judgeImage(evidence) {
    const { config, annotations } = evidence.image;
    if (config === null) return;
    const told = { ...annotations, ...config.config.labels };
    const missing = WANTED.filter((names) => !names.some((name) => (told[name] ?? '') !== '')).map(([name]) => name);
    // One that is there shows that somebody cares; without source and revision the others do not help.
    if (!missing.includes(WANTED[0]?.[0]) && !missing.includes(WANTED[1]?.[0])) return;
    yield {
      key: 'labels',
      state: 'metadata',
      message: `Missing: ${missing.join(', ')}.`,
      evidence: [imagePlace(evidence, { field: 'config.Labels' })],
    };
  },
};
