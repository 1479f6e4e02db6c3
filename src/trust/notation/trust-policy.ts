import type { X509Certificate } from 'node:crypto';
import { AuditError } from '../../core/index.ts';
import { CheckFailure } from '../check-failure.ts';
import { asObject, type JsonObject, parseStrictJson } from '../strict-json.ts';
import { isWithin, type NotationIdentity, parseNotationIdentity } from './identity.ts';

/** What can be enforced or only told. What a signature is over, and that it is one, is always enforced. */
export type NotationCheck = 'authenticity' | 'authenticTimestamp' | 'expiry';

/** Kinds of trust stores. */
export type TrustStoreKind = 'ca' | 'signingAuthority' | 'tsa';

/** What a statement of a trust policy says, with the certificates of its trust stores. */
export interface NotationStatement extends Omit<StatementText, 'trustStores'> {
  readonly certificates: Readonly<Record<TrustStoreKind, readonly X509Certificate[]>>;
  /** Whether it names authorities for time stamps: without any, certificates have to be valid now. */
  readonly wantsTimeStamps: boolean;
}

/** A statement as it is written, with the names of trust stores. */
export interface StatementText {
  readonly name: string;
  /** Repositories that it is for; null for all others. */
  readonly scopes: readonly string[] | null;
  readonly level: 'strict' | 'permissive' | 'audit' | 'skip';
  /** Checks whose failure is told, and nothing more. */
  readonly logged: ReadonlySet<NotationCheck>;
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  readonly trustStores: readonly { readonly kind: TrustStoreKind; readonly name: string }[];
  /** Subjects of signers; none means whomever the trust stores certify. */
  readonly identities: readonly NotationIdentity[];
}

/** Whom the user trusts to sign with Notation. */
export interface NotationPolicy {
  readonly statements: readonly NotationStatement[];
  /** The repository that statements are asked for; null for the image's own. */
  readonly scope: string | null;
}

const CHECKS = ['authenticity', 'authenticTimestamp', 'expiry'] as const;
/** What each level only tells (trust-store-trust-policy.md, "Signature Verification details"). */
const LOGGED: Readonly<Record<StatementText['level'], readonly NotationCheck[]>> = {
  strict: [],
  permissive: ['authenticTimestamp', 'expiry'],
  audit: CHECKS,
  skip: CHECKS,
};
const KINDS = ['ca', 'signingAuthority', 'tsa'] as const;
const STORE_NAME = /^[a-zA-Z0-9_.-]+$/;
/** A repository with its registry (distribution, reference/regexp.go). */
const SCOPE =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+$/;
const MAX_SCOPE_CHARS = 512;

/**
 * The statement that is for a repository: the one that names it, or else the one for all others.
 * @param repository with its registry; null where the image has none
 */
export function statementFor(
  { statements, scope }: NotationPolicy,
  repository: string | null,
): NotationStatement | null {
  const wanted = scope ?? repository;
  const exact = statements.find(({ scopes }) => wanted !== null && scopes?.includes(wanted) === true);
  return exact ?? statements.find(({ scopes }) => scopes === null) ?? null;
}

/**
 * Reads a trust policy of Notation for images (version 1.0). What is not understood is an error: passed over, it would
 * let more pass than was meant.
 * @param name of the file, for errors
 * @throws AuditError `NOTATION_CONFIG_INVALID`
 */
export function parseTrustPolicy(name: string, bytes: Uint8Array): StatementText[] {
  const refuse = (why: string): never => {
    throw new AuditError('NOTATION_CONFIG_INVALID', `${name} is no trust policy: ${why}`, {
      hint: 'Its form is that of Notation, version 1.0: https://notaryproject.dev/docs/user-guides/how-to/manage-trust-policy/',
    });
  };
  try {
    const document = parseStrictJson(bytes, 'it');
    onlyMembers(document, ['version', 'trustPolicies'], 'it', refuse);
    if (document['version'] !== '1.0') refuse('its version is not 1.0');
    const list = document['trustPolicies'];
    if (!Array.isArray(list) || list.length === 0) return refuse('it has no trustPolicies');
    const statements = list.map((one, i) => parseStatement(one, i, refuse));
    holdApart(statements, refuse);
    return statements;
  } catch (error) {
    if (error instanceof CheckFailure) return refuse(error.message);
    throw error;
  }
}

type Refuse = (why: string) => never;

