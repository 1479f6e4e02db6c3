/** Docker's own client is asked where it would go: it and the audit must find the same daemon. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDaemon } from '../../../src/daemon/index.ts';
import { type FakeDaemon, startDaemon } from '../../support/docker-daemon.ts';
import { isInstalled } from '../../support/installed-programs.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'layer-audit-client-'));
const daemons: Record<string, FakeDaemon> = {};

/** Runs Docker's client with nothing of the machine's own configuration. */
const docker = (env: Record<string, string>, ...args: string[]): Promise<unknown> =>
  run('docker', args, { timeout: 20_000, env: { PATH: process.env['PATH'], HOME: folder, ...env } });

describe.skipIf(!isInstalled('docker'))('Docker’s own client and the audit', () => {
  beforeAll(async () => {
    for (const name of ['first', 'second', 'third']) daemons[name] = await startDaemon({ tcp: name === 'third' });
    for (const [name, { host }] of Object.entries(daemons))
      await docker({}, 'context', 'create', name, '--docker', `host=${host}`);
    await docker({}, 'context', 'use', 'first');
  });
  afterAll(async () => {
    for (const daemon of Object.values(daemons)) await daemon[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const hostOf = (name: string): string => daemons[name]?.host ?? '';

  test.each<readonly [string, () => Record<string, string>, string]>([
    ['with the current context', () => ({}), 'first'],
    ['with DOCKER_CONTEXT', () => ({ DOCKER_CONTEXT: 'second' }), 'second'],
    ['with a context on a port', () => ({ DOCKER_CONTEXT: 'third' }), 'third'],
    ['with DOCKER_HOST', () => ({ DOCKER_HOST: hostOf('second') }), 'second'],
    ['with both', () => ({ DOCKER_HOST: hostOf('third'), DOCKER_CONTEXT: 'second' }), 'third'],
    [
      'with the context default and DOCKER_HOST',
      () => ({ DOCKER_HOST: hostOf('third'), DOCKER_CONTEXT: 'default' }),
      'third',
    ],
  ])('find the same daemon %s', async (_, variables, expected) => {
    const env = variables();
    const before = Object.entries(daemons).map(([name, { requests }]) => [name, requests.length] as const);
    await docker(env, 'version', '--format', '{{.Client.Version}}').catch(() => undefined);
    const asked = before.filter(([name, count]) => (daemons[name]?.requests.length ?? 0) > count).map(([name]) => name);
    expect(asked).toEqual([expected]);
    expect(findDaemon('docker', { HOME: folder, ...env }).address).toBe(hostOf(expected));
  });

  test('both refuse a context that is not there', async () => {
    const env = { DOCKER_CONTEXT: 'gone' };
    await expect(docker(env, 'version')).rejects.toThrow(/gone/);
    expect(() => findDaemon('docker', { HOME: folder, ...env })).toThrow(/gone/);
  });
});
