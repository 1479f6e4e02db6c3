/**
 * Keeps secrets out of what others said and we repeat. The attack, or the accident: a registry quotes the header
 * that it refuses in its error, and the user's password stands in the log of a build.
 */
export class Concealment {
  readonly #secrets = new Set<string>();

  /** Takes a secret, and the forms in which it is sent. */
  add(secret: string): void {
    if (secret === '') return;
    const form = new URLSearchParams([['', secret]]).toString().slice(1);
    this.#secrets.add(secret).add(encodeURIComponent(secret)).add(form).add(JSON.stringify(secret).slice(1, -1));
  }

  /** The text without the secrets, and without what signs the URLs in it. */
  conceal(text: string): string {
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
    let concealed = withoutSignatures(text);
    for (const secret of longestFirst) concealed = concealed.replaceAll(secret, '****');
    return concealed;
  }
}

/** URLs in a text without user names, passwords and queries: the query of a signed URL is a key to the blob. */
export function withoutSignatures(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>]*)/gi, (_, scheme: string, rest: string) => {
    const bare = rest.replace(/[?#].*$/, '');
    const slash = bare.indexOf('/');
    const authority = slash < 0 ? bare : bare.slice(0, slash);
    return `${scheme}${authority.slice(authority.lastIndexOf('@') + 1)}${slash < 0 ? '' : bare.slice(slash)}`;
  });
}
