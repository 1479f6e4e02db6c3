import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AuditError, systemErrorCode } from '../core/index.ts';
import { asObject, asText, type JsonObject } from '../oci/index.ts';
import { type DaemonEndpoint, type Environment, parseDaemonHost, type TlsMaterial } from './endpoint.ts';

/** Largest configuration file read; real ones have some kilobytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The folder of Docker's client configuration: `$DOCKER_CONFIG` or `~/.docker`. */
export function dockerFolder(env: Environment): string {
  // Empty is as good as not set, as for Docker's own client.
  return env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
}

/**
 * The context that the user chose with `docker context use`; null where that is the default one.
 * @throws AuditError `DAEMON_CONFIG_INVALID` where config.json is there and makes no sense
 */
export function currentContext(folder: string): string | null {
  const config = readJson(join(folder, 'config.json'));
  return asText(config?.['currentContext']) || null;
}

/**
 * Reads where a Docker context leads. Docker's client keeps it in a folder that is named after the digest of the
 * context's name (docker/cli, cli/context/store).
 * @param from who names the context, in words
 * @returns null where the context leaves the address to the default
 * @throws AuditError `DAEMON_CONFIG_INVALID`
 */
export function readDockerContext(folder: string, name: string, from: string): DaemonEndpoint | null {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts', 'meta', id, 'meta.json');
  const meta = readJson(path);
  const shown = JSON.stringify(name.slice(0, 200));
  if (meta === null) {
    throw new AuditError('DAEMON_CONFIG_INVALID', `there is no Docker context ${shown}, which ${from} names`, {
      hint: 'List the contexts with docker context ls, and choose one in DOCKER_CONTEXT; or give the address in DOCKER_HOST.',
    });
  }
  const endpoint = asObject(asObject(meta['Endpoints'])?.['docker']);
  if (endpoint === undefined)
    throw new AuditError('DAEMON_CONFIG_INVALID', `the Docker context ${shown} has no address of a daemon (${path})`);
  const host = asText(endpoint['Host']) ?? '';
  if (host === '') return null;
  const tls = readTls(join(folder, 'contexts', 'tls', id, 'docker'), endpoint['SkipTLSVerify'] !== true);
  return parseDaemonHost(host, { engine: 'docker', origin: `from the Docker context ${shown}`, tls });
}

/** TLS of a context: there is some where it has files, or says that the daemon's certificate is not looked at. */
function readTls(folder: string, verify: boolean): TlsMaterial | null {
  const material = readTlsFiles(folder, verify);
  return material.ca === null && material.cert === null && verify ? null : material;
}

/**
 * Reads `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they are there.
 * @throws AuditError `DAEMON_CONFIG_INVALID`
 */
export function readTlsFiles(folder: string, verify: boolean): TlsMaterial {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readText(join(folder, name)));
  if (((cert ?? null) === null) !== ((key ?? null) === null)) {
    const [there, missing] = key == null ? ['cert.pem', 'key.pem'] : ['key.pem', 'cert.pem'];
    throw new AuditError('DAEMON_CONFIG_INVALID', `${folder} has ${there}, but no ${missing}`, {
      hint: 'A client certificate for a daemon is of no use without its key.',
    });
  }
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null, verify };
}

function readJson(path: string): JsonObject | null {
  const text = readText(path);
  if (text === null) return null;
  try {
    const object = asObject(JSON.parse(text));
    if (object !== undefined) return object;
  } catch {
    // Without the cause: a parser's message quotes the text, and config.json may hold passwords.
  }
  throw new AuditError('DAEMON_CONFIG_INVALID', `${path} is no valid JSON object`, {
    hint: 'Repair the file, or give the address of the daemon in DOCKER_HOST.',
  });
}

/** A small file's text; null where there is no such file. */
function readText(path: string): string | null {
  try {
    const { size } = statSync(path);
    if (size <= MAX_FILE_BYTES) return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AuditError('DAEMON_CONFIG_INVALID', `${path} cannot be read: ${code ?? String(error)}`, { cause: error });
  }
  throw new AuditError('DAEMON_CONFIG_INVALID', `${path} has more than ${MAX_FILE_BYTES} bytes`);
}
