import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Layers without entries. */
export const layerEmpty: Rule = {
  id: 'layer/empty',
  title: 'Layers have nothing in them',
  severity: 'info',
  confidence: 'high',
  why: 'An instruction that changes no file still made a layer, which every pull asks for. It says that the instruction does not do what it was written for, or was only meant for the cache of the build.',
  fix: 'Remove the instruction, or join it with the one that it belongs to.',
  references: ['https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/'],
  *judgeImage(evidence) {
    const empty = evidence.layers.filter(
      ({ record }) => record !== null && record.columns.length === 0 && record.gaps.length === 0,
    );
    if (empty.length === 0) return;
    yield {
      key: 'empty',
      state: 'live',
      message: `${empty.length === 1 ? '1 layer has' : `${empty.length} layers have`} no entry at all.`,
      evidence: empty.map(({ layer }) => layerPlace(evidence, layer.index)),
    };
  },
};