function parseStatement(value: unknown, at: number, refuse: Refuse): StatementText {
  const object = asObject(value);
  if (object === undefined) return refuse(`statement ${at + 1} is no object`);
  const name = object['name'];
  if (typeof name !== 'string' || name === '') return refuse(`statement ${at + 1} has no name`);
  const deny: Refuse = (why) => refuse(`statement ${JSON.stringify(name)} ${why}`);
  const known = ['name', 'registryScopes', 'signatureVerification', 'trustStores', 'trustedIdentities'];
  onlyMembers(object, known, `statement ${JSON.stringify(name)}`, refuse);
  const verification = parseVerification(object['signatureVerification'], deny);
  const stores = textList(object['trustStores'], 'trustStores', deny);
  const identities = textList(object['trustedIdentities'], 'trustedIdentities', deny);
  const scopes = parseScopes(textList(object['registryScopes'], 'registryScopes', deny), deny);
  if (verification.level === 'skip') {
    // The specification wants repositories there; Notation takes `*` as well, and nothing is verified by it either way.
    if (stores.length > 0 || identities.length > 0) deny('skips verification, and names whom to trust');
  } else if (stores.length === 0 || identities.length === 0) {
    deny('names no trustStores or no trustedIdentities');
  }
  return {
    name,
    scopes,
    ...verification,
    trustStores: stores.map((text) => parseStore(text, deny)),
    identities: parseIdentities(identities, deny),
  };
}

function parseVerification(value: unknown, deny: Refuse): Pick<StatementText, 'level' | 'logged' | 'verifyTimestamp'> {
  const object = asObject(value);
  if (object === undefined) return deny('has no signatureVerification');
  onlyMembers(object, ['level', 'override', 'verifyTimestamp'], 'signatureVerification', deny);
  const level = object['level'];
  if (level !== 'strict' && level !== 'permissive' && level !== 'audit' && level !== 'skip') {
    return deny(`has no level that is known: ${JSON.stringify(level)}`);
  }
  const verifyTimestamp = object['verifyTimestamp'] ?? 'always';
  if (verifyTimestamp !== 'always' && verifyTimestamp !== 'afterCertExpiry') {
    return deny('has a verifyTimestamp that is neither always nor afterCertExpiry');
  }
  const logged = new Set(LOGGED[level]);
  const override = object['override'] === undefined ? {} : asObject(object['override']);
  if (override === undefined) return deny('has an override that is no object');
  if (level === 'skip' && Object.keys(override).length > 0) deny('overrides what it skips');
  onlyMembers(override, [...CHECKS, 'revocation'], 'override', deny);
  for (const [check, action] of Object.entries(override)) {
    const allowed = check === 'revocation' ? ['enforce', 'log', 'skip'] : ['enforce', 'log'];
    if (!allowed.includes(action as string)) deny(`overrides ${check} with ${JSON.stringify(action)}`);
    // Revocation is not checked in any case, which is told.
    if (check === 'revocation') continue;
    if (action === 'log') logged.add(check as NotationCheck);
    else logged.delete(check as NotationCheck);
  }
  return { level, logged, verifyTimestamp };
}

function parseScopes(scopes: readonly string[], deny: Refuse): readonly string[] | null {
  if (scopes.length === 0) return deny('has no registryScopes');
  if (scopes.includes('*')) return scopes.length === 1 ? null : deny('has * beside other registryScopes');
  const wrong = scopes.find((scope) => scope.length > MAX_SCOPE_CHARS || !SCOPE.test(scope));
  if (wrong !== undefined)
    deny(`has a registryScope that is no repository with its registry: ${JSON.stringify(wrong)}`);
  return scopes;
}

function parseStore(text: string, deny: Refuse): StatementText['trustStores'][number] {
  const [, kind, name = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const known = KINDS.find((one) => one === kind);
  // The attack: a name with `..` in it reads certificates from elsewhere.
  if (known === undefined || !STORE_NAME.test(name) || /^\.+$/.test(name)) {
    return deny(`has a trust store that is not ca:NAME, signingAuthority:NAME or tsa:NAME: ${JSON.stringify(text)}`);
  }
  return { kind: known, name };
}

function parseIdentities(texts: readonly string[], deny: Refuse): NotationIdentity[] {
  if (texts.includes('*')) return texts.length === 1 ? [] : deny('has * beside other trustedIdentities');
  const identities = texts.map((text) => {
    try {
      return parseNotationIdentity(text);
    } catch (error) {
      return deny(`has a trusted identity that is none: ${(error as Error).message}`);
    }
  });
  for (const [i, one] of identities.entries()) {
    if (identities.some((other, j) => i !== j && isWithin(one, other))) {
      deny(`has trustedIdentities that overlap: ${JSON.stringify(texts[i])} is within another`);
    }
  }
  return identities;
}

/** No two statements have one name, and none speak of the same repository. */
function holdApart(statements: readonly StatementText[], refuse: Refuse): void {
  const names = new Set<string>();
  const scopes = new Set<string>();
  for (const statement of statements) {
    if (names.has(statement.name)) refuse(`two statements have the name ${JSON.stringify(statement.name)}`);
    names.add(statement.name);
    for (const scope of statement.scopes ?? ['*']) {
      if (scopes.has(scope)) refuse(`two statements are for ${scope}`);
      scopes.add(scope);
    }
  }
}

function onlyMembers(object: JsonObject, known: readonly string[], what: string, refuse: Refuse): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(`${what} has ${JSON.stringify(unknown.slice(0, 60))}, which is not known`);
}

function textList(value: unknown, name: string, deny: Refuse): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) deny(`has ${name} that are no texts`);
  return value as string[];
}
