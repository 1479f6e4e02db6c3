import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Histories and diffID lists that do not fit the layers. */
export const integrityHistory: Rule = {
  id: 'integrity/history',
  title: 'The configuration does not fit the layers',
  severity: 'low',
  confidence: 'high',
  why: 'A history with another number of steps than there are layers tells of none of them what made it, and a configuration with another number of diffIDs was not made for this manifest.',
  fix: 'Rebuild the image; tools that rewrite images should rewrite the history, too, or leave it out.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties'],
  *judgeImage(evidence) {
    const { image } = evidence;
    const problems: [string, string][] = [];
    const { historyMismatch } = image;
    if (historyMismatch !== null) {
      problems.push([
        'history',
        `The history tells of ${historyMismatch.historyLayers} layers, the image has ${historyMismatch.layers}.`,
      ]);
    }
    const diffIds = image.config?.diffIds.length ?? 0;
    if (diffIds > 0 && diffIds !== image.layers.length) {
      problems.push([
        'diff-ids',
        `The configuration lists ${diffIds} diffIDs, the image has ${image.layers.length} layers.`,
      ]);
    }
    for (const problem of image.config?.problems ?? []) problems.push([problem, `Of the configuration: ${problem}.`]);
    if (image.platformConflict !== null) {
      const { index, config } = image.platformConflict;
      problems.push(['platform', `The index calls it ${index}, the configuration ${config}.`]);
    }
    for (const [key, message] of problems)
      yield { key, state: 'metadata', message, evidence: [imagePlace(evidence, { field: 'config' })] };
  },
};
