import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { auditRecipe } from '../../../support/audit-recipe.ts';
import { isInstalled } from '../../../support/installed-programs.ts';
import { file } from '../../../support/tar-writer.ts';
import { EVERY_KIND } from '../../tar/kinds.ts';
import { examine } from './examine-bytes.ts';
import { gitDelta, gitName, gitPack, type PackObject } from './git-writer.ts';

const MIB = 1024 * 1024;
const CHUNKS = [1, 100, 1 << 20];
const BASE = 'user=alice\npassword=correct-horse\n';
const base: PackObject = { kind: 'blob', content: Buffer.from(BASE) };
/** `BASE` with another user and something behind. */
const NEXT = 'user=bob\npassword=correct-horse\nmore=1\n';
const delta = gitDelta(BASE.length, NEXT.length, ['user=bob', [10, 24], 'more=1\n']);
const blob = (content: string): string => `blob ${gitName('blob', content)}`;
const AS_THEY_STAND =
  'deltas of the git pack were searched as they stand: their bases are not at hand, or the limit is reached';

describe('an object of a pack', () => {
  test('is told by its kind and name', () => {
    const objects: PackObject[] = (['commit', 'tree', 'blob', 'tag'] as const).map((kind) => ({
      kind,
      content: Buffer.from(`some ${kind}`.repeat(20)),
    }));
    const { bytes } = gitPack(objects);
    const expected = Object.fromEntries(
      ['commit', 'tree', 'blob', 'tag'].map((kind) => {
        const content = `some ${kind}`.repeat(20);
        return [`${kind} ${gitName(kind, content)}`, content];
      }),
    );
    for (const chunkBytes of CHUNKS)
      expect(examine(bytes, { chunkBytes })).toMatchObject({ files: expected, notes: [] });
  });

  test.each<[string, readonly PackObject[]]>([
    ['against one in front', [base, { kind: 'offset-delta', base: 0, delta }]],
    ['against one by its name', [base, { kind: 'reference-delta', base: gitName('blob', BASE), delta }]],
    ['against one that comes later', [{ kind: 'reference-delta', base: gitName('blob', BASE), delta }, base]],
  ])('that is a delta %s is put together', (_, objects) => {
    const { bytes } = gitPack(objects);
    for (const chunkBytes of CHUNKS) {
      const { files, notes } = examine(bytes, { chunkBytes });
      expect(notes).toEqual([]);
      expect(files).toEqual({ [blob(BASE)]: BASE, [blob(NEXT)]: NEXT });
    }
  });

  test('that is a delta of a delta that waits is put together when the base comes', () => {
    const last = `${NEXT}again`;
    const objects: PackObject[] = [
      { kind: 'reference-delta', base: gitName('blob', BASE), delta },
      { kind: 'offset-delta', base: 0, delta: gitDelta(NEXT.length, last.length, [[0, NEXT.length], 'again']) },
      base,
    ];
    const { files, notes } = examine(gitPack(objects).bytes);
    expect(notes).toEqual([]);
    expect(files).toEqual({ [blob(BASE)]: BASE, [blob(NEXT)]: NEXT, [blob(last)]: last });
  });

  test('that is a tar is looked into, and stays what it is for those that are against it', () => {
    const content = Buffer.from(EVERY_KIND);
    const next = Buffer.concat([content, Buffer.from('and more')]);
    const more = gitDelta(content.byteLength, next.byteLength, [[0, content.byteLength], 'and more']);
    // In parts, which are put together into memory of another kind.
    const { files } = examine(
      gitPack([
        { kind: 'blob', content },
        { kind: 'offset-delta', base: 0, delta: more },
      ]).bytes,
      { chunkBytes: 100 },
    );
    expect(files[`blob ${gitName('blob', next)}`]).toBe(next.toString('latin1'));
    expect(Object.keys(files).some((name) => name.startsWith(`blob ${gitName('blob', content)} > `))).toBe(true);
  });

  test('in a chain of a thousand deltas is put together', () => {
    const objects: PackObject[] = [base];
    let content = BASE;
    for (let i = 0; i < 1000; i += 1) {
      const next = `${content.slice(0, 30)}${i}`;
      objects.push({
        kind: 'offset-delta',
        base: i,
        delta: gitDelta(content.length, next.length, [[0, 30], String(i)]),
      });
      content = next;
    }
    const { files, notes } = examine(gitPack(objects).bytes);
    expect(notes).toEqual([]);
    expect(files[blob(content)]).toBe(content);
  });
});

