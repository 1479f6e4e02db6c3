import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AuditError, systemErrorCode } from '../core/index.ts';
import {
  type NotationPolicy,
  type NotationStatement,
  parseNotationIdentity,
  parseTrustPolicy,
  readTrustedCertificates,
  type StatementText,
  type TrustStoreKind,
} from '../trust/index.ts';
import { readSmallFile } from './small-file.ts';

/** Whom to trust in signatures of Notation, as the user says it: by its own configuration, or by roots alone. */
export interface NotationOptions {
  /** A folder with `trustpolicy.json` and `truststore`, as Notation keeps it. */
  readonly notationConfig?: string | undefined;
  /** The repository that the trust policy is asked for; the image's own unless told. */
  readonly notationScope?: string | undefined;
  /** Files with roots that signatures may lead to. */
  readonly notationRoots?: readonly string[];
  /** Subjects of signers, as trust policies have them. */
  readonly notationIdentities?: readonly string[];
}

/** Notation's own order: the newer name first. */
const POLICY_NAMES = ['trustpolicy.oci.json', 'trustpolicy.json'] as const;
const CERTIFICATE_NAME = /\.(?:pem|crt|cer|der)$/i;
/** Certificates in one trust store. */
const MAX_FILES = 1000;
const KINDS = ['ca', 'signingAuthority', 'tsa'] as const;

/**
 * Reads whom to trust in signatures of Notation; undefined where the user names nobody.
 * @throws AuditError `USAGE_INVALID`, `NOTATION_CONFIG_INVALID`, `CERTIFICATE_INVALID`
 */
export function loadNotation(options: NotationOptions): NotationPolicy | undefined {
  const { notationConfig, notationScope, notationRoots = [], notationIdentities = [] } = options;
  if (notationConfig === undefined) {
    if (notationScope !== undefined) {
      throw new AuditError('USAGE_INVALID', '--notation-scope wants --notation-config beside it');
    }
    return ofRoots(notationRoots, notationIdentities);
  }
  if (notationRoots.length > 0 || notationIdentities.length > 0) {
    throw new AuditError(
      'USAGE_INVALID',
      '--notation-config and --notation-root or --notation-identity contradict each other',
      {
        hint: 'The trust policy names trust stores and identities; or leave it out, and give a root.',
      },
    );
  }
  const statements = readPolicy(notationConfig).map((text) => withStores(text, notationConfig));
  return { statements, scope: notationScope ?? null };
}

/** Roots alone are held against as strictly as Notation can be. */
function ofRoots(files: readonly string[], texts: readonly string[]): NotationPolicy | undefined {
  const identities = texts.map(parseNotationIdentity);
  if (files.length === 0) {
    if (identities.length === 0) return undefined;
    throw new AuditError('USAGE_INVALID', '--notation-identity wants --notation-root beside it', {
      hint: 'Anybody can make a certificate with any name; the root says who vouches for it.',
    });
  }
  const ca = files.flatMap((path) =>
    readTrustedCertificates(path, readSmallFile(path, '--notation-root', 'CERTIFICATE_INVALID'), 'root'),
  );
  const statement: NotationStatement = {
    name: '',
    scopes: null,
    level: 'strict',
    logged: new Set(),
    verifyTimestamp: 'always',
    wantsTimeStamps: false,
    certificates: { ca, signingAuthority: [], tsa: [] },
    identities,
  };
  return { statements: [statement], scope: null };
}

function readPolicy(folder: string): StatementText[] {
  for (const name of POLICY_NAMES) {
    const path = join(folder, name);
    const kind = kindOf(path);
    if (kind === 'absent') continue;
    if (kind !== 'file')
      throw invalid(`${path} is no regular file`, 'Links are not followed there; neither does Notation.');
    return parseTrustPolicy(path, readSmallFile(path, '--notation-config', 'NOTATION_CONFIG_INVALID'));
  }
  throw invalid(
    `${folder} has no ${POLICY_NAMES[1]}`,
    'Give the folder where Notation keeps its configuration, as ~/.config/notation, or a root with --notation-root.',
  );
}

function withStores({ trustStores, ...statement }: StatementText, folder: string): NotationStatement {
  const certificates = Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      trustStores.filter((one) => one.kind === kind).flatMap(({ name }) => readStore(folder, kind, name)),
    ]),
  ) as unknown as NotationStatement['certificates'];
  return { ...statement, certificates, wantsTimeStamps: trustStores.some(({ kind }) => kind === 'tsa') };
}

/** Folders in a trust store are not looked into, and links not followed (trust-store-trust-policy.md, "Trust Store"). */
function readStore(folder: string, kind: TrustStoreKind, name: string) {
  const store = join(folder, 'truststore', 'x509', kind, name);
  if (kindOf(store) !== 'folder') {
    throw invalid(`there is no trust store ${kind}:${name}: ${store} is no folder`, 'The trust policy names it.');
  }
  const entries = orInvalid(store, () => readdirSync(store, { withFileTypes: true }));
  if (entries.length > MAX_FILES) throw invalid(`${store} has more than ${MAX_FILES} files`);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw invalid(`${join(store, link.name)} is a link, which is not followed there`);
  const certificates = entries
    .filter((entry) => entry.isFile())
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(store, entry.name);
      if (!CERTIFICATE_NAME.test(entry.name)) {
        throw invalid(
          `${path} is no certificate`,
          'A trust store has files that end in .pem, .crt, .cer or .der, and no others.',
        );
      }
      const bytes = readSmallFile(path, '--notation-config', 'NOTATION_CONFIG_INVALID');
      // Time stamps are trusted by roots only, as the reference implementation has it.
      return readTrustedCertificates(path, bytes, kind === 'tsa' ? 'root' : 'authority');
    });
  if (certificates.length === 0) throw invalid(`the trust store ${kind}:${name} has no certificate: ${store}`);
  return certificates;
}

function kindOf(path: string): 'file' | 'folder' | 'other' | 'absent' {
  try {
    const stat = lstatSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
    throw invalid(`${path} cannot be read: ${code ?? String(error)}`);
  }
}

function orInvalid<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(`${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`);
  }
}

function invalid(message: string, hint?: string): AuditError {
  return new AuditError('NOTATION_CONFIG_INVALID', message, hint === undefined ? {} : { hint });
}
