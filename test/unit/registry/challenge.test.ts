import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../src/registry/challenge.ts';

describe('challenges of a registry', () => {
  test.each([
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    ['Basic realm="Registry Realm"', [{ scheme: 'basic', parameters: { realm: 'Registry Realm' } }]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        },
      ],
    ],
    ['bearer realm=abc , Service = x', [{ scheme: 'bearer', parameters: { realm: 'abc', service: 'x' } }]],
    [
      String.raw`Basic realm="a \"quoted\" \\ name"`,
      [{ scheme: 'basic', parameters: { realm: 'a "quoted" \\ name' } }],
    ],
    [
      'Negotiate, Basic realm="a", Bearer realm="b",service="c"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'a' } },
        { scheme: 'bearer', parameters: { realm: 'b', service: 'c' } },
      ],
    ],
    ['Basic realm=""', [{ scheme: 'basic', parameters: { realm: '' } }]],
  ])('%s', (header, challenges) => {
    expect(parseChallenges(header)).toEqual(challenges);
  });

  test.each([
    ['', 0],
    ['   ', 0],
    ['"quoted"', 0],
    ['=', 0],
    ['Bearer realm="unfinished', 2],
    [',,,Bearer', 0],
  ])('makes the best of %j', (header, count) => {
    expect(parseChallenges(header)).toHaveLength(count);
  });

  test('a realm that is not closed is no realm', () => {
    expect(parseChallenges('Bearer realm="https://a')[0]?.parameters['realm']).toBeUndefined();
  });

  test('a parameter named after a property of all objects is a parameter like others', () => {
    const [challenge] = parseChallenges('Bearer constructor="x",__proto__="y",realm="z"');
    expect(Object.entries(challenge?.parameters ?? {})).toEqual(
      expect.arrayContaining([
        ['constructor', 'x'],
        ['realm', 'z'],
      ]),
    );
    expect(Object.prototype).not.toHaveProperty('realm');
  });

  test.each(['a=', 'Bearer a="\\', 'x, ', '"\\"', 'Bearer ='])('reads a megabyte of %j without hanging', (part) => {
    expect(parseChallenges(part.repeat(1_000_000 / part.length)).length).toBeLessThan(8192);
  });
});