describe('a delta that cannot be put together is given as it stands, and told', () => {
  const { bytes: missing, offsets } = gitPack([{ kind: 'reference-delta', base: 'ab'.repeat(20), delta }]);
  const cyclic = gitPack([
    { kind: 'reference-delta', base: 'ab'.repeat(20), delta },
    { kind: 'offset-delta', base: 0, delta },
  ]);
  const broken = (bad: Buffer): Buffer => gitPack([base, { kind: 'offset-delta', base: 0, delta: bad }]).bytes;

  test.each([
    ['without its base', missing, 1],
    ['against one without its base', cyclic.bytes, 2],
    ['against a base of another size', broken(gitDelta(5, 3, ['abc'])), 1],
    ['that copies what is not there', broken(gitDelta(BASE.length, 100, [[20, 100]])), 1],
    ['that makes more than it says', broken(gitDelta(BASE.length, 3, ['abcdef'])), 1],
    ['that makes less than it says', broken(gitDelta(BASE.length, 30, ['abcdef'])), 1],
    ['with an instruction that is reserved', broken(Buffer.concat([gitDelta(BASE.length, 1, []), Buffer.of(0)])), 1],
    ['that is empty', broken(Buffer.alloc(0)), 1],
    ['that says it makes terabytes', broken(gitDelta(BASE.length, 2 ** 42, [[0, 30]])), 1],
  ])('%s', (_, bytes, count) => {
    for (const chunkBytes of CHUNKS) {
      const { files, notes } = examine(bytes, { chunkBytes });
      expect(notes).toEqual([`${count} ${AS_THEY_STAND}`]);
      expect(Object.keys(files).filter((name) => name.startsWith('delta at '))).toHaveLength(count);
    }
  });

  test('with the place where it begins', () => {
    expect(Object.keys(examine(missing).files)).toEqual([`delta at ${offsets[0]}`]);
  });

  test('beyond the limit, and objects in front of it are not', () => {
    const objects: PackObject[] = [base];
    for (let i = 0; i < 20; i += 1) objects.push({ kind: 'offset-delta', base: 0, delta });
    const { files, notes } = examine(gitPack(objects).bytes, { maxGitDeltaBytes: 10 * NEXT.length });
    expect(notes).toEqual([`10 ${AS_THEY_STAND}`]);
    expect(files[blob(NEXT)]).toBe(NEXT);
  });

  test('that expands a million times: what comes out of all of them is bounded', () => {
    const content = Buffer.alloc(15 * MIB, 'a');
    const twice = gitDelta(content.byteLength, 15 * MIB, [...Array.from({ length: 15 }, () => [0, MIB] as const)]);
    const objects: PackObject[] = [{ kind: 'blob', content }];
    for (let i = 0; i < 300; i += 1) objects.push({ kind: 'offset-delta', base: 0, delta: twice });
    const { bytes } = gitPack(objects);
    expect(bytes.byteLength).toBeLessThan(200_000);
    const { notes, exhausted } = examine(bytes, { maxGitDeltaBytes: 60 * MIB });
    expect(notes).toEqual([`296 ${AS_THEY_STAND}`]);
    expect(exhausted).toBe(false);
  });

  test('because too many wait for what never comes', () => {
    const content = Buffer.alloc(3 * MIB, 'x');
    const waiting: PackObject = { kind: 'reference-delta', base: 'ab'.repeat(20), delta: content };
    expect(examine(gitPack([waiting, waiting, waiting, waiting]).bytes).notes).toEqual([`4 ${AS_THEY_STAND}`]);
  });
});

test('an object too large to be put together is given as it comes', () => {
  const content = Buffer.alloc(17 * MIB, 'y');
  const { files, notes } = examine(gitPack([{ kind: 'blob', content }]).bytes);
  expect(notes).toEqual([]);
  expect(files['blob at 12']?.length).toBe(content.byteLength);
});

test('an object that is larger than it says is told', () => {
  const { bytes, offsets } = gitPack([{ kind: 'blob', content: Buffer.alloc(17 * MIB) }]);
  const at = offsets[0] as number;
  // Its size, in seven bits a byte: now it says that it has fifteen bytes.
  const lying = Buffer.concat([bytes.subarray(0, at), Buffer.of((3 << 4) | 15), bytes.subarray(at + 4)]);
  expect(examine(lying).notes).toEqual(['an object of the git pack is larger than it says']);
});

describe('an object in a file of its own', () => {
  const name = gitName('blob', BASE);
  const object = deflateSync(Buffer.from(`blob ${BASE.length}\0${BASE}`));

  test.each([
    ['where git keeps it', `.git/objects/${name.slice(0, 2)}/${name.slice(2)}`, `blob ${name}`],
    ['elsewhere', 'tmp/object', 'blob'],
  ])('%s is given without its header', (_, path, member) => {
    for (const chunkBytes of CHUNKS)
      expect(examine(object, { name: path, chunkBytes })).toMatchObject({ files: { [member]: BASE }, notes: [] });
  });
});

