import { AuditError, parseReference, type RegistryReference } from '../../core/index.ts';

/** Where a configuration says that repositories are; see {@link readRegistriesConf}. */
export type RegistriesConfig = readonly RegistryEntry[];

/** What is said of all repositories below a prefix. */
export interface RegistryEntry {
  /** `docker.io`, `docker.io/library`, `*.example.com`. */
  readonly prefix: string;
  /** What stands for the prefix; null where that is the prefix itself. */
  readonly location: string | null;
  readonly plainHttp: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
}

/** A place that has copies. */
export interface Mirror {
  readonly location: string;
  readonly plainHttp: boolean;
  /** What it is asked for: a mirror that is behind gives old images for tags, and the right ones for digests. */
  readonly takes: 'all' | 'tags' | 'digests';
}

/** A place to ask for a repository. */
export interface RepositoryPlace {
  readonly reference: RegistryReference;
  readonly plainHttp: boolean;
  readonly takes: Mirror['takes'];
  readonly isMirror: boolean;
}

/**
 * The places of a repository, in the order in which they are to be asked; the last is the registry itself
 * (containers-registries.conf(5): the longest prefix decides).
 * @throws AuditError `REGISTRY_FORBIDDEN` where the configuration blocks it
 */
export function placesOf(reference: RegistryReference, config: RegistriesConfig): RepositoryPlace[] {
  const name = `${reference.registry}/${reference.repository}`;
  const entry = config
    .filter(({ prefix }) => restBehind(name, prefix) !== undefined)
    .toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  const own = { reference, plainHttp: false, takes: 'all', isMirror: false } as const;
  if (entry === undefined) return [own];
  if (entry.blocked) {
    throw new AuditError(
      'REGISTRY_FORBIDDEN',
      `${name} is blocked by the configuration of registries (${entry.prefix})`,
      {
        hint: 'Take "blocked" out of that entry, or audit an archive of the image.',
      },
    );
  }
  const rest = restBehind(name, entry.prefix) as string;
  const at = (location: string): RegistryReference => {
    const { registry, repository } = parseReference(`${location}${rest}`);
    return { ...reference, registry, repository };
  };
  const mirrors = entry.mirrors.map(({ location, plainHttp, takes }) => ({
    reference: at(location),
    plainHttp,
    takes,
    isMirror: true,
  }));
  // A location in place of the registry's own name is a place that the user did not name, either.
  const last =
    entry.location === null
      ? { ...own, plainHttp: entry.plainHttp }
      : { reference: at(entry.location), plainHttp: entry.plainHttp, takes: 'all' as const, isMirror: true };
  return [...mirrors, last];
}

/** What of a name stands behind a prefix, with its slash; undefined where it is not below it. */
function restBehind(name: string, prefix: string): string | undefined {
  if (prefix.startsWith('*.')) {
    const slash = name.indexOf('/');
    return name.slice(0, slash).endsWith(prefix.slice(1)) ? name.slice(slash) : undefined;
  }
  if (name === prefix) return '';
  return name.startsWith(`${prefix}/`) ? name.slice(prefix.length) : undefined;
}
