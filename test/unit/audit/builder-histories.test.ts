import { describe, expect, test } from 'vitest';
import { tellStages } from '../../../src/audit/index.ts';
import type { StagesImage } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import {
  BUILDAH_LAYERS,
  BUILDAH_STAGES,
  BUILDER_DOCKERFILE,
  KANIKO,
  KANIKO_SINGLE,
  type RecordedStep,
} from '../../support/builder-histories.ts';
import { file } from '../../support/tar-writer.ts';

/** Tells the stages of an image with a history, and as many layers as it tells of. */
async function tell(history: readonly RecordedStep[], dockerfile?: string): Promise<StagesImage> {
  const steps = history
    .filter(({ empty_layer }) => empty_layer !== true)
    .map(({ created_by }, i) => ({ createdBy: created_by, members: [file(`file-${i}`, 'x')] }));
  const report = await withLayouts([{ steps, document: { history } }], (reference = '') =>
    tellStages({
      reference,
      fingerprintKey: TEST_KEY,
      version: '0.0.0',
      ...(dockerfile === undefined ? {} : { dockerfile: { name: 'Dockerfile', text: dockerfile }, target: 'runtime' }),
    }),
  );
  return report.images[0] as StagesImage;
}

const stagesIn = ({ stages }: StagesImage): unknown[] => stages.map(({ name, layers }) => [name, layers]);
/** kaniko's image begins with one of the registry's. */
const UPON_ALPINE = BUILDER_DOCKERFILE.replace(
  'FROM scratch AS base\nADD root.tgz /\nCMD ["/bin/sh"]\n',
  '',
).replaceAll('FROM base', 'FROM alpine:3.22');

describe('a history of buildah', () => {
  test('with a layer for each step fits its Dockerfile', async () => {
    const image = await tell(BUILDAH_LAYERS, BUILDER_DOCKERFILE);
    expect(image.basis).toBe('dockerfile');
    expect(stagesIn(image)).toEqual([
      ['base', [0]],
      ['runtime', [1, 2, 3]],
    ]);
    expect(image.stages[1]?.copies.map(({ from, line }) => [from, line])).toEqual([
      ['builder', 15],
      ['builder', 16],
    ]);
    expect(image.discarded.map(({ name }) => name)).toEqual(['builder']);
  });

  test('with a layer for each stage fits it as well, and no layer is said to be of one instruction', async () => {
    const image = await tell(BUILDAH_STAGES, BUILDER_DOCKERFILE);
    expect(image.basis).toBe('dockerfile');
    expect(stagesIn(image)).toEqual([
      ['base', [0]],
      ['runtime', [1]],
    ]);
    expect(image.layers).toEqual([]);
  });

  test('without a Dockerfile is a guess where a CMD ends the base, and unknown where nothing does', async () => {
    const guess = await tell(BUILDAH_LAYERS);
    expect([guess.basis, stagesIn(guess)]).toEqual([
      'history',
      [
        [null, [0]],
        ['own layers', [1, 2, 3]],
      ],
    ]);
    expect(await tell(BUILDAH_STAGES)).toMatchObject({ basis: 'unknown', stages: [] });
  });
});

describe('a history of kaniko', () => {
  test('fits its Dockerfile', async () => {
    const image = await tell(KANIKO, UPON_ALPINE);
    expect(image.basis).toBe('dockerfile');
    expect(stagesIn(image)).toEqual([
      [null, [0]],
      ['runtime', [1, 2, 3]],
    ]);
    expect(image.stages.map(({ from }) => from)).toEqual(['alpine:3.22', 'alpine:3.22']);
  });

  test('of one snapshot does not have the steps: that is said, and it is guessed', async () => {
    const image = await tell(KANIKO_SINGLE, UPON_ALPINE);
    expect(image.basis).toBe('history');
    expect(image.reasons[0]).toMatch(
      /does not fit this image, and was not used: line 13, .* would have to be “ADD file:0123 in \/” in the history/,
    );
    expect(stagesIn(image)).toEqual([
      [null, [0]],
      ['own layers', [1]],
    ]);
  });
});

describe('a history with lies', () => {
  test.each<[string, readonly RecordedStep[], RegExp]>([
    [
      'that names another command',
      BUILDAH_LAYERS.map((step) => ({
        ...step,
        created_by: step.created_by.replace('adduser -D app', 'adduser evil'),
      })),
      /line 14, “RUN adduser -D app” would have to be/,
    ],
    [
      'that puts files elsewhere',
      BUILDAH_LAYERS.map((step) => ({ ...step, created_by: step.created_by.replace('in /app/app', 'in /etc/passwd') })),
      /line 15, .* would have to be “COPY file:.* in \/etc\/passwd/,
    ],
    ['that leaves a step out', BUILDAH_LAYERS.filter((_, i) => i !== 4), /would have to be|is not in the history/],
    [
      'that has a step below scratch',
      [{ created_by: 'RUN hidden' }, ...BUILDAH_LAYERS],
      /begins with scratch, and the history has “RUN hidden”/,
    ],
    [
      'with a step too many',
      [...BUILDAH_LAYERS, { created_by: '/bin/sh -c echo more' }],
      /would have to be “RUN echo more”/,
    ],
  ])('%s fits no Dockerfile, and nothing of it is used', async (_, history, reason) => {
    const image = await tell(history, BUILDER_DOCKERFILE);
    expect(image.basis).not.toBe('dockerfile');
    expect(image.reasons[0]).toMatch(reason);
    expect(image.stages.flatMap(({ copies }) => copies)).toEqual([]);
    expect(image.discarded).toEqual([]);
  });

  test('that counts other layers than there are says nothing of any', async () => {
    const steps = [{ createdBy: 'x', members: [file('a', 'x')] }];
    const report = await withLayouts([{ steps, document: { history: BUILDAH_LAYERS } }], (reference = '') =>
      tellStages({
        reference,
        fingerprintKey: TEST_KEY,
        version: '0.0.0',
        dockerfile: { name: 'D', text: BUILDER_DOCKERFILE },
      }),
    );
    expect(report.images[0]).toMatchObject({ basis: 'unknown', stages: [], layers: [] });
    expect(report.images[0]?.reasons[0]).toContain('the history tells of 4 layers and the image has 1');
  });
});
