import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables. Empty is as good as not set; else files would be looked for in the current folder. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Credential files in the order in which they are looked at: that of containers-auth.json(5), Docker's last. A file
 * that the user names in REGISTRY_AUTH_FILE is the only one.
 */
export function authFiles(env: Environment, platform: NodeJS.Platform = process.platform): string[] {
  const named = env['REGISTRY_AUTH_FILE'];
  if (named) return [named];
  const home = env['HOME'] || homedir();
  const files = [
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers', 'auth.json'),
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
  ];
  const runtime = runtimeFolder(env, platform);
  return runtime === null ? files : [join(runtime, 'auth.json'), ...files];
}

/** Where Podman keeps logins until the machine is started again; on Linux only. */
function runtimeFolder(env: Environment, platform: NodeJS.Platform): string | null {
  if (platform !== 'linux') return null;
  if (env['XDG_RUNTIME_DIR']) return join(env['XDG_RUNTIME_DIR'], 'containers');
  return join('/run/containers', String(process.getuid?.() ?? 0));
}
