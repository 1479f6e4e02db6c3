import { AuditError } from './audit-error.ts';
import { type Digest, isDigest } from './digest.ts';

/** The name of an image in a registry. */
export interface RegistryReference {
  /** Host and optional port as the user meant them: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path within the registry, `library/` included for official Docker Hub images. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Docker Hub's name in references, and the host that serves it. */
export const DOCKER_HUB = 'docker.io';

// distribution/reference's grammar: regexp.go.
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$/;

/**
 * Reads `[registry/]repository[:tag][@digest]` with Docker's rules: the first component is a registry
 * only if it holds a dot or a colon or is `localhost`; otherwise the image is on Docker Hub.
 * @throws AuditError `REFERENCE_INVALID`
 */
export function parseReference(text: string): RegistryReference {
  const refuse = (why: string, hint?: string): never => {
    throw new AuditError('REFERENCE_INVALID', `${JSON.stringify(text)} is not an image reference: ${why}`, {
      hint: hint ?? 'Write [registry/]repository[:tag][@sha256:…], for example ghcr.io/acme/api:1.4.',
    });
  };
  if (text.includes('://')) {
    const bare = text.slice(text.indexOf('://') + 3);
    return refuse('it has a URL scheme', `Leave the scheme out: ${bare}`);
  }
  let rest = text;
  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    const digestText = rest.slice(at + 1);
    if (!isDigest(digestText)) {
      return refuse(
        `${JSON.stringify(digestText)} is not a digest`,
        'A digest is sha256: and 64 lower-case hex digits.',
      );
    }
    digest = digestText;
    rest = rest.slice(0, at);
  }
  let tag: string | undefined;
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    if (!TAG.test(tag)) {
      return refuse(
        `${JSON.stringify(tag)} is not a tag`,
        'A tag has letters, digits, _ . and -, at most 128 of them.',
      );
    }
    rest = rest.slice(0, colon);
  }
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  const named = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if ((named ? rest.slice(slash + 1) : rest) === '') return refuse('the repository is missing');
  let registry = named ? first : DOCKER_HUB;
  let repository = named ? rest.slice(slash + 1) : rest;
  if (!HOST.test(registry)) return refuse(`${JSON.stringify(registry)} is not a host name`);
  if (registry === 'index.docker.io') registry = DOCKER_HUB;
  if (registry === DOCKER_HUB && !repository.includes('/')) repository = `library/${repository}`;
  if (repository.length > 255 || repository.split('/').some((part) => !PATH_COMPONENT.test(part))) {
    const lower = repository.toLowerCase();
    const why = `${JSON.stringify(repository)} is not a repository name`;
    return repository !== lower ? refuse(why, 'Repository names are lower-case.') : refuse(why);
  }
  if (tag === undefined && digest === undefined) tag = 'latest';
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** A reference in full, as a registry would name it. */
export function formatReference(reference: RegistryReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}
