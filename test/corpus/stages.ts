/** Stages by provenance of real builds: what is told of images that nobody here made. */
import { existsSync } from 'node:fs';
import { tellStages } from '../../src/audit/index.ts';

/** An image with provenance, and what a reader of its Dockerfile and its manifest says. */
const EXPECTED = [
  {
    path: 'oci/slsa-framework+slsa-verifier/gha_generic_container__v1.6.0',
    basis: ['provenance'],
    stages: ['base image 0-8', 'stage 1 9-9'],
    copies: ['builder'],
    discarded: ['builder'],
  },
  {
    path: 'images/docker+actions-toolkit/hello-oci-multiplatform-gzip.tar',
    basis: ['unknown', 'unknown'],
    stages: [],
    copies: [],
    discarded: [],
  },
];

/** Tells the stages of each image, and gives the number of those that are not as expected. */
export async function checkStages(corpus: URL): Promise<number> {
  let failed = 0;
  for (const { path, ...expected } of EXPECTED) {
    const reference = new URL(path, corpus).pathname;
    if (!existsSync(reference)) continue;
    const { images } = await tellStages({ reference, fingerprintKey: Buffer.from('corpus'), version: 'corpus' });
    const told = {
      basis: images.map(({ basis }) => basis),
      stages: images.flatMap(({ stages }) =>
        stages.map(({ name, isBase, layers }) => `${isBase ? 'base image' : name} ${layers[0]}-${layers.at(-1)}`),
      ),
      copies: images.flatMap(({ stages }) => stages.flatMap(({ copies }) => copies.map(({ from }) => from))),
      discarded: images.flatMap(({ discarded }) => discarded.map(({ name }) => name)),
    };
    const isSame = JSON.stringify(told) === JSON.stringify(expected);
    if (!isSame) failed += 1;
    console.log(`${isSame ? 'same ' : 'DIFF '} stages of ${path}${isSame ? '' : `  ${JSON.stringify(told)}`}`);
  }
  return failed;
}
