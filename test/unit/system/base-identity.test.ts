import { describe, expect, test } from 'vitest';
import type { Image } from '../../../src/image/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { identifyBase } from '../../../src/system/index.ts';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { file } from '../../support/tar-writer.ts';

const CREATED = '2026-01-01T00:00:00Z';
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** An image of a base, whose last instruction is a CMD, and one layer upon it. */
async function baseOf(
  baseHistory: readonly string[],
  more: {
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly own?: readonly string[];
  } = {},
): Promise<Report['images'][number]['base']> {
  const [first = '', ...others] = baseHistory;
  const { labels = {}, annotations = {}, own = [] } = more;
  const empty = (created_by: string) => ({ created: CREATED, created_by, empty_layer: true });
  const report = await auditRecipe({
    steps: [
      { createdBy: first, members: [file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n')] },
      { createdBy: 'COPY app /app', members: [file('app', 'x')] },
    ],
    annotations,
    config: { Labels: labels },
    document: {
      history: [
        { created: CREATED, created_by: first },
        ...others.map(empty),
        empty('CMD ["bash"]'),
        ...own.map(empty),
        { created: '2026-02-01T00:00:00Z', created_by: 'COPY app /app # buildkit' },
      ],
    },
  });
  return report.images[0]?.base as Report['images'][number]['base'];
}

describe('what an image was built upon', () => {
  test.each([
    ['Debian’s own script', ["# debian.sh --arch 'amd64' out/ 'trixie' '@1767225600'"], 'debian', 'trixie'],
    ['Alpine’s archive', ['ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit'], 'alpine', '3.20.3'],
    ['what busybox says', ['BusyBox 1.36.1 (glibc), Debian 12'], 'busybox', '1.36.1'],
    [
      'the official image of Node rather than the Debian below it',
      ["# debian.sh --arch 'amd64' out/ 'trixie' '@1767225600'", 'ENV NODE_VERSION=24.15.0'],
      'node',
      '24.15.0',
    ],
    [
      'what the classic builder writes',
      ['ADD file:0 in / ', '/bin/sh -c #(nop)  ENV PYTHON_VERSION=3.14.1'],
      'python',
      '3.14.1',
    ],
  ])('is told by %s', async (_, history, name, version) => {
    expect(await baseOf(history)).toMatchObject({ name, version, layers: 1, created: CREATED });
  });

  test('is what an annotation says, before what the history looks like', async () => {
    const annotations = {
      'org.opencontainers.image.base.name': 'registry.example/base:1',
      'org.opencontainers.image.base.digest': DIGEST,
    };
    expect(await baseOf(['ADD file:0 in /', 'ENV NODE_VERSION=24.15.0'], { annotations })).toMatchObject({
      name: 'registry.example/base:1',
      digest: DIGEST,
      basis: [
        'annotation org.opencontainers.image.base.name',
        'history: ENV NODE_VERSION of an official image',
        'os-release',
        'history: below the last CMD or ENTRYPOINT that other instructions follow',
      ],
    });
  });

  test('is Ubuntu where its label says so', async () => {
    const labels = { 'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': '24.04' };
    expect(await baseOf(['ADD file:0 in /'], { labels })).toMatchObject({ name: 'ubuntu', version: '24.04' });
  });

  test('is not told by a variable of the image’s own instructions', async () => {
    const base = await baseOf(['ADD file:0 in /'], { own: ['ENV NODE_VERSION=24.15.0'] });
    expect(base).toMatchObject({ name: null, version: null, digest: null });
  });

  test('has no name where nothing gives one', async () => {
    const { name, basis } = await baseOf(['ADD file:0 in /']);
    expect(name).toBeNull();
    expect(basis).toEqual(['os-release', 'history: below the last CMD or ENTRYPOINT that other instructions follow']);
  });

  test('is what provenance names, before what the image says of itself, with what that is worth', () => {
    const annotations = { 'org.opencontainers.image.base.name': 'registry.example/base:1' };
    const stated = { name: 'docker.io/library/debian:13', digest: DIGEST, verdict: 'verified' } as const;
    expect(identifyBase({ annotations, config: null, layers: [] } as unknown as Image, null, stated)).toMatchObject({
      name: 'docker.io/library/debian:13',
      verdict: 'verified',
      basis: ['provenance (verified)', 'annotation org.opencontainers.image.base.name'],
    });
  });
});
