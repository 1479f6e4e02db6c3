import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import { AuditError } from '../../../src/core/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { buildImage, ociLayout, writeFolder } from '../../support/image-builder.ts';
import { file, writeTar } from '../../support/tar-writer.ts';

const ACME = new URL('../../../fixtures/images/acme-api.tar', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'layer-audit-no-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function makeFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

function layoutWithoutManifest(): string {
  const image = buildImage({ steps: [{ createdBy: 'COPY a /', members: [file('a', 'a')] }] });
  const files = ociLayout([image]);
  files.delete(`blobs/${image.manifest.digest.replace(':', '/')}`);
  const path = makeFolder('without-manifest');
  writeFolder(files, path);
  return path;
}

async function failure(reference: string, stdin: Uint8Array = Buffer.alloc(0)): Promise<AuditError> {
  const audit = auditImage({
    reference,
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    stdin: (async function* () {
      yield stdin;
    })(),
  });
  const error: unknown = await audit.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AuditError);
  return error as AuditError;
}

describe('an audit of what is no image fails with a code and with what to do next', () => {
  const acme = readFileSync(ACME);
  test.each([
    ['a text', () => put('text', 'FROM debian\n'), 'SOURCE_UNRECOGNISED'],
    ['an empty file', () => put('empty', ''), 'SOURCE_UNRECOGNISED'],
    ['a tar of something else', () => put('other.tar', writeTar([file('a', 'b')])), 'SOURCE_UNRECOGNISED'],
    ['an archive cut before its manifest', () => put('cut.tar', acme.subarray(0, 1000)), 'ARCHIVE_DAMAGED'],
    ['a folder that is no layout', () => makeFolder('nothing'), 'SOURCE_UNRECOGNISED'],
    ['a folder where a file was said to be', () => `docker-archive:${makeFolder('x.tar')}`, 'SOURCE_UNRECOGNISED'],
    ['a file where a folder was said to be', () => `oci:${ACME}`, 'SOURCE_UNRECOGNISED'],
    ['a path that does not exist', () => join(folder, 'none.tar'), 'SOURCE_NOT_FOUND'],
    ['a malformed reference', () => 'UPPER//case:::', 'REFERENCE_INVALID'],
    ['a name that the archive does not have', () => `${ACME}:no/such:tag`, 'IMAGE_NOT_FOUND'],
    ['a layout without its manifest', layoutWithoutManifest, 'IMAGE_NOT_FOUND'],
    ['nothing on standard input', () => '-', 'SOURCE_UNRECOGNISED'],
  ])('%s', async (_, make, code) => {
    const error = await failure(make());
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
    expect(error.message).not.toMatch(/undefined|null|\[object/);
  });

  test('an audit that is stopped before it began', async () => {
    const signal = AbortSignal.abort(new AuditError('INTERRUPTED', 'stopped'));
    await expect(auditImage({ reference: ACME, fingerprintKey: TEST_KEY, version: '0', signal })).rejects.toMatchObject(
      { code: 'INTERRUPTED' },
    );
  });
});
