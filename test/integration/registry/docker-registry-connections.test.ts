/** The real registry behind TLS, client certificates, a proxy, and connections that break. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditImages } from '../../support/audit-recipe.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { buildImage } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { file } from '../../support/tar-writer.ts';
import { auditReference } from './example-images.ts';
import { RealRegistry } from './real-registry.ts';

const hasRegistry = isInstalled('docker-registry');
const LARGE = buildImage(
  { steps: [{ createdBy: 'COPY big /big', members: [file('big', randomBytes(3_000_000))] }] },
  'none',
);

/** Passes on what it is given to a registry, and cuts each connection after so many bytes from there. */
async function startCutter(port: number, bytes: number): Promise<{ server: Server; host: string; cuts: () => number }> {
  let cuts = 0;
  const server = createServer((socket: Socket) => {
    const onward = connect(port, '127.0.0.1');
    let left = bytes;
    const limited = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        yield chunk.subarray(0, left);
        left -= chunk.byteLength;
        if (left > 0) continue;
        cuts += 1;
        // What was written is on its way before the connection ends.
        setTimeout(() => socket.destroy(), 20);
        return;
      }
    };
    void pipeline(socket, onward).catch(() => undefined);
    void pipeline(onward, limited, socket, { end: false }).catch(() => undefined);
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => cuts };
}

describe.skipIf(!hasRegistry)('docker-registry', () => {
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await RealRegistry.start();
    await registry.push('acme/api', '1', [LARGE]);
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  test('gives a whole layer over connections that break again and again', async () => {
    const { server, host, cuts } = await startCutter(registry.port, 1_200_000);
    try {
      const report = await auditReference(`${host}/acme/api:1`);
      expect(cuts()).toBeGreaterThanOrEqual(2);
      expect(report.gaps).toEqual([]);
      expect(report.verdict.complete).toBe(true);
      expect(sameFindings(report)).toEqual(sameFindings(await auditImages([LARGE])));
    } finally {
      server.close();
    }
  });

  test('is reached through a proxy', async () => {
    await using proxy = await ProxyServer.start({ port: registry.port });
    const report = await auditReference('registry.invalid/acme/api:1', {
      registry: { env: { ...process.env, HTTP_PROXY: `http://${proxy.host}` }, plainHttp: true },
    });
    expect(report.subject.digest).toBe(LARGE.manifest.digest);
    expect(proxy.asked).toContain('http://registry.invalid/v2/acme/api/manifests/1');
  });
});

describe.skipIf(!hasRegistry)('docker-registry that wants client certificates', () => {
  const authority = makeCertificate('Test CA', { authority: true });
  const own = makeCertificate('registry', { issuer: authority, hosts: ['0.0.0.0'] });
  const client = makeCertificate('client', { issuer: authority });
  let registry: RealRegistry;
  let folder: string;

  function pem(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'layer-audit-mutual-'));
    const ca = pem('ca.pem', authority.certificate);
    const tls = { certificate: pem('own.pem', own.certificate), key: pem('own.key', own.key), clientcas: [ca] };
    registry = await RealRegistry.start({ tls });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('says that an image is not there to whoever has one', async () => {
    const certificates = {
      ca: join(folder, 'ca.pem'),
      certificate: pem('client.pem', client.certificate),
      key: pem('client.key', client.key),
    };
    await expect(
      auditReference(`0.0.0.0:${registry.port}/acme/api:1`, { registry: { env: process.env, certificates } }),
    ).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  });

  test('says nothing to whoever has none', async () => {
    const certificates = { ca: join(folder, 'ca.pem') };
    await expect(
      auditReference(`0.0.0.0:${registry.port}/acme/api:1`, { registry: { env: process.env, certificates } }),
    ).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  test('is not spoken to by whoever does not know its authority', async () => {
    await expect(auditReference(`0.0.0.0:${registry.port}/acme/api:1`)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining('not trusted'),
    });
  });
});
