import { AuditError, type Digest, isDigest, type Limits, printable } from '../core/index.ts';
import { asObject, asText, asTextList, type JsonObject } from '../oci/index.ts';
import { describeDaemon, ENGINES } from './connection-error.ts';
import { type DaemonAnswer, DaemonHttp, type Patience } from './daemon-http.ts';
import type { DaemonEndpoint, Environment } from './endpoint.ts';
import { ErrorTail } from './error-tail.ts';

/** How long a daemon may take; tests shorten it. */
export interface DaemonPatience {
  /** For small answers, from the request to the end. */
  readonly smallMs: number;
  /** Until the first byte of an image. Daemons put the whole archive together on their own disk before. */
  readonly saveMs: number;
  /** Between two pieces of an image. */
  readonly idleMs: number;
}

/** The patience used unless a caller says otherwise. */
export const DEFAULT_PATIENCE: DaemonPatience = { smallMs: 30_000, saveMs: 30 * 60_000, idleMs: 120_000 };

/** What a {@link DaemonClient} is told. */
export interface DaemonClientOptions {
  readonly limits: Pick<Limits, 'maxDocumentBytes'>;
  readonly env: Environment;
  readonly patience?: DaemonPatience;
}

/** An image as its daemon describes it. */
export interface DaemonImage {
  /** Digest of its configuration, or where containerd keeps the images of its manifest or index. */
  readonly id: Digest;
  /** Tags that lead to it. */
  readonly names: readonly string[];
}

const PING_BYTES = 64 * 1024;
const ERROR_BYTES = 64 * 1024;
const MAX_SAID_CHARS = 300;
/** Tags of one image kept; each is text of the daemon's. */
const MAX_NAMES = 100;
const MAX_NAME_CHARS = 512;

/** Reads images of a Docker daemon, or of whatever speaks its API (Docker Engine API, "Image"). Changes nothing. */
export class DaemonClient {
  readonly #endpoint: DaemonEndpoint;
  readonly #options: DaemonClientOptions;
  readonly #http: DaemonHttp;
  readonly #patience: DaemonPatience;
  #prefix: string | undefined;

  constructor(endpoint: DaemonEndpoint, options: DaemonClientOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#patience = options.patience ?? DEFAULT_PATIENCE;
    this.#http = new DaemonHttp(endpoint);
  }

  /**
   * Looks an image up by name, tag, digest or the beginning of its ID.
   * @throws AuditError `IMAGE_NOT_FOUND` where the daemon does not have it
   */
  async inspect(name: string, signal: AbortSignal): Promise<DaemonImage> {
    const what = `image ${name}`;
    const path = `${await this.#version(signal)}/images/${pathSegments(name)}/json`;
    const answer = await this.#http.get(path, what, this.#small(), signal);
    if (answer.status !== 200) throw await this.#refusal(answer, what, name);
    const object = parseObject(await answer.bytes(this.#options.limits.maxDocumentBytes));
    if (object === undefined) throw this.#notTheApi(`no JSON when asked for ${what}`);
    const id = toDigest(asText(object['Id']));
    if (id === undefined) throw this.#notTheApi(`no image ID when asked for ${what}`);
    const names = asTextList(object['RepoTags']).filter((tag) => tag.length <= MAX_NAME_CHARS && !tag.startsWith('<'));
    return { id, names: names.slice(0, MAX_NAMES) };
  }

  /**
   * Streams an image as `docker save` writes it. It is asked for by its ID: a tag that moves in between changes
   * nothing.
   * @throws AuditError also in the middle of the stream, where the daemon fails
   */
  async *save(image: DaemonImage, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const what = `the archive of ${name}`;
    const path = `${await this.#version(signal)}/images/${image.id}/get`;
    const patience = { answerMs: this.#patience.saveMs, idleMs: this.#patience.idleMs };
    const answer = await this.#http.get(path, what, patience, signal);
    if (answer.status !== 200) throw await this.#refusal(answer, what, name);
    const type = mediaTypeOf(answer);
    if (type === 'text/html' || type === 'application/json') {
      answer.discard();
      throw this.#notTheApi(`${type} when asked for ${what}`);
    }
    const tail = new ErrorTail();
    for await (const chunk of answer.chunks()) {
      tail.push(chunk);
      yield chunk;
    }
    const said = tail.message();
    if (said !== null) throw this.#failed(what, shorten(said));
  }

  /** What stands in front of every path: the version of the API that the daemon speaks itself. */
  async #version(signal: AbortSignal): Promise<string> {
    this.#prefix ??= `/v${await this.#negotiate(signal)}`;
    return this.#prefix;
  }

  /**
   * The version that the daemon announces. A fixed older one would be refused by daemons that are young enough
   * (Docker 29 knows none below 1.44), and what is asked for here has looked the same since 1.12.
   */
  async #negotiate(signal: AbortSignal): Promise<string> {
    const pinned = this.#endpoint.engine === 'docker' ? this.#options.env['DOCKER_API_VERSION'] : undefined;
    if (pinned !== undefined && pinned !== '') {
      const version = readVersion(pinned);
      if (version !== null) return version;
      throw new AuditError(
        'DAEMON_CONFIG_INVALID',
        `DOCKER_API_VERSION is ${JSON.stringify(pinned.slice(0, 40))}, which is no version`,
        { hint: 'Write it like 1.44, or leave it out.' },
      );
    }
    const ping = await this.#http.get('/_ping', 'a sign of life', this.#small(), signal);
    if (ping.status !== 200) throw await this.#refusal(ping, 'a sign of life', null);
    await ping.bytes(PING_BYTES);
    const announced = readVersion(ping.headers['api-version']);
    if (announced !== null) return announced;
    const answer = await this.#http.get('/version', 'its version', this.#small(), signal);
    if (answer.status !== 200) throw await this.#refusal(answer, 'its version', null);
    const version = readVersion(parseObject(await answer.bytes(PING_BYTES))?.['ApiVersion']);
    if (version !== null) return version;
    throw this.#notTheApi('no version of its API');
  }

  #small(): Patience {
    return { answerMs: this.#patience.smallMs, idleMs: this.#patience.smallMs };
  }

  /** @param image set where a 404 means that there is no such image */
  async #refusal(answer: DaemonAnswer, what: string, image: string | null): Promise<AuditError> {
    const { status } = answer;
    const said = await saidIn(answer);
    const { engine } = this.#endpoint;
    const daemon = describeDaemon(this.#endpoint);
    const because = said === null ? '' : `: ${said}`;
    const isDaemons = mediaTypeOf(answer) === 'application/json' && said !== 'page not found';
    if (status === 404 && image !== null && said !== null && isDaemons) {
      return new AuditError('IMAGE_NOT_FOUND', `the ${daemon} has no image ${image}${because}`, {
        hint: `List its images with ${engine} images${engine === 'podman' ? ' (those built there are called localhost/NAME)' : ''}${isId(image) ? '' : `, fetch it with ${engine} pull ${image}, or audit it where it is: registry:${image}`}.`,
      });
    }
    if (status === 401 || status === 403) {
      return new AuditError('DAEMON_FORBIDDEN', `the ${daemon} refuses ${what} with status ${status}${because}`, {
        hint: 'Ask who runs it for the right to inspect and save images.',
      });
    }
    if (said === null || status < 400) return this.#notTheApi(`status ${status} when asked for ${what}`);
    if (/HTTP request to an HTTPS server/i.test(said)) {
      return new AuditError('DAEMON_PROTOCOL', `the ${daemon} wants TLS`, {
        hint: 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.',
      });
    }
    return this.#failed(what, said, status);
  }

  #failed(what: string, said: string, status?: number): AuditError {
    return new AuditError(
      'DAEMON_FAILED',
      `the ${describeDaemon(this.#endpoint)} failed${status === undefined ? '' : ` with status ${status}`} when asked for ${what}: ${said}`,
      { hint: `That is what the daemon says; look into its log, and try ${this.#endpoint.engine} save.` },
    );
  }

