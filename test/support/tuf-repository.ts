/** A TUF repository of the tests' own, with one target, on a server of this machine. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is changed from one state of the repository to the next. */
export interface TufState {
  readonly version: number;
  readonly target: Buffer;
  /** Until when its metadata are valid. */
  readonly expires?: string;
  /** Somebody who has not the keys of the root. */
  readonly signer?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

const SPEC = '1.0.31';
const LATER = '2099-01-01T00:00:00Z';

/** Canonical JSON, as far as these documents need it: sorted names, no spaces. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}

/** The repository. */
export class TufRepository {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #server: Server;
  readonly #files = new Map<string, Buffer>();
  readonly requests: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      const file = this.#files.get(request.url ?? '');
      if (file === undefined) response.writeHead(404).end();
      else response.end(file);
    });
  }

  static async start(state: TufState): Promise<TufRepository> {
    const repository = new TufRepository();
    await new Promise<void>((resolve) => repository.#server.listen(0, '127.0.0.1', resolve));
    repository.publish(state);
    return repository;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** root.json, which clients have to have beforehand. */
  get root(): Buffer {
    const publicKey = this.#keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicKey } };
    const role = { keyids: [this.#keyId()], threshold: 1 };
    const roles = { root: role, timestamp: role, snapshot: role, targets: role };
    return this.#signed({
      _type: 'root',
      version: 1,
      consistent_snapshot: false,
      keys: { [this.#keyId()]: key },
      roles,
    });
  }

  /** Replaces all but the root. */
  publish({ version, target, expires = LATER, signer }: TufState): void {
    const describe = (bytes: Buffer): object => ({
      length: bytes.byteLength,
      hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
    });
    const put = (name: string, document: object): object => {
      const bytes = this.#signed({ version, ...document }, expires, signer);
      this.#files.set(`/${name}`, bytes);
      return { [name]: { version, ...describe(bytes) } };
    };
    this.#files.set('/targets/trusted_root.json', target);
    const targets = put('targets.json', { _type: 'targets', targets: { 'trusted_root.json': describe(target) } });
    const snapshot = put('snapshot.json', { _type: 'snapshot', meta: targets });
    put('timestamp.json', { _type: 'timestamp', meta: snapshot });
  }

  /** What is behind a path is something else from now on. */
  replace(path: string, bytes: Buffer): void {
    this.#files.set(path, bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #keyId(): string {
    return createHash('sha256')
      .update(this.#keys.publicKey.export({ format: 'der', type: 'spki' }))
      .digest('hex');
  }

  #signed(document: object, expires = LATER, signer = this.#keys): Buffer {
    const signed = { spec_version: SPEC, expires, ...document };
    const sig = sign(null, Buffer.from(canonical(signed)), signer.privateKey).toString('hex');
    return Buffer.from(JSON.stringify({ signatures: [{ keyid: this.#keyId(), sig }], signed }));
  }
}
