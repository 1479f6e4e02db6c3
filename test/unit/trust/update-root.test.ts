import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareTrust } from '../../../src/audit/index.ts';
import { type TrustedRoots, updateRoots } from '../../../src/trust/index.ts';
import { SigstoreInstance } from '../../support/sigstore-instance.ts';
import { TufRepository } from '../../support/tuf-repository.ts';

let folder: string;
let repository: TufRepository;
let root: Buffer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-tuf-'));
  root = Buffer.from(JSON.stringify((await SigstoreInstance.start()).root));
  repository = await TufRepository.start({ version: 2, target: root });
  writeFileSync(join(folder, 'root.json'), repository.root);
});
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const update = (more: object = {}): Promise<TrustedRoots> =>
  updateRoots({
    mirror: repository.url,
    root: join(folder, 'root.json'),
    cache: join(folder, 'cache'),
    timeoutMs: 2000,
    ...more,
  });

describe('the trusted root of a repository', () => {
  test('is what its metadata vouch for, and says from where and until when', async () => {
    const roots = await update();
    expect(roots).toMatchObject({
      origin: 'mirror',
      place: repository.url,
      knowsUntil: '2020-01-01T00:00:00Z',
      expires: '2099-01-01T00:00:00Z',
    });
    expect(roots.root.tlogs[0]?.baseUrl).toBe('https://rekor.test');
  });

  test('is fetched once, and asked for anew each time', async () => {
    await update();
    await update();
    expect(repository.requests.filter((path) => path.includes('trusted_root'))).toHaveLength(1);
    expect(repository.requests.filter((path) => path === '/timestamp.json')).toHaveLength(2);
  });

  test('is what signatures are held against', async () => {
    const options = { mirror: repository.url, root: join(folder, 'root.json'), cache: join(folder, 'cache') };
    expect((await prepareTrust({ updateRoot: options })).roots.origin).toBe('mirror');
  });
});

describe('a repository that is not to be believed', () => {
  const refused = { code: 'TRUSTED_ROOT_INVALID', hint: expect.any(String) };

  test('CVE-2026-24686: with an older state than is known', async () => {
    await update();
    repository.publish({ version: 1, target: root });
    await expect(update()).rejects.toMatchObject(refused);
  });

  test('with a state that expired', async () => {
    repository.publish({ version: 2, target: root, expires: '2020-01-01T00:00:00Z' });
    await expect(update()).rejects.toMatchObject(refused);
  });

  test('CVE-2026-23992: with metadata by somebody else', async () => {
    repository.publish({ version: 3, target: root, signer: generateKeyPairSync('ed25519') });
    await expect(update()).rejects.toMatchObject(refused);
  });

  test('with another target than its metadata say', async () => {
    repository.replace('/targets/trusted_root.json', Buffer.from(root.toString().replace('rekor.test', 'rekor.evil')));
    await expect(update()).rejects.toMatchObject(refused);
  });

  test('with a target that is no trusted root', async () => {
    repository.publish({ version: 3, target: Buffer.from('{}') });
    await expect(update()).rejects.toMatchObject({ code: 'TRUSTED_ROOT_INVALID' });
  });

  test('whose root is another one than was given this time, whatever was fetched before', async () => {
    await update();
    await using other = await TufRepository.start({ version: 2, target: root });
    writeFileSync(join(folder, 'root.json'), other.root);
    await expect(update()).rejects.toMatchObject(refused);
  });
});

describe('a repository that cannot be asked', () => {
  test('is told with what to do', async () => {
    await expect(update({ mirror: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'TRUSTED_ROOT_UNREACHABLE',
      message: expect.stringContaining('http://127.0.0.1:9'),
      hint: expect.stringContaining('--trusted-root'),
    });
  });

  test('because it has nothing', async () => {
    await expect(update({ mirror: `${repository.url}/elsewhere` })).rejects.toMatchObject({
      code: 'TRUSTED_ROOT_UNREACHABLE',
    });
  });

  test.each(['ftp://a.test', 'https://user:pass@a.test', 'file:///etc', 'x', 'https://a.test/?q'])(
    'because %s is no address',
    async (mirror) => {
      await expect(update({ mirror })).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    },
  );

  test('because nobody said which root it has', async () => {
    await expect(update({ root: undefined })).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      hint: expect.stringContaining('--tuf-root'),
    });
    await expect(update({ root: join(folder, 'absent.json') })).rejects.toMatchObject({ code: 'TRUSTED_ROOT_INVALID' });
  });
});
