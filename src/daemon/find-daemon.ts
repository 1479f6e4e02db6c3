import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AuditError } from '../core/index.ts';
import { currentContext, dockerFolder, readDockerContext, readTlsFiles } from './docker-context.ts';
import { type DaemonEndpoint, type Engine, type Environment, parseDaemonHost, type TlsMaterial } from './endpoint.ts';

/** What {@link findDaemon} asks the machine. */
export interface Machine {
  readonly exists: (path: string) => boolean;
  /** The user's id; undefined where there is none. */
  readonly uid: number | undefined;
}

/**
 * Finds the daemon that the user's own client would ask, without asking it: for Docker `DOCKER_HOST`,
 * `DOCKER_CONTEXT`, the current context, then the default socket, in this order (docker/cli, cli/command/cli.go);
 * for Podman `CONTAINER_HOST`, then its sockets.
 * @throws AuditError `DAEMON_CONFIG_INVALID`, `SOURCE_UNSUPPORTED`
 */
export function findDaemon(
  engine: Engine,
  env: Environment,
  machine: Machine = { exists: existsSync, uid: process.getuid?.() },
): DaemonEndpoint {
  return engine === 'docker' ? findDocker(env, machine) : findPodman(env, machine);
}

function findDocker(env: Environment, machine: Machine): DaemonEndpoint {
  const folder = dockerFolder(env);
  const host = env['DOCKER_HOST'] ?? '';
  if (host !== '') {
    return parseDaemonHost(host, { engine: 'docker', origin: 'from DOCKER_HOST', tls: tlsOf(env, folder) });
  }
  const asked = env['DOCKER_CONTEXT'] || null;
  const name = asked ?? currentContext(folder);
  if (name !== null && name !== 'default') {
    const from = asked === null ? `currentContext in ${join(folder, 'config.json')}` : 'DOCKER_CONTEXT';
    const endpoint = readDockerContext(folder, name, from);
    if (endpoint !== null) return endpoint;
  }
  const tls = tlsOf(env, folder);
  if (tls !== null) return parseDaemonHost('tcp://127.0.0.1', { engine: 'docker', origin: 'the default for TLS', tls });
  const home = env['HOME'] || homedir();
  return firstSocket('docker', machine, [
    '/var/run/docker.sock',
    ...inRuntimeFolder(env, machine, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
  ]);
}

function findPodman(env: Environment, machine: Machine): DaemonEndpoint {
  const host = env['CONTAINER_HOST'] ?? '';
  if (host !== '') return parseDaemonHost(host, { engine: 'podman', origin: 'from CONTAINER_HOST', tls: null });
  const own = inRuntimeFolder(env, machine, 'podman/podman.sock');
  const system = '/run/podman/podman.sock';
  // Root's images are those of the system's service, also where sudo kept the folder of the user before.
  return firstSocket('podman', machine, machine.uid === 0 ? [system, ...own] : [...own, system]);
}

/** Where a service of the user's own listens. */
function inRuntimeFolder(env: Environment, { uid }: Machine, name: string): string[] {
  const folder = env['XDG_RUNTIME_DIR'] || (uid === undefined || uid === 0 ? '' : `/run/user/${uid}`);
  return folder === '' ? [] : [join(folder, name)];
}

/** The first socket that exists; without one the first of all, so that there is one to name in the error. */
function firstSocket(engine: Engine, { exists }: Machine, paths: readonly string[]): DaemonEndpoint {
  const found = paths.find((path) => exists(path));
  const path = found ?? (paths[0] as string);
  const origin = found === undefined && paths.length > 1 ? `nor at ${paths.slice(1).join(', ')}` : 'the default';
  return { engine, origin, connection: { kind: 'socket', path }, address: `unix://${path}` };
}

/** TLS as `DOCKER_TLS_VERIFY`, `DOCKER_TLS` and `DOCKER_CERT_PATH` say; null where they do not. */
function tlsOf(env: Environment, folder: string): TlsMaterial | null {
  const verify = (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
  if (!verify && (env['DOCKER_TLS'] ?? '') === '') return null;
  const certPath = env['DOCKER_CERT_PATH'] || folder;
  const material = readTlsFiles(certPath, verify);
  if (verify && material.ca === null) {
    throw new AuditError('DAEMON_CONFIG_INVALID', `DOCKER_TLS_VERIFY is set, and there is no ca.pem in ${certPath}`, {
      hint: 'Name the folder with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH.',
    });
  }
  return material;
}
