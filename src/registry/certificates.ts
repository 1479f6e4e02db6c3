import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { AuditError, systemErrorCode } from '../core/index.ts';

/** Certificates that the user names for this run. There is no way to do without verifying. */
export interface CertificateFiles {
  /** Authorities to trust besides those that are trusted anyway. */
  readonly ca?: string;
  /** What to show the registry of the reference, and nobody else, that asks for a certificate. */
  readonly certificate?: string;
  /** Its private key; in the same file unless named. */
  readonly key?: string;
}

/** What one host needs that others do not. */
interface HostCertificates {
  readonly authorities: readonly string[];
  readonly pairs: readonly { readonly certificate: string; readonly key: string }[];
}

const NONE: HostCertificates = { authorities: [], pairs: [] };

/** Folders with one folder for each host, in the order of containers-certs.d(5); Docker's come last. */
export function certificateFolders(env: Readonly<Record<string, string | undefined>>): string[] {
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return [
    join(config, 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    join(config, 'docker', 'certs.d'),
    '/etc/docker/certs.d',
  ];
}

/**
 * Decides which authorities are trusted, and which certificate is shown to whom: Node's authorities (those in
 * NODE_EXTRA_CA_CERTS included), the machine's (those in SSL_CERT_FILE), the user's, and for a host those in its own
 * folder, as Docker and Podman have them: `*.crt` are authorities, `*.cert` with `*.key` are shown.
 */
export class Certificates {
  readonly #files: CertificateFiles;
  readonly #folders: readonly string[];
  readonly #registryHost: string;
  readonly #folderNames: readonly string[];
  readonly #contexts = new Map<string, SecureContext>();
  #trusted: readonly string[] | undefined;

  /**
   * @param registryHost host and port of the registry's API
   * @param registry its name in references, which is another one for Docker Hub
   */
  constructor(files: CertificateFiles, folders: readonly string[], registryHost: string, registry: string) {
    this.#files = files;
    this.#folders = folders;
    this.#registryHost = registryHost;
    this.#folderNames = [registry, registryHost];
  }

  /**
   * The context for connections to a host; one for all hosts that have nothing of their own.
   * @throws AuditError `CERTIFICATE_INVALID`
   */
  contextFor(host: string): { readonly key: string; readonly context: SecureContext } {
    const own = this.#ofHost(host);
    const key = own === NONE ? '' : host;
    let context = this.#contexts.get(key);
    if (context === undefined) {
      context = this.#makeContext(own);
      this.#contexts.set(key, context);
    }
    return { key, context };
  }

  #makeContext({ authorities, pairs }: HostCertificates): SecureContext {
    this.#trusted ??= [
      ...new Set([
        ...getCACertificates('default'),
        ...getCACertificates('system'),
        ...(this.#files.ca === undefined ? [] : readAuthorities(this.#files.ca)),
      ]),
    ];
    try {
      return createSecureContext({
        ca: [...this.#trusted, ...authorities],
        ...(pairs.length === 0
          ? {}
          : { cert: pairs.map(({ certificate }) => certificate), key: pairs.map(({ key }) => key) }),
      });
    } catch (error) {
      throw new AuditError(
        'CERTIFICATE_INVALID',
        `the client certificate cannot be used: ${systemErrorCode(error) ?? 'it and its key do not fit'}`,
        { hint: 'Give a PEM file with the certificate and one with its private key, not encrypted.' },
      );
    }
  }

  #ofHost(host: string): HostCertificates {
    const isRegistry = host === this.#registryHost;
    // The attack: a redirect to a host named `..` reads certificates from elsewhere.
    const names = isRegistry ? this.#folderNames : /^[^/\\]*[^./\\][^/\\]*$/.test(host) ? [host] : [];
    const folder = this.#folders
      .flatMap((parent) => names.map((name) => join(parent, name)))
      .map(readHostFolder)
      .find((found) => found !== null);
    const { certificate, key } = this.#files;
    if (!isRegistry || certificate === undefined) return folder ?? NONE;
    const pair = { certificate: readPem(certificate), key: readPem(key ?? certificate) };
    return { authorities: folder?.authorities ?? [], pairs: [pair] };
  }
}

function readHostFolder(folder: string): HostCertificates | null {
  let names: string[];
  try {
    names = readdirSync(folder).toSorted();
  } catch {
    // Not there, or somebody else's: as good as not there, as Podman has it.
    return null;
  }
  return {
    authorities: names.filter((name) => name.endsWith('.crt')).flatMap((name) => readAuthorities(join(folder, name))),
    pairs: names
      .filter((name) => name.endsWith('.cert'))
      .map((name) => ({
        certificate: readPem(join(folder, name)),
        key: readPem(join(folder, name.replace(/cert$/, 'key'))),
      })),
  };
}

/** The certificates of a file. OpenSSL ignores what is none, and the user would look for the mistake elsewhere. */
function readAuthorities(path: string): string[] {
  const blocks = readPem(path).match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (blocks === null) throw invalid(path, 'it has no certificate in PEM');
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch {
      throw invalid(path, 'a certificate in it cannot be read');
    }
  }
  return blocks;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw invalid(path, systemErrorCode(error) ?? 'it is no file');
  }
}

function invalid(path: string, why: string): AuditError {
  return new AuditError('CERTIFICATE_INVALID', `${path} cannot be used as a certificate: ${why}`, {
    hint: 'Certificates and keys are files in PEM, which begin with -----BEGIN.',
  });
}
