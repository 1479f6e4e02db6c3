/** The registry of Debian's package docker-registry, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuiltBlob, BuiltImage } from '../../support/image-builder.ts';
import { basicHeader } from '../../support/registry-server.ts';

export const ACCOUNT = { username: 'tester', password: 'for-tests-only' };
/** What htpasswd -B makes of the password. */
const HTPASSWD = 'tester:$2b$04$RZ3I34wiFgc1RTTqM2EaYeQHBmsM2Uq4h9p8Qd1JqNwkZ/MJekks2\n';

/** What it is started with. */
export interface RealRegistryOptions {
  readonly passwords?: boolean;
  /** PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientcas?: readonly string[] };
}

/** A running registry. Stop it by disposing of it. */
export class RealRegistry implements AsyncDisposable {
  /** Where its files are; tests may put theirs beside them. */
  readonly folder: string;
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#process = child;
  }

  /** Starts one that holds nothing yet, and waits until it answers. */
  static async start({ passwords = false, tls }: RealRegistryOptions = {}): Promise<RealRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'layer-audit-docker-registry-'));
    const port = await freePort();
    writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
    const config = {
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
      http: { addr: `0.0.0.0:${port}`, ...(tls === undefined ? {} : { tls }) },
      ...(passwords ? { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } } : {}),
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
    const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    const registry = new RealRegistry(folder, port, child);
    for (let tries = 0; tries < 200; tries += 1) {
      if (await isListening(port)) return registry;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await registry[Symbol.asyncDispose]();
    throw new Error('docker-registry does not answer');
  }

  /** Host and port, as references name them. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Pushes as the distribution specification has it ("Push": POST, then PUT; the manifest last). */
  async push(repository: string, tag: string, images: readonly BuiltImage[], more?: BuiltBlob): Promise<void> {
    const base = `http://${this.host}/v2/${repository}`;
    const headers = { authorization: basicHeader(ACCOUNT.username, ACCOUNT.password) };
    const put = async (url: string | URL, blob: BuiltBlob, type: string): Promise<void> => {
      const answer = await fetch(url, {
        method: 'PUT',
        headers: { ...headers, 'content-type': type },
        body: new Uint8Array(blob.bytes),
      });
      if (answer.status !== 201) throw new Error(`PUT gave ${answer.status}: ${await answer.text()}`);
    };
    for (const blob of images.flatMap(({ config, layers }) => [config, ...layers])) {
      const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers });
      const url = new URL(started.headers.get('location') ?? '', base);
      url.searchParams.set('digest', blob.digest);
      await put(url, blob, 'application/octet-stream');
    }
    for (const { manifest } of images) await put(`${base}/manifests/${manifest.digest}`, manifest, manifest.mediaType);
    const root = more ?? (images[0] as BuiltImage).manifest;
    await put(`${base}/manifests/${tag}`, root, root.mediaType);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = new Promise((resolve) => this.#process.on('exit', resolve));
    this.#process.kill();
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
