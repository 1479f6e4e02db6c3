import { describe, expect, test } from 'vitest';
import { toImages } from '../../../src/image/index.ts';
import { assignStages, prepareProvenance, readProvenance } from '../../../src/stages/index.ts';
import { copy, fromImage, type ProvenanceRecipe, provenanceStatement, run } from '../../support/buildkit-provenance.ts';
import { type BuiltBlob, sha256 } from '../../support/image-builder.ts';

const blobs = Array.from({ length: 4 }, (_, i): BuiltBlob => {
  const bytes = Buffer.from(`layer ${i}`);
  return { bytes, digest: sha256(bytes), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
});
const MANIFEST = sha256(Buffer.from('manifest'));

function imageOf(layers: readonly BuiltBlob[]) {
  const [image] = toImages([
    {
      platform: { os: 'linux', architecture: 'amd64' },
      manifestDigest: MANIFEST,
      configDigest: null,
      config: null,
      annotations: {},
      names: [],
      layers: layers.map(({ digest, bytes, mediaType }) => ({
        digest,
        sizeBytes: bytes.byteLength,
        mediaType,
        urls: [],
        blob: null,
      })),
    } as never,
  ]);
  return image as NonNullable<typeof image>;
}

const DOCKERFILE = 'FROM debian\nRUN a\nFROM golang AS b\nCOPY --from=0 /a /b\nRUN b\n';
const RECIPE: ProvenanceRecipe = {
  subject: MANIFEST,
  dockerfile: DOCKERFILE,
  steps: [
    fromImage('debian', 1),
    run('a', 0, 2),
    fromImage('golang', 3, blobs.slice(0, 2)),
    copy(['/a', '/b'], 1, 2, 4, blobs.slice(0, 3)),
    run('b', 3, 5, blobs),
  ],
};

async function assign(statement: unknown, layers = blobs) {
  const read = readProvenance(JSON.stringify(statement));
  const given = read.kind === 'buildkit' ? [await prepareProvenance(read.provenance)] : [];
  return { kind: read.kind, ...assignStages(imageOf(layers), null, given) };
}

describe('reading provenance', () => {
  test.each(['0.2', '1'] as const)('of v%s tells builder, target, sources and materials', (version) => {
    const read = readProvenance(
      JSON.stringify(provenanceStatement({ ...RECIPE, version, args: { target: 'b' }, builder: 'https://ci.test' })),
    );
    expect(read).toMatchObject({
      kind: 'buildkit',
      provenance: {
        mode: 'max',
        builder: 'https://ci.test',
        target: 'b',
        subjects: [MANIFEST],
        vcs: { source: 'https://git.test/acme/api.git', revision: 'c0ffee' },
        materials: [{ uri: 'pkg:docker/golang@1.26?platform=linux%2Famd64', digest: `sha256:${'ab'.repeat(32)}` }],
        files: [{ name: 'Dockerfile', text: DOCKERFILE }],
      },
    });
  });

  test.each(['', 'no JSON', '[]', '{}', '7', '{"predicateType":"https://spdx.dev/Document"}'])(
    'of %j is none',
    (text) => {
      expect(readProvenance(text)).toEqual({ kind: 'none' });
    },
  );

  test('that is cut anywhere never throws', () => {
    const text = JSON.stringify(provenanceStatement(RECIPE));
    for (let end = 0; end < text.length; end += 7) expect(readProvenance(text.slice(0, end)).kind).toBe('none');
  });

  test('with anything in place of anything never throws, and never gives a layer to two stages', async () => {
    const statement = provenanceStatement({ ...RECIPE, version: '1' });
    expect((await assign(statement)).basis).toBe('provenance');
    for (const way of ways(statement)) {
      for (const value of [null, -1, 0, 7, 1e300, '', 'step0:0', 'step9:9', [], {}, [[]]]) {
        const { basis, stages } = await assign(replaced(statement, way, value));
        const layers = stages.flatMap((stage) => stage.layers);
        expect(new Set(layers).size).toBe(layers.length);
        if (basis === 'provenance') expect(layers.toSorted()).toEqual([0, 1, 2, 3]);
      }
    }
  });
});

describe('hostile provenance', () => {
  test('of merges that double with every step ends at once', async () => {
    const steps = [
      run('x', 0, 2),
      ...Array.from({ length: 60 }, (_, i) => ({
        op: { merge: { inputs: [{ input: 0 }, { input: 1 }] } },
        inputs: [i, i],
      })),
    ].map((step, i) => (i === 0 ? fromImage('a', 1) : step));
    const { basis, reasons } = await assign(provenanceStatement({ ...RECIPE, steps }));
    expect(basis).toBe('unknown');
    expect(reasons[0]).toContain('too many layers');
  });

  test('of ten thousand steps in one line is read, and of more is refused', async () => {
    const many = (count: number) => [
      fromImage('a', 1),
      ...Array.from({ length: count }, (_, i) => copy(['/a', '/b'], i, i, 4)),
    ];
    const read = await assign(provenanceStatement({ ...RECIPE, steps: many(9_990) }));
    expect(read).toMatchObject({ kind: 'buildkit', basis: 'unknown' });
    expect((await assign(provenanceStatement({ ...RECIPE, steps: many(10_001) }))).kind).toBe('malformed');
  });

  test('whose actions take from themselves ends', async () => {
    const action = { input: 1, secondaryInput: 0, output: 0, Action: { copy: { src: '/a', dest: '/b' } } };
    const steps = [fromImage('a', 1, blobs), { op: { file: { actions: [action] } }, inputs: [0], line: 4 }];
    expect((await assign(provenanceStatement({ ...RECIPE, steps }))).basis).toBe('unknown');
  });
});

/** The ways to all members of a document. */
function* ways(value: unknown, way: readonly string[] = []): Iterable<readonly string[]> {
  if (way.length > 0) yield way;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* ways(member, [...way, key]);
}

function replaced(document: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  if (typeof document !== 'object' || document === null) return document;
  const member = rest.length === 0 ? value : replaced((document as Record<string, unknown>)[key], rest, value);
  return Array.isArray(document)
    ? document.map((one: unknown, i) => (String(i) === key ? member : one))
    : { ...document, [key]: member };
}
