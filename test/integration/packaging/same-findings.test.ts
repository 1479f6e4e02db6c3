import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { auditImages, TEST_KEY } from '../../support/audit-recipe.ts';
import {
  archive,
  buildImage,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
  type LayerCompression,
  ociLayout,
  writeFolder,
} from '../../support/image-builder.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { richImage } from './rich-image.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-packaging-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const built = (compression: LayerCompression | readonly LayerCompression[]) => buildImage(richImage, compression);
const NAME = 'acme/api:1.4';
const options = { fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true } as const;

let count = 0;
function newPath(name: string): string {
  count += 1;
  return join(scratch, `${count}-${name}`);
}
function fromFile(bytes: Buffer, name: string): Promise<Report> {
  const path = newPath(name);
  writeFileSync(path, bytes);
  return auditImage({ ...options, reference: path });
}
function fromFolder(files: Files): Promise<Report> {
  const path = newPath('folder');
  writeFolder(files, path);
  return auditImage({ ...options, reference: path });
}
function fromStream(bytes: Buffer, chunkBytes = 10_000): Promise<Report> {
  const chunks = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
      yield await Promise.resolve(Uint8Array.from(bytes.subarray(at, at + chunkBytes)));
    }
  };
  return auditImage({ ...options, reference: '-', stdin: chunks() });
}

const layout = (compression: LayerCompression | readonly LayerCompression[] = 'gzip'): Files =>
  ociLayout([built(compression)], '1.4');
const MIXED: readonly LayerCompression[] = ['zstd', 'none', 'gzip', 'zstd', 'none', 'gzip', 'gzip'];

describe('the same layers', () => {
  let expected: Report;
  beforeAll(async () => {
    expected = await auditImages([built('gzip')], options);
  });

  test('of this image have every kind of finding that packaging could lose', () => {
    const states = new Set(expected.findings.flatMap(({ evidence }) => evidence.map(({ state }) => state)));
    for (const state of ['live', 'deleted', 'overwritten', 'metadata']) expect(states).toContain(state);
    expect(new Set(expected.findings.map(({ rule }) => rule.split('/')[0]))).toEqual(
      new Set(['secrets', 'user', 'shell', 'package-manager', 'privilege', 'leftover', 'layer', 'integrity', 'config']),
    );
    expect(expected.gaps).toEqual([]);
    expect(expected.verdict.complete).toBe(true);
  });

  test.each<readonly [string, () => Promise<Report>]>([
    ['an OCI layout, layers in gzip', () => fromFolder(layout())],
    ['an OCI layout, layers in zstd', () => fromFolder(layout('zstd'))],
    ['an OCI layout, layers not compressed', () => fromFolder(layout('none'))],
    ['an OCI layout, each layer otherwise', () => fromFolder(layout(MIXED))],
    ['an OCI archive', () => fromFile(archive(layout()), 'image.tar')],
    ['an OCI archive, each layer otherwise', () => fromFile(archive(layout(MIXED)), 'image.tar')],
    ['docker save before Docker 25', () => fromFile(archive(dockerSaveLegacy(built('gzip'), [NAME])), 'image.tar')],
    ['docker save before Docker 25, unpacked', () => fromFolder(dockerSaveLegacy(built('gzip'), [NAME]))],
    ['docker save since Docker 25', () => fromFile(archive(dockerSaveHybrid([built('none')], NAME)), 'image.tar')],
  ])('as %s give the same findings', async (_, audit) => {
    expect(sameFindings(await audit())).toEqual(sameFindings(expected));
  });

  test.each<readonly [string, () => Promise<Report>]>([
    ['an OCI archive in gzip', () => fromFile(gzipSync(archive(layout())), 'image.tar.gz')],
    ['an OCI archive in zstd', () => fromFile(zstdCompressSync(archive(layout('none'))), 'image.tar.zst')],
    [
      'docker save before Docker 25, in gzip',
      () => fromFile(gzipSync(archive(dockerSaveLegacy(built('gzip'), [NAME]))), 'image.tgz'),
    ],
    [
      'docker save since Docker 25, in zstd',
      () => fromFile(zstdCompressSync(archive(dockerSaveHybrid([built('gzip')], NAME))), 'image.tar.zst'),
    ],
    ['an OCI archive on standard input', () => fromStream(archive(layout(MIXED)))],
    ['an OCI archive on standard input, in chunks of a few bytes', () => fromStream(archive(layout()), 61)],
    [
      'docker save before Docker 25 on standard input',
      () => fromStream(archive(dockerSaveLegacy(built('gzip'), [NAME]))),
    ],
    [
      'docker save since Docker 25 on standard input',
      () => fromStream(archive(dockerSaveHybrid([built('zstd')], NAME))),
    ],
    [
      'docker save in gzip on standard input',
      () => fromStream(gzipSync(archive(dockerSaveLegacy(built('gzip'), [NAME])))),
    ],
  ])('as %s give the same findings', async (_, audit) => {
    expect(sameFindings(await audit())).toEqual(sameFindings(expected));
  });

  test.each<readonly [string, number]>([
    ['one lane', 1],
    ['three lanes', 3],
  ])('examined in %s give the same report', async (_, jobs) => {
    expect(sameFindings(await auditImages([built('gzip')], { ...options, jobs }))).toEqual(sameFindings(expected));
  });
});

describe('damaged layers', () => {
  const damaged = buildImage(
    {
      ...richImage,
      steps: [
        ...richImage.steps,
        { createdBy: 'COPY broken', tar: Buffer.concat([Buffer.alloc(2000, 'no tar at all '), Buffer.alloc(1024)]) },
        { createdBy: 'COPY cut', tar: (built('none').tars[0] as Buffer).subarray(0, 3000) },
        { createdBy: 'COPY empty', tar: Buffer.alloc(0) },
        { createdBy: 'COPY {}', tar: Buffer.alloc(600, '{') },
      ],
    },
    'none',
  );

  test('give the same findings and gaps however they are packed', async () => {
    const expected = await fromFolder(ociLayout([damaged], '1.4'));
    expect(expected.gaps.map(({ reason }) => reason)).toContain('tar-damaged');
    expect(expected.verdict.complete).toBe(false);
    for (const report of [
      await fromFile(archive(ociLayout([damaged], '1.4')), 'image.tar'),
      await fromStream(archive(ociLayout([damaged], '1.4'))),
      await fromFile(gzipSync(archive(ociLayout([damaged], '1.4'))), 'image.tar.gz'),
    ]) {
      expect(sameFindings(report)).toEqual(sameFindings(expected));
    }
  });
});
