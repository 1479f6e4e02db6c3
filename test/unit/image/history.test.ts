import { describe, expect, test } from 'vitest';
import { alignHistory, formatInstruction } from '../../../src/image/index.ts';
import type { HistoryEntry } from '../../../src/oci/index.ts';

const step = (createdBy: string | null, emptyLayer = false, comment: string | null = null): HistoryEntry => ({
  created: null,
  createdBy,
  author: null,
  comment,
  emptyLayer,
});
const instructions = (history: readonly HistoryEntry[], layers: number) =>
  alignHistory(history, layers).steps.map((one) => one?.instruction ?? null);

describe('the instruction behind a history entry', () => {
  test.each([
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c #(nop) ADD file:abc in / ', 'ADD file:abc in /'],
    ['/bin/sh -c #(nop)COPY dir:abc in /app', 'COPY dir:abc in /app'],
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['RUN /bin/sh -c apt-get update # buildkit', 'RUN apt-get update'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    ['ENV A=1', 'ENV A=1'],
    ['|2 A=1 B=2 /bin/sh -c make', 'RUN |2 A=1 B=2 /bin/sh -c make'],
    ['RUN |1 A=1 /bin/sh -c make # buildkit', 'RUN |1 A=1 /bin/sh -c make'],
    ['RUN echo "# buildkit"', 'RUN echo "# buildkit"'],
    ['RUN echo x# buildkit', 'RUN echo x# buildkit'],
    ['bazel build //image', 'bazel build //image'],
    ['powershell -Command $x = 1', 'powershell -Command $x = 1'],
    ['', ''],
    ['   ', ''],
  ])('%j is %j', (createdBy, expected) => {
    expect(formatInstruction(createdBy)).toBe(expected);
  });

  test('of a megabyte of blanks is found at once', () => {
    expect(formatInstruction(`RUN x${' '.repeat(1_000_000)}y`).length).toBe(1_000_006);
    expect(formatInstruction(`RUN x${' '.repeat(1_000_000)}# buildkit`)).toBe('RUN x');
  });
});

describe('a history', () => {
  test('of Docker’s classic builder is aligned with its layers', () => {
    const history = [
      step('/bin/sh -c #(nop) ADD file:abc in / '),
      step('/bin/sh -c #(nop)  CMD ["bash"]', true),
      step('/bin/sh -c apt-get install -y curl'),
      step('/bin/sh -c #(nop)  ENTRYPOINT ["x"]', true),
    ];
    const aligned = alignHistory(history, 2);
    expect(aligned.steps).toEqual([
      { historyIndex: 0, instruction: 'ADD file:abc in /', created: null },
      { historyIndex: 2, instruction: 'RUN apt-get install -y curl', created: null },
    ]);
    expect(aligned.mismatch).toBeNull();
    expect(aligned.origins.map(({ origin }) => origin)).toEqual(['base', 'app']);
  });

  test('of BuildKit is aligned with its layers', () => {
    const history = [
      step('ADD rootfs.tar.xz / # buildkit', false, 'buildkit.dockerfile.v0'),
      step('CMD ["sh"]', true),
      step('WORKDIR /app', false),
      step('COPY . . # buildkit', false),
      step('USER app', true),
    ];
    expect(instructions(history, 3)).toEqual(['ADD rootfs.tar.xz /', 'WORKDIR /app', 'COPY . .']);
  });

  test('of buildah and kaniko, with one entry for each layer, is aligned', () => {
    expect(instructions([step('/bin/sh -c make'), step('COPY --from=build /a /a')], 2)).toEqual([
      'RUN make',
      'COPY --from=build /a /a',
    ]);
  });

  test('whose entries name no command is told by their comments', () => {
    expect(instructions([step(null, false, 'Imported from -'), step(null)], 2)).toEqual(['Imported from -', '']);
  });

  test.each([
    ['too short', [step('a')], 2, { historyLayers: 1, layers: 2 }],
    ['too long', [step('a'), step('b')], 1, { historyLayers: 2, layers: 1 }],
    ['all empty', [step('a', true)], 1, { historyLayers: 0, layers: 1 }],
    ['of no layers', [step('a')], 0, { historyLayers: 1, layers: 0 }],
  ])('%s tells of no layer, and is a mismatch', (_, history, layers, mismatch) => {
    const aligned = alignHistory(history, layers);
    expect(aligned.mismatch).toEqual(mismatch);
    expect(aligned.steps).toEqual(Array.from({ length: layers }, () => null));
    expect(aligned.origins.every(({ origin }) => origin === 'unknown')).toBe(true);
  });

  test('that is missing is no mismatch: images of ko, Bazel and Nix have none', () => {
    expect(alignHistory([], 2)).toEqual({
      steps: [null, null],
      mismatch: null,
      origins: [
        { origin: 'unknown', basis: 'there is no history' },
        { origin: 'unknown', basis: 'there is no history' },
      ],
      ownFrom: null,
    });
  });

  test('without a CMD in the middle does not tell the base', () => {
    const aligned = alignHistory([step('ADD x /'), step('COPY . /'), step('CMD ["x"]', true)], 2);
    expect(aligned.origins.map(({ origin }) => origin)).toEqual(['unknown', 'unknown']);
  });

  test('with several bases ends the base at the last one', () => {
    const history = [
      step('ADD a /'),
      step('CMD ["a"]', true),
      step('RUN b'),
      step('ENTRYPOINT ["b"]', true),
      step('RUN c'),
    ];
    expect(alignHistory(history, 3).origins.map(({ origin }) => origin)).toEqual(['base', 'base', 'app']);
  });
});