describe('a repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-git-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]): string =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout.trim();
  const hasGit = isInstalled('git');
  const long = Array.from({ length: 300 }, (_, i) => `line ${i} of what stays the same\n`).join('');
  const write = (text: string): void => writeFileSync(join(folder, 'sub', 'config'), text);
  const commit = (text: string): void => {
    write(text);
    git('add', '-A');
    git('commit', '-qm', 'change');
  };

  test.skipIf(!hasGit)('that git packed gives every object it has, whole and by its name', () => {
    git('init', '-q', '-b', 'main');
    mkdirSync(join(folder, 'sub'));
    for (let i = 0; i < 12; i += 1) commit(`${long}value=${i}\n${long.slice(i * 7)}`);
    git('repack', '-adq', '--depth=50');
    const packs = join(folder, '.git', 'objects', 'pack');
    const path = join(packs, readdirSync(packs).find((file) => file.endsWith('.pack')) as string);
    const listed = git('verify-pack', '-v', path)
      .split('\n')
      .filter((line) => /^[0-9a-f]{40}/.test(line));
    // Deltas have two words more: the depth, and the base.
    expect(listed.filter((line) => line.trim().split(/ +/).length === 7).length).toBeGreaterThan(5);
    for (const chunkBytes of [1, 100, 1 << 20]) {
      const { files, notes } = examine(readFileSync(path), { chunkBytes });
      expect(notes).toEqual([]);
      expect(Object.keys(files).toSorted()).toEqual(
        listed.map((line) => line.split(/ +/).slice(0, 2).toReversed().join(' ')).toSorted(),
      );
      for (const [name, content] of Object.entries(files))
        expect(name).toBe(
          `${name.split(' ')[0]} ${gitName(name.split(' ')[0] as string, Buffer.from(content, 'latin1'))}`,
        );
    }
  });

  test.skipIf(!hasGit)('gives what was stashed, what no branch reaches, and what its settings hold', async () => {
    const token = (i: number): string => `ghp_${`a1B2c3D4e5F6g7H8i9J0${i}`.repeat(2).slice(0, 36)}`;
    commit(`lost=${token(1)}\n`);
    git('reset', '-q', '--hard', 'HEAD~1');
    write(`stashed=${token(2)}\n`);
    git('stash', '-q');
    git('remote', 'add', 'origin', `https://${token(3)}@example.com/x.git`);
    git(
      'update-ref',
      '-m',
      `fetch https://${token(4)}@example.com/x.git`,
      '--create-reflog',
      'refs/heads/other',
      'HEAD',
    );
    const members = ['config', 'logs/refs/heads/other', ...objectsOf(join(folder, '.git'))].map((name) =>
      file(`app/.git/${name}`, readFileSync(join(folder, '.git', name))),
    );
    const report = await auditRecipe({ config: { User: '1' }, steps: [{ createdBy: 'COPY . /app', members }] });
    const places = report.findings
      .filter(({ rule }) => rule.startsWith('secrets/'))
      .flatMap(({ evidence }) => evidence)
      .map(({ path, nestedPath }) => [
        path?.replace(/objects\/.*/, 'objects'),
        nestedPath.map((part) => part.split(' ')[0]),
      ]);
    expect(places).toEqual(
      expect.arrayContaining([
        ['/app/.git/objects', ['blob']],
        ['/app/.git/config', []],
        ['/app/.git/logs/refs/heads/other', []],
      ]),
    );
    expect(places.filter(([, nested]) => nested?.length === 1)).toHaveLength(2);
  });
});

function objectsOf(folder: string): string[] {
  return readdirSync(join(folder, 'objects'))
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((name) => readdirSync(join(folder, 'objects', name)).map((rest) => `objects/${name}/${rest}`));
}

test('a secret that stands half in a delta and half in its base is found', async () => {
  const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const before = `token=${token.slice(0, 20)} is not all of it\n`;
  const after = `token=${token}\n`;
  const { bytes } = gitPack([
    { kind: 'blob', content: Buffer.from(before) },
    { kind: 'offset-delta', base: 0, delta: gitDelta(before.length, after.length, [[0, 26], `${token.slice(20)}\n`]) },
  ]);
  const report = await auditRecipe({
    config: { User: '1' },
    steps: [{ createdBy: 'COPY . /app', members: [file('app/.git/objects/pack/pack-1.pack', bytes)] }],
  });
  const places = report.findings
    .filter(({ rule }) => rule === 'secrets/github-token')
    .flatMap(({ evidence }) => evidence);
  expect(places.map(({ nestedPath, line }) => [nestedPath, line])).toEqual([[[`blob ${gitName('blob', after)}`], 1]]);
});
