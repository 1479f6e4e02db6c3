/** What a registry asks for with a 401 (RFC 9110 section 11.6.1; distribution specification, token authentication). */
export interface Challenge {
  /** Lower-case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/;
const QUOTED = /^"((?:[^"\\]|\\.)*)"/;

/** Reads a `WWW-Authenticate` header: all challenges in it, in order. What makes no sense ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header.slice(0, 8192).trim();
  while (rest !== '') {
    const scheme = TOKEN.exec(rest)?.[0];
    if (scheme === undefined) break;
    rest = rest.slice(scheme.length).trimStart();
    const parameters: Record<string, string> = {};
    for (;;) {
      const name = TOKEN.exec(rest)?.[0];
      if (name === undefined || !/^\s*=/.test(rest.slice(name.length))) break;
      const after = rest.slice(name.length).replace(/^\s*=\s*/, '');
      const quoted = QUOTED.exec(after);
      const value = quoted?.[0] ?? TOKEN.exec(after)?.[0];
      if (value === undefined) break;
      parameters[name.toLowerCase()] = quoted === null ? value : (quoted[1] as string).replace(/\\(.)/g, '$1');
      rest = after.slice(value.length).replace(/^\s*,?\s*/, '');
    }
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    rest = rest.replace(/^[\s,]+/, '');
  }
  return challenges;
}
