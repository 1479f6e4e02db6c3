import { afterEach, describe, expect, test } from 'vitest';
import { runCli, STACK_TRACE } from '../../commands/run-cli.ts';
import { type DaemonRecipe, type FakeDaemon, failedAt, keptHybrid, startDaemon } from '../../support/docker-daemon.ts';
import { buildImage } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const NAME = 'acme/api:1.4';
const kept = keptHybrid(buildImage({ steps: [{ createdBy: 'ADD base /', members: [file('a', 'a')] }] }), NAME);

let daemon: FakeDaemon | undefined;
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
});

async function audit(recipe: DaemonRecipe, ...args: string[]) {
  daemon = await startDaemon({ images: [kept], ...recipe });
  return runCli(['image', ...args], { env: { DOCKER_HOST: daemon.host } });
}

describe('audit image docker-daemon:…', () => {
  test('writes a report', async () => {
    const { status, stdout, stderr } = await audit(
      {},
      `docker-daemon:${NAME}`,
      '--format',
      'json',
      '--fail-on',
      'none',
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      subject: { reference: `docker-daemon:${NAME}`, source: 'daemon' },
      images: [{ names: [NAME], configDigest: kept.id }],
    });
  });

  test.each<readonly [string, DaemonRecipe, string, RegExp]>([
    ['that the daemon does not have', {}, 'docker-daemon:gone:1', /IMAGE_NOT_FOUND[\s\S]*docker pull gone:1/],
    [
      'that the daemon fails to give',
      { send: failedAt(600, 'no \u001b[2Jspace') },
      `docker-daemon:${NAME}`,
      /no \\x1b\[2Jspace \[DAEMON_FAILED\]/,
    ],
  ])('says of an image %s what went wrong, once, with exit status 2', async (_, recipe, reference, message) => {
    const { status, stdout, stderr } = await audit(recipe, reference);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(STACK_TRACE);
    expect(stderr.split('\n').filter((line) => line.startsWith('audit:')).length).toBe(1);
  });

  test('says of a daemon that does not run how to start it, with exit status 2', async () => {
    const env = { DOCKER_HOST: 'unix:///no/such/docker.sock' };
    const { status, stderr } = await runCli(['image', `docker-daemon:${NAME}`], { env });
    expect(status).toBe(2);
    expect(stderr).toContain('the socket does not exist [DAEMON_UNREACHABLE]');
    expect(stderr).toContain('systemctl start docker');
  });
});
