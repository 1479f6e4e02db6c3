import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePackages, type ImagePackage } from '../../../src/system/index.ts';

const MIRRORED = {
  added: 'removed',
  removed: 'added',
  upgraded: 'downgraded',
  downgraded: 'upgraded',
  changed: 'changed',
} as const;

function one(kind: ImagePackage['kind'], name: string, version: string, path = 'db', architecture = ''): ImagePackage {
  return {
    kind,
    name,
    version,
    architecture,
    source: null,
    sourceVersion: null,
    license: null,
    namespace: null,
    epoch: null,
    state: 'installed',
    // All that is read of an entry here.
    database: { path } as ImagePackage['database'],
    members: [],
    layerIndex: 0,
    removedIn: null,
  };
}

/** Each change in a line. */
const lines = (before: readonly ImagePackage[], after: readonly ImagePackage[]): string[] =>
  comparePackages(before, after).changes.map(
    ({ change, before: a, after: b }) =>
      `${change} ${a?.kind ?? b?.kind} ${(a ?? b)?.name} ${a?.version ?? '-'} ${b?.version ?? '-'}`,
  );

describe('comparing packages', () => {
  test('tells what came, went, and went up and down', () => {
    const before = [
      one('dpkg', 'bash', '5.2-1'),
      one('dpkg', 'curl', '8.1-1'),
      one('dpkg', 'gone', '1'),
      one('apk', 'x', '1-r0'),
    ];
    const after = [
      one('dpkg', 'bash', '5.2-2'),
      one('dpkg', 'curl', '8.1~rc1-1'),
      one('dpkg', 'new', '1'),
      one('apk', 'x', '1-r0'),
    ];
    expect(lines(before, after)).toEqual([
      'upgraded dpkg bash 5.2-1 5.2-2',
      'downgraded dpkg curl 8.1-1 8.1~rc1-1',
      'removed dpkg gone 1 -',
      'added dpkg new - 1',
    ]);
    expect(comparePackages(before, after).unchanged).toBe(1);
  });

  test('claims no direction where no order is known', () => {
    expect(lines([one('pypi', 'a', '1.0rc1')], [one('pypi', 'a', '1.0')])).toEqual(['changed pypi a 1.0rc1 1.0']);
  });

  test('knows several of one name by their place, and does not mind where they moved', () => {
    const before = [one('npm', 'a', '1.0.0', 'x/package.json'), one('npm', 'a', '2.0.0', 'y/package.json')];
    const after = [one('npm', 'a', '1.1.0', 'x/package.json'), one('npm', 'a', '2.0.0', 'z/package.json')];
    expect(lines(before, after)).toEqual(['upgraded npm a 1.0.0 1.1.0']);
  });

  test('does not mind the architecture, so that platforms can be compared', () => {
    expect(lines([one('dpkg', 'a', '1', 'db', 'amd64')], [one('dpkg', 'a', '1', 'db', 'arm64')])).toEqual([]);
  });

  test('counts copies', () => {
    const copies = [one('npm', 'a', '1.0.0', 'x'), one('npm', 'a', '1.0.0', 'y')];
    expect(lines(copies, copies.slice(0, 1))).toEqual(['removed npm a 1.0.0 -']);
  });

  test('tells epochs that a database keeps beside the version', () => {
    const epoch = { ...one('rpm', 'a', '1.0-1'), epoch: 2 };
    expect(lines([one('rpm', 'a', '9.0-1')], [epoch])).toEqual(['upgraded rpm a 9.0-1 1.0-1']);
  });
});

describe('comparing any packages', () => {
  const list = fc.array(
    fc
      .tuple(
        fc.constantFrom('dpkg' as const, 'npm' as const, 'pypi' as const),
        fc.constantFrom('a', 'b'),
        fc.constantFrom('1.0', '1.0rc1', '2.0.0', '1:0'),
        fc.constantFrom('p', 'q'),
        fc.constantFrom('amd64', 'arm64'),
      )
      .map((facts) => one(...facts)),
    { maxLength: 12 },
  );

  test('with themselves gives nothing', () => {
    fc.assert(fc.property(list, (some) => lines(some, some.toReversed()).length === 0));
  });

  test('gives the mirror image the other way round', () => {
    fc.assert(
      fc.property(list, list, (before, after) => {
        const there = comparePackages(before, after);
        const back = comparePackages(after, before);
        expect(back.unchanged).toBe(there.unchanged);
        expect(back.changes).toEqual(
          there.changes.map(({ change, before: a, after: b }) => ({ change: MIRRORED[change], before: b, after: a })),
        );
      }),
    );
  });

  test('accounts for every package once', () => {
    fc.assert(
      fc.property(list, list, (before, after) => {
        const { changes, unchanged } = comparePackages(before, after);
        expect(changes.filter((change) => change.before !== null).length + unchanged).toBe(before.length);
        expect(changes.filter((change) => change.after !== null).length + unchanged).toBe(after.length);
      }),
    );
  });
});
