import { describe, expect, test } from 'vitest';
import { alignDockerfile } from '../../../src/stages/align-dockerfile.ts';
import { parseDockerfile, stagesOfTarget } from '../../../src/stages/index.ts';

const DOCKERFILE = `# syntax=docker/dockerfile:1
ARG BASE=alpine
FROM \${BASE}:3.20 AS Build
RUN apk add \\
    # a comment between
    gcc && \\
    make
RUN <<EOF
set -e
echo done
EOF
FROM build AS test
RUN ["make", "test"]
FROM debian:\${VERSION:-13}
ENV A=b
COPY --from=build --chown=1:1 /src/out /app/
COPY --from=1 $HOME/x /y
WORKDIR /app
CMD ["/app/run"]
`;

const parse = (text = DOCKERFILE) => parseDockerfile(text, 'Dockerfile');

describe('reading a Dockerfile', () => {
  test('tells its stages, what they begin with, and which of them are made of which', async () => {
    const stages = await parse();
    expect(stages.map(({ name, from, fromStage }) => [name, from, fromStage])).toEqual([
      ['build', 'alpine:3.20', null],
      ['test', 'build', 0],
      [null, 'debian:13', null],
    ]);
    expect(stagesOfTarget(stages, 'test', 'Dockerfile').map(({ index }) => index)).toEqual([0, 1]);
    expect(stagesOfTarget(stages, undefined, 'Dockerfile').map(({ index }) => index)).toEqual([2]);
  });

  test('tells steps in one line, comments and continuations gone, here-documents by what is in them', async () => {
    const [build, , last] = await parse();
    expect(build?.steps.map(({ texts, line }) => [texts[0], line])).toEqual([
      ['apk add gcc && make', 4],
      ['set -e echo done', 8],
    ]);
    expect(last?.steps.filter(({ copiesFrom }) => copiesFrom !== null)).toMatchObject([
      { copiesFrom: 'build', texts: ['/src/out /app/'] },
      { copiesFrom: '1', texts: ['$HOME/x /y'] },
    ]);
  });

  test.each([
    ['nothing', '', 'no FROM'],
    ['something else', 'just a text', 'before its first FROM'],
    ['a megabyte', `FROM a\n${'#'.repeat(300_000)}`, 'larger than 256 KiB'],
  ])('refuses %s', async (_, text, message) => {
    await expect(parse(text)).rejects.toThrow(message);
  });

  test('names the stages there are where a target is none of them', async () => {
    const stages = await parse();
    expect(() => stagesOfTarget(stages, 'nope', 'Dockerfile')).toThrow(/no stage nope/);
  });
});

