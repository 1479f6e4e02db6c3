/**
 * Whether a text can name repositories: one as its registry names it, `HOST/PATH/*` for everything below, `*` for all.
 * A star stands for whole parts of a name and nowhere else. The attack: `ghcr.io/acme*` is meant for acme, and fits
 * `ghcr.io/acme-evil`.
 */
export function isRepositoryPattern(text: string): boolean {
  if (text === '*') return true;
  const [host = '', ...parts] = text.split('/');
  if (!/^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost)(?::\d+)?$/i.test(host) && !/^[a-z0-9-]+:\d+$/i.test(host))
    return false;
  return (
    parts.length > 0 &&
    parts.every((part, i) => /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(part) || (part === '*' && i === parts.length - 1))
  );
}

/** What a rule is chosen by. */
interface ForRepository {
  readonly repository: string;
}

/**
 * The rule for a repository: the one that says most about its name, wherever it stands in the file, so that moving
 * rules around changes nothing; null where none is for it.
 * @param repository `ghcr.io/acme/api`; null for an image that is in none, for which only `*` is
 */
export function chooseRule<T extends ForRepository>(rules: readonly T[], repository: string | null): T | null {
  const fitting = rules.filter((rule) => isFor(rule.repository, repository));
  return fitting.toSorted((a, b) => weight(b.repository) - weight(a.repository))[0] ?? null;
}

function isFor(pattern: string, repository: string | null): boolean {
  if (pattern === '*') return true;
  if (repository === null) return false;
  const [wanted, name] = [plainHost(pattern), plainHost(repository)];
  return wanted.endsWith('/*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

/** One registry has one name: in any case, and with the port that it has anyway. */
function plainHost(name: string): string {
  const at = name.indexOf('/');
  return `${name.slice(0, at).toLowerCase().replace(/:443$/, '')}${name.slice(at)}`;
}

/** The whole name says more than any folder, and a longer folder more than a shorter one. */
function weight(pattern: string): number {
  return pattern === '*' ? 0 : pattern.endsWith('/*') ? pattern.length : Number.MAX_SAFE_INTEGER;
}
