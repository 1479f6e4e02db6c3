import { digestOf } from '../bytes/index.ts';
import {
  AuditError,
  type Digest,
  digestAlgorithm,
  isDigest,
  type Limits,
  type RegistryReference,
} from '../core/index.ts';
import { MANIFEST_MEDIA_TYPES, MEDIA_TYPES } from '../oci/index.ts';
import { Authenticator } from './authenticator.ts';
import { downloadBlob } from './blob-download.ts';
import { type CertificateFiles, Certificates, certificateFolders } from './certificates.ts';
import { Concealment } from './concealment.ts';
import { Connections } from './connections.ts';
import { type CredentialOptions, lookUpCredentials } from './credentials/look-up.ts';
import { apiHost, isLoopback } from './endpoint.ts';
import { DEFAULT_HTTP_OPTIONS, HttpClient, type HttpOptions } from './http.ts';
import { type HttpAnswer, joinChunks } from './http-answer.ts';
import { listReferrers, type Referrers, readIndex, referrersTag } from './referrers.ts';
import { isWebPage, toRefusal, webPage } from './refusal.ts';
import { Slots } from './slots.ts';

/** What a {@link RepositoryClient} is told. */
export interface RepositoryClientOptions extends CredentialOptions {
  readonly limits: Limits;
  /** Speak plain HTTP to registries that are not on this machine. */
  readonly plainHttp?: boolean;
  readonly certificates?: CertificateFiles;
  /** Folders with certificates of hosts; those of Docker and Podman unless told. */
  readonly certificateFolders?: readonly string[];
  readonly http?: Partial<HttpOptions>;
}

/** A manifest or index as the registry gave it. */
export interface FetchedManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Digest of these bytes, computed here. */
  readonly digest: Digest;
}

/** Blobs streamed at once. The attack: a manifest names thousands of layers, and each would open a connection. */
const MAX_DOWNLOADS = 16;
/** How registries answer that do not know what referrers are: not found, refused in some way, or a web page. */
const CANNOT_BE_ASKED: ReadonlySet<AuditError['code']> = new Set([
  'REGISTRY_NOT_FOUND',
  'REGISTRY_PROTOCOL',
  'DOCUMENT_INVALID',
]);

/** Reads images of one repository from one registry (OCI distribution specification, "Pull"). */
export class RepositoryClient {
  readonly #reference: RegistryReference;
  readonly #limits: Limits;
  readonly #http: HttpClient;
  readonly #downloads = new Slots(MAX_DOWNLOADS);
  readonly #origin: URL;
  readonly #concealment = new Concealment();
  readonly #authenticator: Authenticator;
  #listsReferrers = true;