describe('holding a history against a Dockerfile', () => {
  const TEXT = `FROM base AS lower
ENV A=1
RUN apt-get install \\
  curl
FROM lower
ARG X
COPY --chown=1 a b /app/
WORKDIR /app
RUN make $X
CMD ["run"]
`;
  const filled = (createdBy: string) => ({ createdBy, emptyLayer: false });
  const empty = (createdBy: string) => ({ createdBy, emptyLayer: true });
  const align = async (history: ReturnType<typeof filled>[], text = TEXT) =>
    alignDockerfile(history, stagesOfTarget(await parse(text), undefined, 'Dockerfile'));
  const stagesIn = async (history: ReturnType<typeof filled>[], text = TEXT) => {
    const aligned = await align(history, text);
    return aligned.fits ? aligned.steps.map((step) => step?.stage ?? null) : aligned.reason;
  };
  const base = [filled('/bin/sh -c #(nop) ADD file:0123 in / '), empty('/bin/sh -c #(nop)  CMD ["bash"]')];

  test('fits what BuildKit writes', async () => {
    const history = [
      ...base,
      empty('ENV A=1'),
      filled('RUN /bin/sh -c apt-get install   curl # buildkit'),
      empty('ARG X'),
      filled('COPY a b /app/ # buildkit'),
      filled('WORKDIR /app'),
      filled('RUN |1 X=all /bin/sh -c make $X # buildkit'),
      empty('CMD ["run"]'),
    ];
    expect(await stagesIn(history)).toEqual([null, null, 0, 0, 1, 1, 1, 1, 1]);
  });

  test('fits what the classic builder and buildah write', async () => {
    const history = [
      ...base,
      empty('/bin/sh -c #(nop)  ENV A=1'),
      filled('/bin/sh -c apt-get install   curl'),
      empty('/bin/sh -c #(nop)  ARG X'),
      filled('/bin/sh -c #(nop) COPY multi:abc in /app/ '),
      empty('/bin/sh -c #(nop) WORKDIR /app'),
      filled('|1 X=all /bin/sh -c make $X'),
      empty('/bin/sh -c #(nop)  CMD ["run"]'),
    ];
    expect(await stagesIn(history)).toEqual([null, null, 0, 0, 1, 1, 1, 1, 1]);
  });

  test('fits what kaniko writes: instructions as they are, settings left out', async () => {
    const history = [
      ...base,
      filled('RUN apt-get install curl'),
      filled('COPY --chown=1 a b /app/'),
      filled('RUN make $X'),
    ];
    expect(await stagesIn(history)).toEqual([null, null, 0, 1, 1]);
  });

  test('fits what a stage has others do that begin with it', async () => {
    const text = 'FROM base AS lower\nONBUILD COPY --chown=1 . /src\nONBUILD RUN make\nRUN a\nFROM lower\nRUN b\n';
    const history = [
      ...base,
      empty('ONBUILD COPY . /src'),
      empty('ONBUILD RUN make'),
      filled('RUN /bin/sh -c a # buildkit'),
      filled('COPY . /src # buildkit'),
      filled('RUN /bin/sh -c make # buildkit'),
      filled('RUN /bin/sh -c b # buildkit'),
    ];
    expect(await stagesIn(history, text)).toEqual([null, null, 0, 0, 0, 1, 1, 1]);
    const without = history.filter(({ createdBy }) => !createdBy.includes('-c make'));
    expect(await stagesIn(without, text)).toMatch(/line 3, “RUN make” would have to be/);
  });

  test.each([
    [
      'a step of another image',
      'RUN rm -rf /',
      /line 9, “RUN make \$X” would have to be “RUN rm -rf \/” in the history/,
    ],
    ['another instruction', 'COPY x /y', /line 9, .* would have to be “COPY x \/y”/],
  ])('does not fit with %s', async (_, other, reason) => {
    expect(
      await stagesIn([...base, filled('RUN apt-get install curl'), filled('COPY a b /app/'), filled(other)]),
    ).toMatch(reason);
  });

  test('does not fit where the history lacks a step', async () => {
    expect(await stagesIn([filled('COPY a b /app/'), filled('RUN make $X')])).toMatch(
      /line 3, .* is not in the history/,
    );
    expect(await stagesIn([])).toMatch(/is not in the history/);
  });

  test('does not fit where it begins with scratch, and something is below', async () => {
    const text = 'FROM scratch\nCOPY a /\n';
    expect(await stagesIn([filled('COPY a / # buildkit')], text)).toEqual([0]);
    expect(await stagesIn([filled('RUN evil'), filled('COPY a / # buildkit')], text)).toMatch(/begins with scratch/);
  });

  test.each([
    ['COPY $DIR/a /b', 'COPY x/y/a /b', true],
    ['COPY $DIR/a /b', 'COPY x/y/c /b', false],
    ['COPY $A$B /b', 'COPY /b', false],
    ['COPY a /app', 'COPY file:1 in /other', false],
    ['COPY a /app', 'COPY file:1 in /app/ ', true],
    ['COPY a .', 'COPY file:1 in /anything', true],
    ['RUN ["a", "b"]', 'RUN a b # buildkit', true],
    ['RUN b', 'RUN /bin/bash -o pipefail -c b # buildkit', true],
    ['RUN b', 'RUN notb', false],
  ])('of %s and %s tells whether one is the other', async (step, createdBy, fits) => {
    expect((await align([filled(createdBy)], `FROM base\n${step}\n`)).fits).toBe(fits);
  });
});
