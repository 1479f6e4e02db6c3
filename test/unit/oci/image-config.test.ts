import { describe, expect, test } from 'vitest';
import { readImageConfig } from '../../../src/oci/index.ts';

const DIFF_ID = `sha256:${'d'.repeat(64)}`;
const read = (document: unknown) =>
  readImageConfig(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), 'the configuration');
const minimal = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [DIFF_ID] } };

describe('an image configuration', () => {
  test('is read with all that it says of running', () => {
    const config = read({
      ...minimal,
      created: '2026-01-02T03:04:05Z',
      author: 'me',
      config: {
        User: 'app',
        Env: ['A=1'],
        Entrypoint: ['/e'],
        Cmd: ['c'],
        WorkingDir: '/w',
        ExposedPorts: { '80/tcp': {} },
        Volumes: { '/v': {} },
        Labels: { a: 'b' },
        StopSignal: 'SIGINT',
        Shell: ['/bin/sh', '-c'],
        OnBuild: ['RUN x'],
        Healthcheck: { Test: ['CMD', 'x'], Interval: 5, Timeout: 6, StartPeriod: 7, Retries: 8 },
      },
      history: [{ created: 'then', created_by: 'RUN x', author: 'a', comment: 'c', empty_layer: true }],
    });
    expect(config).toMatchObject({ created: '2026-01-02T03:04:05Z', author: 'me', diffIds: [DIFF_ID], problems: [] });
    expect(config.platform).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(config.config).toEqual({
      user: 'app',
      env: ['A=1'],
      entrypoint: ['/e'],
      cmd: ['c'],
      workingDir: '/w',
      exposedPorts: ['80/tcp'],
      volumes: ['/v'],
      labels: { a: 'b' },
      stopSignal: 'SIGINT',
      shell: ['/bin/sh', '-c'],
      onBuild: ['RUN x'],
      healthcheck: { test: ['CMD', 'x'], intervalNs: 5, timeoutNs: 6, startPeriodNs: 7, retries: 8 },
    });
    expect(config.history).toEqual([
      { created: 'then', createdBy: 'RUN x', author: 'a', comment: 'c', emptyLayer: true },
    ]);
  });

  test.each<readonly [string, unknown]>([
    ['null everywhere', { ...minimal, config: null, history: null, created: null, author: null }],
    [
      'null in its config',
      { ...minimal, config: { User: null, Env: null, Cmd: null, Labels: null, Healthcheck: null } },
    ],
    [
      'wrong types everywhere',
      { ...minimal, config: { User: 1, Env: 'A=1', Cmd: { 0: 'x' }, Labels: [], Healthcheck: 'x' } },
    ],
    ['no config', minimal],
  ])('with %s runs as it does without', (_, document) => {
    const { config, problems } = read(document);
    expect(config).toMatchObject({ user: '', env: [], cmd: [], entrypoint: [], healthcheck: null, stopSignal: null });
    expect(config.labels).toEqual({});
    expect(problems).toEqual([]);
  });

  test.each<readonly [string, unknown, RegExp]>([
    ['no platform', { rootfs: minimal.rootfs }, /operating system/],
    ['an empty platform', { ...minimal, os: '' }, /operating system/],
    ['no diffIDs', { os: 'linux', architecture: 'amd64' }, /lists no diffIDs/],
    ['null for diffIDs', { ...minimal, rootfs: { diff_ids: null } }, /lists no diffIDs/],
    ['a malformed diffID', { ...minimal, rootfs: { diff_ids: [DIFF_ID, 'x', null] } }, /malformed diffID/],
    ['a history that is no list', { ...minimal, history: {} }, /history is no list/],
    ['a member twice', { ...minimal, config: { User: 'app', user: 'root' } }, /in case only: "User", "user"/],
  ])('with %s says so', (_, document, expected) => {
    expect(read(document).problems.join('; ')).toMatch(expected);
  });

  test('keeps the places of malformed diffIDs', () => {
    expect(read({ ...minimal, rootfs: { diff_ids: ['x', DIFF_ID] } }).diffIds).toEqual([null, DIFF_ID]);
  });

  test('with members in another case is read as Go reads it: the last one wins', () => {
    expect(read({ ...minimal, config: { user: 'root', ENV: ['A=1'] } }).config).toMatchObject({
      user: 'root',
      env: ['A=1'],
    });
    expect(read({ ...minimal, config: { User: 'app', user: 'root' } }).config.user).toBe('root');
  });

  test('with a broken history keeps its length', () => {
    const { history } = read({ ...minimal, history: [null, 'x', 3, [], { created_by: 5, empty_layer: 'true' }] });
    expect(history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer])).toEqual(
      Array.from({ length: 5 }, () => [null, false]),
    );
  });

  test('with __proto__ among its labels keeps it a label', () => {
    const { config } = read('{"config":{"Labels":{"__proto__":"x"}},"__proto__":{"os":"evil","architecture":"evil"}}');
    expect(Object.entries(config.labels)).toEqual([['__proto__', 'x']]);
    expect(read('{"__proto__":{"os":"evil","architecture":"evil"}}').platform).toBeNull();
  });

  test('nested a hundred thousand deep in a member that nobody knows is read', () => {
    expect(
      read(`{"os":"linux","architecture":"amd64","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`).platform,
    ).toEqual({
      os: 'linux',
      architecture: 'amd64',
    });
  });

  test.each(['', '[]', 'null', '"x"', '{', '\ufeff{}x'])('%j is one coded error', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }));
  });
});
