import { DOCKER_HUB, type RegistryReference } from '../../core/index.ts';

/** Names under which Docker keeps the login of Docker Hub; the first is the one it writes. */
const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', DOCKER_HUB, 'registry-1.docker.io'];

/** Names of a registry as a whole, in credential files and for helpers. */
export function registryKeys(registry: string): readonly string[] {
  return registry === DOCKER_HUB ? HUB_KEYS : [registry];
}

/**
 * Keys of `auths` that hold for a repository, the best first: its own, its namespaces' from the longest on, and
 * the registry's (containers-auth.json(5)). Hosts are compared exactly: a login at `example.com` is none at
 * `registry.example.com`.
 * @param keys the keys that are there
 */
export function matchingKeys(keys: readonly string[], { registry, repository }: RegistryReference): string[] {
  const found: string[] = [];
  const parts = repository.split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const namespace = `${registry}/${parts.slice(0, length).join('/')}`;
    if (keys.includes(namespace)) found.push(namespace);
  }
  const names = registryKeys(registry);
  found.push(...names.filter((name) => keys.includes(name)));
  found.push(...keys.filter((key) => !found.includes(key) && names.includes(bareHost(key))));
  return found;
}

/** `ghcr.io` for `https://ghcr.io/v2/`; anything with another path is left as it is. */
function bareHost(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}