  constructor(reference: RegistryReference, options: RepositoryClientOptions) {
    this.#reference = reference;
    this.#limits = options.limits;
    const host = apiHost(reference.registry);
    const plain = options.plainHttp === true || isLoopback(host);
    this.#origin = new URL(`${plain ? 'http' : 'https'}://${host}`);
    const certificates = new Certificates(
      options.certificates ?? {},
      options.certificateFolders ?? certificateFolders(options.env),
      this.#origin.host,
      reference.registry,
    );
    const connectTimeoutMs = options.http?.idleTimeoutMs ?? DEFAULT_HTTP_OPTIONS.idleTimeoutMs;
    this.#http = new HttpClient(options.http, new Connections({ env: options.env, certificates, connectTimeoutMs }));
    this.#authenticator = new Authenticator({
      reference,
      origin: this.#origin,
      http: this.#http,
      lookUp: () => lookUpCredentials(reference, options),
      concealment: this.#concealment,
      toRefusal: (answer, what) => this.#refusal(answer, what),
    });
  }

  /** Closes idle connections. */
  close(): void {
    this.#http.close();
  }

  /**
   * Fetches a manifest by tag or digest. By digest, the bytes are what was asked for or there is an error.
   * @throws AuditError
   */
  async manifest(tagOrDigest: string, signal: AbortSignal): Promise<FetchedManifest> {
    const what = `manifest ${tagOrDigest} of ${this.#name}`;
    const accept = MANIFEST_MEDIA_TYPES.join(', ');
    const answer = await this.#get(`manifests/${tagOrDigest}`, { accept }, what, signal);
    const { headers } = answer.response;
    const mediaType = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    const bytes = await answer.bytes(this.#limits.maxManifestBytes);
    if (isWebPage(mediaType) || bytes[0] === 0x3c) throw webPage(this.#reference, what);
    const wanted = isDigest(tagOrDigest) ? tagOrDigest : headers.get('docker-content-digest');
    const digest = digestOf(bytes, isDigest(wanted) ? digestAlgorithm(wanted) : 'sha256');
    if (isDigest(wanted) && digest !== wanted) {
      throw new AuditError(
        'DIGEST_MISMATCH',
        `${what} is not what it should be: its bytes have the digest ${digest}, not ${wanted}`,
        { hint: 'The registry, or something on the way to it, changes or breaks what it sends.' },
      );
    }
    return { bytes, mediaType, digest };
  }

  /**
   * Fetches a small blob whole. The caller holds it against its digest.
   * @throws AuditError
   */
  async smallBlob(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return joinChunks(this.blob(digest, signal), limitBytes, this.#origin.host);
  }

  /**
   * Streams a blob. The caller digests it to its end.
   * @throws AuditError
   */
  async *blob(digest: Digest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const what = `blob ${digest} of ${this.#name}`;
    const request = async (headers: Readonly<Record<string, string>>): Promise<HttpAnswer> => {
      const answer = await this.#get(`blobs/${digest}`, headers, what, signal);
      if (isWebPage(answer.response.headers.get('content-type'))) throw webPage(this.#reference, what);
      return answer;
    };
    await this.#downloads.take();
    try {
      signal.throwIfAborted();
      yield* downloadBlob(request, this.#http.options, signal);
    } finally {
      this.#downloads.release();
    }
  }

  /**
   * Lists the manifests that name a digest as their subject: asks the registry, and reads the tag that stands for
   * its answer where it cannot be asked.
   * @throws AuditError
   */
  async referrers(digest: Digest, signal: AbortSignal): Promise<Referrers> {
    const what = `referrers of ${digest} in ${this.#name}`;
    const accept = MEDIA_TYPES.ociIndex;
    if (this.#listsReferrers) {
      const first = this.#url(`referrers/${digest}`);
      const fetch = (url: URL): Promise<HttpAnswer> => this.#fetch(url, { accept }, what, signal);
      try {
        return await listReferrers(first, fetch, this.#limits.maxManifestBytes);
      } catch (error) {
        if (!(error instanceof AuditError && CANNOT_BE_ASKED.has(error.code))) throw error;
        this.#listsReferrers = false;
      }
    }
    try {
      const { bytes } = await this.manifest(referrersTag(digest), signal);
      return { manifests: readIndex(bytes).manifests, foundBy: 'fallback-tag', more: false };
    } catch (error) {
      if (!(error instanceof AuditError && error.code === 'REGISTRY_NOT_FOUND')) throw error;
      return { manifests: [], foundBy: 'fallback-tag', more: false };
    }
  }

  get #name(): string {
    return `${this.#reference.registry}/${this.#reference.repository}`;
  }

  #url(path: string): URL {
    return new URL(`/v2/${this.#reference.repository}/${path}`, this.#origin);
  }

  #get(
    path: string,
    headers: Readonly<Record<string, string>>,
    what: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return this.#fetch(this.#url(path), headers, what, signal);
  }

  async #fetch(
    url: URL,
    headers: Readonly<Record<string, string>>,
    what: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const send = (authorization: string | undefined): Promise<HttpAnswer> =>
      this.#http.get(url, authorization === undefined ? headers : { ...headers, authorization }, signal);
    const sent = this.#authenticator.header;
    let answer = await send(sent);
    // Whoever answers after a redirect may ask for nothing.
    if (answer.response.status === 401 && answer.url.origin === url.origin) {
      if (await this.#authenticator.answer(answer, sent, signal)) {
        await answer.discard();
        answer = await send(this.#authenticator.header);
      }
    }
    const { status } = answer.response;
    if (status === 200 || (status === 206 && headers['range'] !== undefined)) return answer;
    throw await this.#refusal(answer, what);
  }

  #refusal(answer: HttpAnswer, what: string): Promise<AuditError> {
    const { lookup, wrongKind } = this.#authenticator;
    return toRefusal(answer, what, { reference: this.#reference, concealment: this.#concealment, lookup, wrongKind });
  }
}
