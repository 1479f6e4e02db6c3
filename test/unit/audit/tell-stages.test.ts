import { describe, expect, test } from 'vitest';
import { type TellStagesOptions, tellStages } from '../../../src/audit/index.ts';
import { renderStagesTable, type StagesReport } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import { elf } from '../../support/elf-writer.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const TOKEN = `gh${'p_'}${'Zq3vTr8Kd2Lm9Xs4Bw7Yc1Hn6Jf5Ge0RabU2'}`;
const DOCKERFILE = `FROM golang AS build
RUN go build
FROM base
RUN adduser app
COPY --from=build /src/app /src/.env /app/
`;
const base = { createdBy: 'ADD base.tar /', members: [file('etc/os', 'b'.repeat(100))] };
const final: ImageRecipe = {
  steps: [
    base,
    { createdBy: '/bin/sh -c #(nop)  CMD ["sh"]' },
    { createdBy: 'RUN /bin/sh -c adduser app # buildkit', members: [file('etc/passwd', 'app:x:1:1::/:/bin/sh\n')] },
    {
      createdBy: 'COPY /src/app /src/.env /app/ # buildkit',
      members: [file('app/app', 'p'.repeat(1000)), file('app/.env', `TOKEN=${TOKEN}\n`)],
    },
  ],
};
const builder: ImageRecipe = {
  steps: [
    { createdBy: 'golang', members: [file('usr/bin/go', 'g'.repeat(5000))] },
    {
      createdBy: 'RUN go build',
      members: [file('src/app', 'p'.repeat(1000)), file('src/.env', `TOKEN=${TOKEN}\n`), file('src/main.go', 'm')],
    },
  ],
};

function tell(recipes: readonly ImageRecipe[], more: Partial<TellStagesOptions> = {}): Promise<StagesReport> {
  return withLayouts(recipes, (reference = '', build) =>
    tellStages({
      reference,
      fingerprintKey: TEST_KEY,
      version: '0.0.0',
      ...(build === undefined ? {} : { builds: [{ name: 'build', reference: build }] }),
      ...more,
    }),
  );
}

const dockerfile = { name: 'Dockerfile', text: DOCKERFILE };

describe('telling stages', () => {
  test('by a Dockerfile that fits: the base image, own stages, what they copied, and what was discarded', async () => {
    const [image] = (await tell([final], { dockerfile })).images;
    expect(image).toMatchObject({
      basis: 'dockerfile',
      stages: [
        { isBase: true, from: 'base', layers: [0], contentBytes: 100 },
        {
          name: 'stage 1',
          from: 'base',
          layers: [1, 2],
          copies: [{ from: 'build', line: 5, text: 'COPY /src/app /src/.env /app/' }],
        },
      ],
      discarded: [{ name: 'build', from: 'golang' }],
    });
  });

  test('by the history where nothing is given, and says that it is a guess', async () => {
    const [image] = (await tell([final])).images;
    expect(image).toMatchObject({ basis: 'history', stages: [{ isBase: true, layers: [0] }, { layers: [1, 2] }] });
    expect(image?.reasons[0]).toMatch(/^A guess/);
  });

  test('not by a Dockerfile of another image: that is said, and nothing of it is used', async () => {
    const other = { name: 'Dockerfile', text: 'FROM base AS evil\nRUN something else\n' };
    const [image] = (await tell([final], { dockerfile: other })).images;
    expect(image?.basis).toBe('history');
    expect(image?.reasons[0]).toMatch(/does not fit this image, and was not used: line 2/);
    expect(image?.stages.map(({ name }) => name)).not.toContain('evil');
  });

  test.each([
    ['there is no history', []],
    ['the history does not match the layers', [{ created_by: 'RUN lies' }]],
    [
      'no CMD ends a base image',
      final.steps.filter(({ members }) => members).map((step) => ({ created_by: step.createdBy })),
    ],
  ])('is unknown where %s, with what to do', async (_, history) => {
    const [image] = (await tell([{ ...final, document: { history } }])).images;
    expect(image).toMatchObject({ basis: 'unknown', stages: [] });
    expect(image?.reasons.at(-1)).toContain('--dockerfile');
  });

  test('holds an image of a discarded stage against the final one', async () => {
    const [image] = (await tell([final, builder], { dockerfile })).images;
    const [build] = image?.builds ?? [];
    expect(build).toMatchObject({
      name: 'build',
      stage: { files: 4 },
      final: { files: 4 },
      sharedLayers: 0,
      carried: { files: 2, bytes: 1000 + 7 + TOKEN.length },
      leftBehind: { files: 2, bytes: 5001 },
    });
    expect(build?.carried.largest.map(({ path }) => path)).toEqual(['/app/app', '/app/.env']);
    expect(build?.carried.findings).toMatchObject([{ rule: 'secrets/github-token', path: '/app/.env' }]);
    expect(build?.stage.findings).toMatchObject({ secrets: 1 });
    expect(build?.secrets).toEqual({ onlyStage: 0, onlyFinal: 0, both: 1 });
  });

  test('tells packages and tools of the stage that the image has not, and those that it kept', async () => {
    const status = (...packages: string[]): string =>
      packages
        .map((one) => `Package: ${one}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n`)
        .join('\n');
    const shell = file('bin/sh', elf(), { mode: 0o755 });
    const compiler = file('usr/bin/gcc', elf(), { mode: 0o755 });
    const kept: ImageRecipe = {
      steps: [{ createdBy: 'a', members: [file('var/lib/dpkg/status', status('dash', 'own')), shell] }],
    };
    const made: ImageRecipe = {
      steps: [
        { createdBy: 'b', members: [file('var/lib/dpkg/status', status('dash', 'gcc', 'make')), shell, compiler] },
      ],
    };
    const [build] = (await tell([kept, made])).images[0]?.builds ?? [];
    expect(build?.packages).toEqual({ onlyStage: { dpkg: 2 }, onlyFinal: { dpkg: 1 }, both: { dpkg: 1 } });
    expect(build?.tools).toMatchObject({ both: ['sh'], onlyFinal: [] });
    expect(build?.tools.onlyStage).toContain('gcc');
  });

  test('does not take layers that both have for carried over', async () => {
    const [image] = (await tell([final, { steps: final.steps.slice(0, 1) }])).images;
    expect(image?.builds).toMatchObject([{ sharedLayers: 1, carried: { files: 0, findings: [] } }]);
  });

  test('wants a Dockerfile where a target is given', async () => {
    await expect(tell([final], { target: 'x' })).rejects.toMatchObject({ code: 'USAGE_INVALID' });
  });

  test('is told in sentences, without secrets and control characters', async () => {
    const evil = { name: 'Dockerfile', text: DOCKERFILE.replace('golang', 'go\u001b[2Jlang') };
    const text = renderStagesTable(await tell([final, builder], { dockerfile: evil }), { colours: false, width: 160 });
    expect(text).toContain('stages known from: dockerfile');
    expect(text).toContain('Not in the image: stage build (from go\\x1b[2Jlang)');
    expect(text).toContain('carried over: critical secrets/github-token in /app/.env');
    expect(text).not.toContain(TOKEN);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
