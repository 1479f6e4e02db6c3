/** A proxy in this process: absolute URLs (RFC 9112, 3.2.2) and tunnels (RFC 9110, 9.3.6). */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { basicHeader } from './registry-server.ts';

/** How a proxy behaves. */
export interface ProxyOptions {
  /** Who may use it; everybody where there is none. */
  readonly account?: { readonly username: string; readonly password: string };
  /** Where it finds hosts, whatever their names are. */
  readonly port: number;
  /** What it says to those who ask for a tunnel: nothing, or a refusal. */
  readonly tunnels?: 'silence' | 'refused';
}

/** A proxy on a free port of this machine. Stop it by disposing of it. */
export class ProxyServer implements AsyncDisposable {
  /** What it was asked for: a URL, or host and port of a tunnel. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #options: ProxyOptions;
  readonly #sockets = new Set<Socket>();

  private constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((incoming, response) => {
      this.asked.push(incoming.url ?? '');
      if (!this.#isAllowed(incoming)) {
        response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end('log in');
        return;
      }
      const url = new URL(incoming.url ?? '');
      const onward = request({
        port: options.port,
        path: url.pathname + url.search,
        headers: { ...incoming.headers, host: url.host },
      });
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        void pipeline(answer, response).catch(() => undefined);
      });
      onward.on('error', () => response.destroy());
      onward.end();
    });
    this.#server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      this.asked.push(incoming.url ?? '');
      this.#track(socket);
      if (options.tunnels === 'silence') return;
      if (options.tunnels === 'refused') socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      else if (!this.#isAllowed(incoming)) socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      else this.#tunnel(socket);
    });
  }

  /** Starts a proxy. */
  static async start(options: ProxyOptions): Promise<ProxyServer> {
    const proxy = new ProxyServer(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await closed;
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { account } = this.#options;
    return account === undefined || headers['proxy-authorization'] === basicHeader(account.username, account.password);
  }

  #tunnel(socket: Socket): void {
    const onward = this.#track(connect(this.#options.port, '127.0.0.1'));
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      void pipeline(socket, onward, socket).catch(() => undefined);
    });
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => socket.destroy());
  }
}
