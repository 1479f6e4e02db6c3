import { readFileSync } from 'node:fs';
import { AuditError, type RegistryReference, systemErrorCode } from '../../core/index.ts';
import { asObject, asText, type JsonObject } from '../../oci/index.ts';
import { matchingKeys, registryKeys } from './auth-keys.ts';
import type { Credentials } from './credentials.ts';

/** A credential file, as Docker (`config.json`) and Podman (`auth.json`) write it. */
export interface AuthFile {
  readonly auths: JsonObject;
  readonly credHelpers: JsonObject;
  readonly credsStore: string | null;
}

/**
 * Reads a credential file; null where there is none.
 * @throws AuditError `CREDENTIALS_INVALID` where it is there and cannot be read
 */
export function readAuthFile(path: string): AuthFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AuditError('CREDENTIALS_INVALID', `${path} cannot be read: ${code ?? String(error)}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the cause: a parser's message quotes the text, and the text holds passwords.
  }
  if (typeof value !== 'object' || value === null) {
    throw new AuditError('CREDENTIALS_INVALID', `${path} is no valid JSON`, {
      hint: 'Repair the file, or log in again with docker login.',
    });
  }
  const object = asObject(value);
  return {
    auths: asObject(object?.['auths']) ?? {},
    credHelpers: asObject(object?.['credHelpers']) ?? {},
    credsStore: asText(object?.['credsStore']) || null,
  };
}

/** Credentials that stand in a file themselves, and the key they stand under. */
export function findEntry(
  { auths }: AuthFile,
  reference: RegistryReference,
): { readonly key: string; readonly credentials: Credentials } | null {
  for (const key of matchingKeys(Object.keys(auths), reference)) {
    const credentials = toCredentials(auths[key]);
    if (credentials !== null) return { key, credentials };
  }
  return null;
}

/** The helper that a file names for one registry, and the name that helper knows it by. */
export function findHelper({ credHelpers }: AuthFile, registry: string): { name: string; key: string } | null {
  for (const key of registryKeys(registry)) {
    const name = asText(Object.hasOwn(credHelpers, key) ? credHelpers[key] : undefined);
    if (name !== undefined && name !== '') return { name, key };
  }
  return null;
}

function toCredentials(value: unknown): Credentials | null {
  const entry = asObject(value);
  const identityToken = asText(entry?.['identitytoken']) || null;
  const registryToken = asText(entry?.['registrytoken']) || null;
  const login = toLogin(entry);
  // Beside an identity token there is a user name with an empty password, which no registry takes.
  const usable = login !== null && (identityToken === null || login.password !== '') ? login : null;
  if (usable === null && identityToken === null && registryToken === null) return null;
  return { login: usable, identityToken, registryToken };
}

function toLogin(entry: JsonObject | undefined): Credentials['login'] {
  const username = asText(entry?.['username']);
  const password = asText(entry?.['password']);
  if (username !== undefined && password !== undefined) return { username, password };
  const auth = asText(entry?.['auth']);
  if (auth === undefined || auth === '') return null;
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon <= 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
