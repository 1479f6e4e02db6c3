/** What there is to show a registry. Never print one. */
export interface Credentials {
  readonly login: Login | null;
  /** Exchanged for a token at the registry's token service (OAuth 2 refresh token). */
  readonly identityToken: string | null;
  /** Sent to the registry as it is. */
  readonly registryToken: string | null;
}

/** A user name and its password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** One place where credentials may be, and what was there. */
export interface CredentialPlace {
  /** A flag, variables, a file, or a helper program. */
  readonly place: string;
  /** `not-reached`: an earlier place has them, or forbids to look. */
  readonly outcome: 'used' | 'nothing' | 'not-reached';
  /** What was found there, or why nothing; never a secret. */
  readonly detail: string;
}

/** What was found for a reference, and where it was looked for. */
export interface CredentialLookup {
  readonly credentials: Credentials | null;
  /** Where they came from, in words; null where there are none. */
  readonly origin: string | null;
  /** All places, in the order in which they are looked at. */
  readonly places: readonly CredentialPlace[];
}

/** Credentials that are a user name and a password. */
export function loginOnly(username: string, password: string): Credentials {
  return { login: { username, password }, identityToken: null, registryToken: null };
}

/** Credentials that are an identity token. */
export function identityTokenOnly(identityToken: string): Credentials {
  return { login: null, identityToken, registryToken: null };
}

/** What credentials are, without saying them. */
export function describeCredentials({ login, identityToken, registryToken }: Credentials): string {
  if (registryToken !== null) return 'a registry token';
  if (identityToken !== null) return 'an identity token';
  if (login === null) return 'nothing';
  return `user name ${shownUsername(login.username)} and a password`;
}

/** Some registries take a token for the user name: what is as long as one is not shown. */
function shownUsername(username: string): string {
  return /[A-Za-z0-9_]{24}/.test(username) ? '(a long one, not shown)' : JSON.stringify(username);
}
