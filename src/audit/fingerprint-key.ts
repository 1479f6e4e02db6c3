import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { AuditError, systemErrorCode } from '../core/index.ts';

/** Environment variable that sets the key: machines that have it in common recognise each other's secrets. */
export const FINGERPRINT_KEY_VARIABLE = 'LAYER_AUDIT_FINGERPRINT_KEY';

const KEY_BYTES = 32;
/** A key that is shorter can be guessed, and then what it fingerprints. */
const MIN_GIVEN_BYTES = 16;
const MAX_GIVEN_BYTES = 64 * 1024;

/**
 * The key that secrets are fingerprinted with: from a file, from the environment, or one of this installation, made at
 * first use and readable by its owner only. Without a key, whoever reads a report could test guesses at a
 * password until one has its fingerprint.
 *
 * Where no key can be kept, one is made for this run: fingerprints of secrets then mean nothing in the next.
 * @param file the file that the user named
 * @throws AuditError `USAGE_INVALID` for a file that holds no key
 */
export function loadFingerprintKey(env: Readonly<Record<string, string | undefined>>, file?: string): Uint8Array {
  if (file !== undefined) return readGivenKey(file);
  const given = env[FINGERPRINT_KEY_VARIABLE];
  if (given !== undefined && given !== '') return Buffer.from(given, 'utf8');
  const path = join(stateFolder(env), 'layer-audit', 'fingerprint.key');
  return readKey(path) ?? makeKey(path) ?? readKey(path) ?? randomBytes(KEY_BYTES);
}

/** The whole file is the key, but for the newline that editors put at its end: the same as in the environment. */
function readGivenKey(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new AuditError('USAGE_INVALID', `${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      hint: 'Check the file given with --fingerprint-key.',
      cause: error,
    });
  }
  while (bytes.at(-1) === 0x0a || bytes.at(-1) === 0x0d) bytes = bytes.subarray(0, -1);
  if (bytes.byteLength < MIN_GIVEN_BYTES || bytes.byteLength > MAX_GIVEN_BYTES) {
    throw new AuditError('USAGE_INVALID', `${path} holds no key: it has ${bytes.byteLength} bytes`, {
      hint: `A key has at least ${MIN_GIVEN_BYTES} bytes. Make one with: openssl rand -hex 32`,
    });
  }
  return bytes;
}

/**
 * Empty and relative folders count as not set, as the XDG specification asks. The attack: a key in the folder where
 * the audit happens to be run may be somebody else's, who can then test guesses.
 */
function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const folder = (name: string): string | undefined => (isAbsolute(env[name] ?? '') ? env[name] : undefined);
  return folder('XDG_STATE_HOME') ?? join(folder('HOME') ?? homedir(), '.local', 'state');
}

function readKey(path: string): Uint8Array | null {
  try {
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
    return key.byteLength === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

/** Null where another process was faster, or nothing can be written. */
function makeKey(path: string): Uint8Array | null {
  const key = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  } catch {
    return null;
  }
}
