import { afterEach, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import { AuditError, DEFAULT_LIMITS } from '../../../src/core/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { openSource, parseLocation, type SourceContent } from '../../../src/source/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import {
  cutAt,
  type DaemonRecipe,
  endedAt,
  type FakeDaemon,
  failedAt,
  type KeptImage,
  keptHybrid,
  keptLegacy,
  type Sending,
  startDaemon,
} from '../../support/docker-daemon.ts';
import { archive, buildImage, dockerSaveHybrid } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const NAME = 'acme/api:1.4';
const image = buildImage(
  {
    steps: [
      { createdBy: 'ADD base /', members: [file('a', 'a'.repeat(3000))] },
      { createdBy: 'COPY . /', members: [file('b', 'b'.repeat(5000))] },
    ],
  },
  'none',
);
const KINDS: readonly (readonly [string, KeptImage])[] = [
  ['before Docker 25', keptLegacy(image, NAME)],
  ['since Docker 25', keptHybrid(image, NAME)],
];

let daemon: FakeDaemon | undefined;
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
});

async function start(recipe: DaemonRecipe): Promise<{ readonly env: { readonly DOCKER_HOST: string } }> {
  await daemon?.[Symbol.asyncDispose]();
  daemon = await startDaemon(recipe);
  return { env: { DOCKER_HOST: daemon.host } };
}

/** What a source gives before its layers are examined, or the coded error; anything else fails the test. */
async function opened(kept: KeptImage, send: Sending): Promise<{ content: SourceContent; cut: boolean } | AuditError> {
  const registry = await start({ images: [kept], send });
  let cut = false;
  try {
    const { content } = await openSource(parseLocation(`docker-daemon:${NAME}`), {
      limits: DEFAULT_LIMITS,
      onPassingBlob: async (_name, chunks) => {
        try {
          for await (const _chunk of chunks);
        } catch (error) {
          if (!(error instanceof AuditError)) throw error;
          cut = true;
        }
      },
      registry,
      stdin: new Blob([]).stream(),
      signal: new AbortController().signal,
    });
    return { content, cut };
  } catch (error) {
    if (error instanceof AuditError) return error;
    throw error;
  }
}

async function audited(recipe: DaemonRecipe): Promise<Report> {
  const registry = await start(recipe);
  return auditImage({
    reference: `docker-daemon:${NAME}`,
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    failOn: 'none',
    registry,
  });
}

describe.each(KINDS)('an archive of a daemon %s', (_, kept) => {
  test('cut anywhere with its connection is one coded error', async () => {
    for (let at = 0; at < kept.save.byteLength; at += 512) {
      const result = await opened(kept, cutAt(at));
      expect([at, result instanceof AuditError && result.code]).toEqual([at, 'DAEMON_UNREACHABLE']);
    }
  });

  test('behind which the daemon tells of its failure is one coded error with the reason, wherever it failed', async () => {
    for (let at = 0; at <= kept.save.byteLength; at += 512) {
      const result = await opened(kept, failedAt(at, 'no space left on device'));
      expect(result).toMatchObject({ code: 'DAEMON_FAILED', message: expect.stringContaining('no space left on dev') });
    }
  });

  test('ended anywhere as if that were all is a coded error, a gap, or has all there is of the image', async () => {
    for (let at = 100; at < kept.save.byteLength; at += 512) {
      const result = await opened(kept, endedAt(at));
      if (result instanceof AuditError) {
        expect(result.code).toMatch(/^(?:SOURCE_UNRECOGNISED|ARCHIVE_DAMAGED|DOCUMENT_INVALID|IMAGE_NOT_FOUND)$/);
        continue;
      }
      const { content, cut } = result;
      const isWhole = !cut && content.images.length === 1 && content.images[0]?.config !== null;
      const layers = content.images.flatMap((one) => one.layers.map(({ blob }) => blob !== null));
      if (isWhole && layers.length === 2 && !layers.includes(false)) continue;
      expect([at, content.gaps.some(({ incomplete }) => incomplete)]).toEqual([at, true]);
    }
  });
});

describe('the audit of an image out of a daemon', () => {
  test('that gives all of it is complete', async () => {
    expect((await audited({ images: [keptHybrid(image, NAME)] })).verdict).toMatchObject({
      complete: true,
      exitStatus: 0,
    });
  });

  test('that gives its manifest and not all of its layers has gaps and exit status 3', async () => {
    // An archive may name its layers first and hold them last.
    const files = dockerSaveHybrid([image], NAME);
    const layer = `blobs/${(image.layers[1]?.digest ?? '').replace(':', '/')}`;
    const bytes = files.get(layer) as Buffer;
    files.delete(layer);
    files.set(layer, bytes);
    const save = archive(files);
    const report = await audited({
      images: [{ ...keptHybrid(image, NAME), save }],
      send: endedAt(save.byteLength - 4096),
    });
    expect(report.verdict).toMatchObject({ complete: false, exitStatus: 3 });
    expect(report.gaps.filter(({ incomplete }) => incomplete)).not.toEqual([]);
  });

  test('that breaks off is no report at all', async () => {
    await expect(audited({ images: [keptHybrid(image, NAME)], send: cutAt(4096) })).rejects.toMatchObject({
      code: 'DAEMON_UNREACHABLE',
    });
  });
});

describe('what a daemon gives instead of an archive', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_240)],
    ['text', Buffer.alloc(5000, 'no tar at all ')],
    ['the layers without a manifest', archive(new Map([['blobs/sha256/x', Buffer.alloc(600)]]))],
  ])('namely %s, is one coded error that says who gave it', async (_, save) => {
    const result = await opened({ ...keptLegacy(image, NAME), save }, endedAt(Number.POSITIVE_INFINITY));
    expect(result).toBeInstanceOf(AuditError);
    const error = result as AuditError;
    expect(error.message).toContain(`docker-daemon:${NAME}`);
    expect(error.hint).toContain(daemon?.host);
    expect(error.hint).toContain(`docker save ${NAME}`);
  });
});
