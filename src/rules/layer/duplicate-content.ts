import { formatBytes } from '../../core/index.ts';
import { findDuplicates } from '../../stages/index.ts';
import { layerPlace, pathMembers } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Licences and empty modules are everywhere, and weigh little. */
const MINIMUM_BYTES = 10 * 1024 * 1024;
const MAX_TOLD = 10;

/** Contents that a container sees in several files. */
export const layerDuplicateContent: Rule = {
  id: 'layer/duplicate-content',
  title: 'The same files are in the image several times',
  severity: 'info',
  confidence: 'high',
  why: 'Every copy is pulled and stored again. Often it is the same program copied from two stages, or dependencies that were installed twice.',
  fix: 'Copy once and link: RUN ln -s …. Install dependencies in one place, and let the package manager deduplicate: npm dedupe.',
  references: ['https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/'],
  *judgeImage(evidence) {
    const { bytes, contents, largest } = findDuplicates(evidence.filesystem, MAX_TOLD);
    if (bytes < MINIMUM_BYTES) return;
    yield {
      key: 'duplicates',
      state: 'live',
      message: `${formatBytes(bytes)} could be saved: ${contents === 1 ? 'one content is' : `${contents} contents are`} in several files.`,
      evidence: largest.flatMap(({ sizeBytes, files, places }) => {
        const [first] = places;
        if (first === undefined) return [];
        const { path, layerIndex } = first;
        const other = places[1];
        return layerPlace(evidence, layerIndex, {
          ...pathMembers(evidence.redact(path)),
          bytes: sizeBytes * (files - 1),
          detail: `in ${files} files${other === undefined ? '' : `, also /${evidence.redact(other.path)}`}`,
        });
      }),
    };
  },
};
