import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { type FakeDaemon, keptLegacy, startDaemon } from '../../support/docker-daemon.ts';
import { buildImage } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-tls-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const NAME = 'acme/api:1.4';
const image = buildImage({ steps: [{ createdBy: 'ADD base /', members: [file('a', 'a')] }] });
const ca = makeCertificate('Acme CA', { authority: true });
const server = makeCertificate('docker', { issuer: ca, hosts: ['127.0.0.1', 'localhost'] });
const client = makeCertificate('client', { issuer: ca });
const elsewhere = makeCertificate('Other CA', { authority: true });

let daemon: FakeDaemon;
let count = 0;
beforeEach(async () => {
  const tls = { ca: ca.certificate, cert: server.certificate, key: server.key };
  daemon = await startDaemon({ images: [keptLegacy(image, NAME)], tls });
});
afterEach(() => daemon[Symbol.asyncDispose]());

/** A folder with ca.pem, cert.pem and key.pem. */
function certPath(authority: MadeCertificate | null, own: MadeCertificate | null, keyText = own?.key): string {
  count += 1;
  const folder = join(scratch, `${count}`);
  mkdirSync(folder);
  if (authority !== null) writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  if (own !== null) writeFileSync(join(folder, 'cert.pem'), own.certificate);
  if (keyText !== undefined) writeFileSync(join(folder, 'key.pem'), keyText);
  return folder;
}

const audit = (env: Record<string, string>): Promise<Report> =>
  auditImage({
    reference: `docker-daemon:${NAME}`,
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    registry: { env: { DOCKER_HOST: daemon.host, ...env } },
  });

describe('a daemon that wants TLS', () => {
  test('is read with the certificates of the user', async () => {
    const report = await audit({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certPath(ca, client) });
    expect(report.subject).toMatchObject({ source: 'daemon', digest: image.config.digest });
  });

  test.each<readonly [string, () => Record<string, string>, string]>([
    [
      'its authority is not the one of the user',
      () => ({ DOCKER_CERT_PATH: certPath(elsewhere, client) }),
      'DAEMON_UNREACHABLE',
    ],
    ['the user has no certificate', () => ({ DOCKER_CERT_PATH: certPath(ca, null) }), 'DAEMON_UNREACHABLE'],
    [
      'the user’s certificate is not one of its own',
      () => ({ DOCKER_CERT_PATH: certPath(ca, elsewhere) }),
      'DAEMON_UNREACHABLE',
    ],
    ['the key is none', () => ({ DOCKER_CERT_PATH: certPath(ca, client, 'no key') }), 'DAEMON_UNREACHABLE'],
    [
      'the key belongs to another certificate',
      () => ({ DOCKER_CERT_PATH: certPath(ca, client, server.key) }),
      'DAEMON_UNREACHABLE',
    ],
    ['there are no certificates at all', () => ({ DOCKER_CERT_PATH: certPath(null, null) }), 'DAEMON_CONFIG_INVALID'],
  ])('is not read where %s', async (_, env, code) => {
    await expect(audit({ DOCKER_TLS_VERIFY: '1', ...env() })).rejects.toMatchObject({ name: 'AuditError', code });
    expect(daemon.requests).toEqual([]);
  });

  test('under another name than that of its certificate is not read', async () => {
    const tls = { ca: ca.certificate, cert: client.certificate, key: client.key };
    await using wrong = await startDaemon({ images: [keptLegacy(image, NAME)], tls });
    const env = { DOCKER_HOST: wrong.host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certPath(ca, client) };
    await expect(audit(env)).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  });

  test('is not read without TLS, and says what to set', async () => {
    await expect(audit({})).rejects.toMatchObject({
      name: 'AuditError',
      hint: expect.stringContaining('DOCKER_TLS_VERIFY=1'),
    });
  });

  test('that is not there over TLS says so', async () => {
    await using plain = await startDaemon({ tcp: true });
    const env = { DOCKER_HOST: plain.host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certPath(ca, client) };
    await expect(audit(env)).rejects.toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: expect.stringContaining('TLS'),
    });
  });
});