  #notTheApi(gave: string): AuditError {
    const { daemon, variable } = ENGINES[this.#endpoint.engine];
    return new AuditError(
      'DAEMON_PROTOCOL',
      `what answers as the ${describeDaemon(this.#endpoint)} is none: it gave ${gave}`,
      { hint: `Check that this is the address of a ${daemon}, and not of something else (${variable}).` },
    );
  }
}

/** A name as a path: daemons take slashes as they are, and everything else must stay within its segment. */
function pathSegments(name: string): string {
  return name
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@'))
    .join('/');
}

/** The version that a text names; null where it names none. */
function readVersion(text: unknown): string | null {
  return typeof text === 'string' && /^\d{1,3}\.\d{1,4}$/.test(text) ? text : null;
}

/** Whether a name is an ID, or the beginning of one. */
function isId(name: string): boolean {
  return /^(?:sha256:)?[a-f0-9]{12,64}$/.test(name);
}

function toDigest(id: string | undefined): Digest | undefined {
  const digest = id !== undefined && /^[a-f0-9]{64}$/.test(id) ? `sha256:${id}` : id;
  return isDigest(digest) ? digest : undefined;
}

function mediaTypeOf({ headers }: DaemonAnswer): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

/**
 * What a daemon says of its refusal, in one short line that is fit to print. Null for what no daemon says.
 * The attack: whoever listens on the address answers with terminal escapes, or without end.
 */
async function saidIn(answer: DaemonAnswer): Promise<string | null> {
  let bytes: Uint8Array;
  try {
    bytes = await answer.bytes(ERROR_BYTES);
  } catch (error) {
    if (error instanceof AuditError && error.code === 'DOCUMENT_TOO_LARGE') return null;
    throw error;
  }
  const object = parseObject(bytes);
  const text = asText(object?.['message']) ?? asText(object?.['cause']);
  if (text !== undefined) return shorten(text);
  // Go's HTTP server itself, and Docker before 1.13, answer in plain text.
  const plain = Buffer.from(bytes).toString('utf8').trim();
  return object === undefined && plain !== '' && mediaTypeOf(answer) !== 'text/html' && !plain.startsWith('<')
    ? shorten(plain)
    : null;
}

/** A text of a daemon's, in one line that is fit to print. */
function shorten(text: string): string {
  const line = printable(
    text
      .slice(0, MAX_SAID_CHARS * 4)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return line.length > MAX_SAID_CHARS ? `${line.slice(0, MAX_SAID_CHARS)}…` : line;
}
