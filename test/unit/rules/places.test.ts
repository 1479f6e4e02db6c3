import { describe, expect, test } from 'vitest';
import { imageOf, program } from '../../../fixtures/rules/fixture.ts';
import type { Report } from '../../../src/report/index.ts';
import type { Evidence } from '../../../src/rules/index.ts';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import { file, hardlink, type TarMemberSpec, writeMember, writePax, writeTar } from '../../support/tar-writer.ts';

const TOKEN = EXAMPLE_SECRETS['github-token']?.secret as string;

const audit = (...members: TarMemberSpec[]): Promise<Report> => auditRecipe(imageOf(members));

async function placesOf(rule: string, ...members: TarMemberSpec[]): Promise<Evidence[]> {
  const { findings } = await audit(...members);
  return findings.filter((finding) => finding.rule === rule).flatMap(({ evidence }) => evidence);
}

describe('the mode of a hard link is that of its file, whatever its record states', () => {
  const SU = file('usr/bin/x', program('x'), { mode: 0o4755 });

  test('for shells', async () => {
    const paths = await placesOf('shell/present', SU, { ...hardlink('bin/sh', 'usr/bin/x'), mode: 0o644 });
    expect(paths.map(({ path }) => path)).toEqual(['/bin/sh']);
  });

  test('for setuid programs', async () => {
    const places = await placesOf('privilege/setuid', SU, { ...hardlink('bin/other', 'usr/bin/x'), mode: 0o755 });
    expect(places.map(({ path, mode }) => [path, mode])).toEqual([
      ['/bin/other', '4755'],
      ['/usr/bin/x', '4755'],
    ]);
  });
});

describe('a path that is no UTF-8 is given escaped, with its bytes beside it', () => {
  const bytes = (path: string): Buffer => Buffer.concat([Buffer.from(path), Buffer.from([0xff, 0x80])]);

  test.each([
    ['secrets/github-token', 'app/', TOKEN],
    ['leftover/npm-cache', 'root/.npm/_cacache/', 'cached'],
  ])('by %s', async (rule, folder, content) => {
    const name = bytes(folder);
    const [place] = await placesOf(rule, file(name, content));
    expect(place?.path).toBe(`/${folder}\\xff\\x80`);
    expect(Buffer.from(place?.pathBase64 ?? '', 'base64')).toEqual(name);
  });
});

describe('a place tells owner, mode, time and digest of its file', () => {
  test('as the layer has them', async () => {
    const [place] = await placesOf(
      'secrets/github-token',
      file('a', TOKEN, { mode: 0o640, uid: 7, gid: 8, mtime: 86_400 }),
    );
    expect(place).toMatchObject({
      mode: '0640',
      uid: 7,
      gid: 8,
      mtime: '1970-01-02T00:00:00Z',
      byteRange: [0, TOKEN.length],
      line: 1,
      platform: 'linux/amd64',
      instruction: 'COPY layer0 /',
    });
    expect(place?.fileDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('and no time where no calendar has it', async () => {
    const [place] = await placesOf('secrets/github-token', file('a', TOKEN, { mtime: 2 ** 50 }));
    expect(place?.mtime).toBeNull();
  });
});

describe('a secret in bytes of the tar that are no file', () => {
  const inTar = async (tar: Buffer): Promise<unknown[]> => {
    const { findings } = await auditRecipe({ ...imageOf(), steps: [{ createdBy: 'COPY a /', tar }] });
    const found = findings.filter(({ rule }) => rule === 'secrets/github-token');
    return found.flatMap(({ state, evidence }) => evidence.map(({ field, path }) => [state, field, path]));
  };

  test('is found behind the end', async () => {
    const tar = Buffer.concat([writeTar([file('a', 'x')]), writeMember(file('b', TOKEN))]);
    expect(await inTar(tar)).toEqual([['trailing', 'tar:after-end', null]]);
  });

  test('is found in the padding behind a file', async () => {
    expect(await inTar(writeTar([file('a', 'x', { padding: TOKEN })]))).toEqual([
      ['never-effective', 'tar:padding', null],
    ]);
  });

  test('is found in an extended header', async () => {
    const tar = Buffer.concat([writePax('x', { comment: TOKEN }), writeTar([file('a', 'x')])]);
    expect(await inTar(tar)).toEqual([['metadata', 'tar:extended-header', null]]);
  });
});
