/** A client of a daemon that runs for one test. */
import { afterEach } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { DaemonClient, type DaemonPatience, findDaemon } from '../../../src/daemon/index.ts';
import { type DaemonRecipe, type FakeDaemon, type KeptImage, startDaemon } from '../../support/docker-daemon.ts';

export const ID = `sha256:${'1'.repeat(64)}`;
export const NAME = 'acme/api:1.4';
/** What the daemon has unless a test says otherwise. */
export const IMAGE: KeptImage = {
  id: ID,
  names: [NAME, 'acme/api:latest'],
  save: Buffer.alloc(300_000, 'archive '),
};

let running: FakeDaemon | undefined;
afterEach(async () => {
  await running?.[Symbol.asyncDispose]();
  running = undefined;
});

/** The daemon of this test. */
export function daemon(): FakeDaemon {
  if (running === undefined) throw new Error('this test started no daemon');
  return running;
}

/** What a test may tell a client. */
export interface ClientSettings {
  readonly env?: Record<string, string>;
  readonly patience?: DaemonPatience;
  readonly maxDocumentBytes?: number;
}

/** Starts a daemon, and gives a client for it. */
export async function start(recipe: DaemonRecipe, settings: ClientSettings = {}): Promise<DaemonClient> {
  running = await startDaemon({ images: [IMAGE], ...recipe });
  const { patience, maxDocumentBytes = DEFAULT_LIMITS.maxDocumentBytes } = settings;
  const env = { ...settings.env, DOCKER_HOST: running.host };
  return new DaemonClient(findDaemon('docker', env), {
    env,
    limits: { maxDocumentBytes },
    ...(patience === undefined ? {} : { patience }),
  });
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** Looks the image up and reads its archive to the end. */
export async function saved(client: DaemonClient, signal = never): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of client.save(await client.inspect(NAME, signal), NAME, signal)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

/** Looks an image up. */
export function inspected(client: DaemonClient, name = NAME): Promise<unknown> {
  return client.inspect(name, never);
}
