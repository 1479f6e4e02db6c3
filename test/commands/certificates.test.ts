import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { buildImage } from '../support/image-builder.ts';
import { RegistryServer } from '../support/registry-server.ts';
import { file } from '../support/tar-writer.ts';
import { runCli } from './run-cli.ts';

const AUTHORITY = makeCertificate('Test CA', { authority: true });
const SERVER = makeCertificate('server', { issuer: AUTHORITY, hosts: ['0.0.0.0'] });
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }] });

let folder: string;
let ca: string;
let server: RegistryServer;
/** An address of this machine that is not taken for it, and so is spoken to over TLS. */
let reference: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-certificates-'));
  ca = join(folder, 'ca.pem');
  writeFileSync(ca, AUTHORITY.certificate);
  server = await RegistryServer.start({ kind: 'anonymous' }, { cert: SERVER.certificate, key: SERVER.key });
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1', IMAGE.manifest);
  reference = `0.0.0.0:${server.port}/acme/api:1`;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function statusOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number | null> {
  const options = { env: { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), ...env } };
  return (await runCli(['image', reference, '--fail-on', 'none', ...args], options)).status;
}

describe('audit image trusts an authority', () => {
  test('in --registry-ca', async () => {
    expect(await statusOf(['--registry-ca', ca])).toBe(0);
  });

  test('in NODE_EXTRA_CA_CERTS, as every program on Node does', async () => {
    expect(await statusOf([], { NODE_EXTRA_CA_CERTS: ca })).toBe(0);
  });

  test.runIf(process.platform === 'linux')('in SSL_CERT_FILE, and so those of the machine', async () => {
    expect(await statusOf([], { SSL_CERT_FILE: ca })).toBe(0);
  });

  test('in the folder that Podman has for the host', async () => {
    const host = join(folder, 'podman', 'containers', 'certs.d', `0.0.0.0:${server.port}`);
    mkdirSync(host, { recursive: true });
    writeFileSync(join(host, 'ca.crt'), AUTHORITY.certificate);
    expect(await statusOf([], { XDG_CONFIG_HOME: join(folder, 'podman') })).toBe(0);
  });

  test('and no other, whatever the environment says of verifying', async () => {
    expect(await statusOf([], { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe(2);
  });
});
