import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainPath, type TellStagesOptions, tellStages } from '../../../src/audit/index.ts';
import type { LoadedTrust } from '../../../src/audit/load-trust.ts';
import { renderStagesTable, type StagesImage } from '../../../src/report/index.ts';
import { embeddedRoots, requirementsOf } from '../../../src/trust/index.ts';
import { attach, cosignSignature, DSSE, layoutWith, payloadAbout, policyOf } from '../../support/attachments.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import {
  attestedLayout,
  copy,
  fromImage,
  type ProvenanceRecipe,
  provenanceStatement,
  run,
} from '../../support/buildkit-provenance.ts';
import { type BuiltBlob, buildImage, descriptor, type Files, writeFolder } from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { envelopeOf, keySigner } from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const TOKEN = `gh${'p_'}${'Zq3vTr8Kd2Lm9Xs4Bw7Yc1Hn6Jf5Ge0RabU2'}`;
const DOCKERFILE = `FROM golang:1.26 AS builder
ENV TOKEN=${TOKEN}
RUN go build -o /src/app .
FROM alpine:3.22 AS unused
RUN touch /x
FROM debian:13 AS runtime
RUN adduser app
FROM runtime
COPY --from=builder /src/app /app/
COPY --from=busybox:1 /bin/wget /bin/
`;
// History alone says nothing of these: it is written so that no guess would be right.
const IMAGE = buildImage({
  steps: ['a', 'b', 'c', 'd'].map((name) => ({ createdBy: `step ${name}`, members: [file(name, name.repeat(100))] })),
});
const OTHER = buildImage({ steps: [{ createdBy: 'other', members: [file('other', 'x')] }] });
const [, , third, fourth] = IMAGE.layers;
const STEPS: ProvenanceRecipe['steps'] = [
  fromImage('docker.io/library/debian:13@sha256:0123', 6, IMAGE.layers.slice(0, 1)),
  run('adduser app', 0, 7, IMAGE.layers.slice(0, 2)),
  fromImage('docker.io/library/golang:1.26', 1, OTHER.layers),
  run('go build -o /src/app .', 2, 3),
  copy(['/src/app', '/app/'], 3, 1, 9, IMAGE.layers.slice(0, 3)),
  fromImage('docker.io/library/busybox:1', 10),
  copy(['/bin/wget', '/bin/'], 5, 4, 10, IMAGE.layers),
];
const RECIPE: ProvenanceRecipe = { subject: IMAGE.manifest.digest, steps: STEPS, dockerfile: DOCKERFILE };

async function tellFiles(files: Files, more: Partial<TellStagesOptions> = {}): Promise<StagesImage> {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-provenance-'));
  try {
    writeFolder(files, folder);
    const report = await tellStages({ reference: folder, fingerprintKey: TEST_KEY, version: '0.0.0', ...more });
    expect(report.verdict.complete).toBe(true);
    return report.images[0] as StagesImage;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tell = (recipe: Partial<ProvenanceRecipe>, more?: Partial<TellStagesOptions>): Promise<StagesImage> =>
  tellFiles(attestedLayout([{ image: IMAGE, statements: [provenanceStatement({ ...RECIPE, ...recipe })] }]), more);

const stagesIn = ({ stages }: StagesImage): unknown[] => stages.map(({ name, layers }) => [name, layers]);

describe('stages by provenance of mode=max', () => {
  test.each(['0.2', '1'] as const)(
    'of SLSA v%s: every layer by its digest, with step, line and stage',
    async (version) => {
      const image = await tell({ version });
      expect(image.basis).toBe('provenance');
      expect(stagesIn(image)).toEqual([
        [null, [0]],
        ['runtime', [1]],
        ['stage 3', [2, 3]],
      ]);
      expect(image.stages.map(({ from, isBase }) => [from, isBase])).toEqual([
        ['docker.io/library/debian:13@sha256:0123', true],
        ['docker.io/library/debian:13@sha256:0123', false],
        ['runtime', false],
      ]);
      expect(image.layers).toMatchObject([
        { index: 0, step: 'step0', line: 6 },
        { index: 1, step: 'step1', line: 7, text: 'RUN adduser app' },
        { index: 2, step: 'step4', line: 9, text: 'COPY /src/app /app/', digest: third?.digest },
        { index: 3, step: 'step6', line: 10, digest: fourth?.digest },
      ]);
    },
  );

  test('tells what was copied across, from stages and from images', async () => {
    const [, , last] = (await tell({})).stages;
    expect(last?.copies).toEqual([
      { from: 'builder', line: 9, text: 'COPY /src/app /app/' },
      { from: 'docker.io/library/busybox:1', line: 10, text: 'COPY /bin/wget /bin/' },
    ]);
  });

  test('tells stages that were built and not shipped with their steps, and those that were not even built', async () => {
    const { discarded } = await tell({});
    expect(discarded).toMatchObject([
      {
        name: 'builder',
        from: 'docker.io/library/golang:1.26',
        built: true,
        steps: [{ line: 3, text: 'RUN go build -o /src/app .' }],
        baseStoredBytes: OTHER.layers[0]?.bytes.byteLength,
      },
      { name: 'unused', from: 'alpine:3.22', built: false, steps: [] },
    ]);
  });

  test('follows COPY --link, whose layers are merged', async () => {
    const steps: ProvenanceRecipe['steps'] = [
      fromImage('debian', 6, IMAGE.layers.slice(0, 2)),
      fromImage('golang', 1),
      copy(['/src/app', '/app/'], 1, null, 9, IMAGE.layers.slice(2, 3)),
      { op: { merge: { inputs: [{ input: 0 }, { input: 1 }] } }, inputs: [0, 2], line: 9 },
      run('last', 3, 10, IMAGE.layers),
    ];
    const image = await tell({ steps });
    expect(image.basis).toBe('provenance');
    expect(image.layers.map(({ index, step }) => [index, step])).toEqual([
      [0, 'step0'],
      [1, 'step0'],
      [2, 'step2'],
      [3, 'step4'],
    ]);
  });

  test('works out layers of steps that are not listed where only one way is left', async () => {
    const steps = STEPS.map((step, i) =>
      i === 6 ? step : { op: step.op, ...(step.inputs && { inputs: step.inputs }), line: step.line as number },
    );
    const image = await tell({ steps });
    expect(stagesIn(image)).toEqual([
      [null, [0]],
      ['runtime', [1]],
      ['stage 3', [2, 3]],
    ]);
  });

  test('reads what newer versions write, who leave out what is 0', async () => {
    const text = JSON.stringify(provenanceStatement({ ...RECIPE, version: '1' })).replaceAll(
      '{"input":0,"dest":"/","output":0}',
      '{"dest":"/"}',
    );
    const image = await tellFiles(attestedLayout([{ image: IMAGE, statements: [JSON.parse(text)] }]));
    expect(image.basis).toBe('provenance');
  });

  test('is about the image that it hangs on where it names no subject', async () => {
    const statement = { ...provenanceStatement(RECIPE), subject: [] };
    const image = await tellFiles(attestedLayout([{ image: IMAGE, statements: [statement] }]));
    expect(image.basis).toBe('provenance');
  });

  test('without a Dockerfile tells steps, and no names of stages', async () => {
    const { dockerfile: _, ...recipe } = RECIPE;
    const image = await tellFiles(attestedLayout([{ image: IMAGE, statements: [provenanceStatement(recipe)] }]));
    expect(image.basis).toBe('provenance');
    expect(stagesIn(image)).toEqual([
      [null, [0]],
      ['own layers', [1, 2, 3]],
    ]);
  });

  test('counts more than a Dockerfile that is given, and says so where that is another one', async () => {
    const given = async (text: string): Promise<StagesImage> => tell({}, { dockerfile: { name: 'Dockerfile', text } });
    const [same, other] = [await given(DOCKERFILE), await given('FROM debian\nRUN other\n')];
    expect([same.basis, other.basis]).toEqual(['provenance', 'provenance']);
    expect(same.reasons).toHaveLength(1);
    expect(other.reasons[1]).toMatch(/that was given is not the one in the provenance, and was not used/);
  });

  test('each platform by its own', async () => {
    const arm = buildImage({ platform: 'linux/arm64', steps: [{ createdBy: 'x', members: [file('arm', 'arm')] }] });
    const own = { subject: arm.manifest.digest, steps: [fromImage('debian', 6, arm.layers)], dockerfile: DOCKERFILE };
    const files = attestedLayout([
      { image: IMAGE, statements: [provenanceStatement(RECIPE)] },
      { image: arm, statements: [provenanceStatement(own)] },
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'layer-audit-provenance-'));
    try {
      writeFolder(files, folder);
      const { images } = await tellStages({ reference: folder, fingerprintKey: TEST_KEY, version: '0.0.0' });
      expect(images.map(({ basis, provenance }) => [basis, provenance.length])).toEqual([
        ['provenance', 1],
        ['provenance', 1],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('provenance in a registry', () => {
  /** Pushes a layout, and gives the reference of its index. */
  function push(registry: RegistryServer, files: Files): string {
    const blobs = [...files].flatMap(([name, bytes]): BuiltBlob[] => {
      const [, hex] = /^blobs\/sha256\/(.*)$/.exec(name) ?? [];
      if (hex === undefined) return [];
      const type = /"mediaType":"(application\/vnd\.oci\.image\.(?:index|manifest)[^"]*)","(?:manifests|config)"/.exec(
        bytes.toString('latin1'),
      )?.[1];
      return [{ digest: `sha256:${hex}`, bytes, mediaType: type ?? 'application/octet-stream' }];
    });
    registry.push('acme/api', [IMAGE], blobs);
    const root = JSON.parse((files.get('index.json') as Buffer).toString()) as { manifests: { digest: string }[] };
    registry.tag('acme/api', '1.4', blobs.find(({ digest }) => digest === root.manifests[0]?.digest) as BuiltBlob);
    return `${registry.host}/acme/api:1.4`;
  }

  test('tells stages, and where a path is from', async () => {
    await using registry = await RegistryServer.start();
    const reference = push(registry, attestedLayout([{ image: IMAGE, statements: [provenanceStatement(RECIPE)] }]));
    const options = { reference, fingerprintKey: TEST_KEY, version: '0.0.0', registry: { env: {} } };
    const [image] = (await tellStages(options)).images;
    expect(image).toMatchObject({
      basis: 'provenance',
      provenance: [{ used: 'layers', trust: { verdict: 'unsigned' } }],
    });
    const [why] = (await explainPath({ ...options, path: '/c' })).images;
    expect(why?.versions[0]?.layer.stage).toEqual({ name: 'stage 3', basis: 'provenance' });
  });
});

describe('provenance that is no evidence', () => {
  const whyOf = ({ provenance }: StagesImage): string => provenance.map(({ why }) => why).join();

  test('of another image: said, and nothing of it used', async () => {
    const image = await tell({ subject: OTHER.manifest.digest });
    expect(image).toMatchObject({ basis: 'unknown', stages: [], discarded: [] });
    expect(whyOf(image)).toBe(`it is about ${OTHER.manifest.digest}, and not about this image`);
  });

  test.each<[string, Partial<ProvenanceRecipe>, RegExp]>([
    [
      'with a layer that is not the image’s',
      {
        steps: STEPS.map((step, i) =>
          i === 6 ? { ...step, layers: [...IMAGE.layers.slice(0, 3), ...OTHER.layers] } : step,
        ),
      },
      /its layers are not the image's: layer 3 would have to be sha256:.* and is sha256:/,
    ],
    [
      'with fewer layers than the image has',
      { steps: STEPS.slice(0, 5) },
      /its steps make 3 layers, and the image has 4/,
    ],
    [
      'whose layers contradict its steps',
      { steps: STEPS.map((step, i) => (i === 1 ? { ...step, layers: IMAGE.layers } : step)) },
      /its layers contradict its steps/,
    ],
    [
      'without layers',
      { steps: STEPS.map(({ layers: _, ...step }) => step) },
      /does not tell the layers|does not name layer 0/,
    ],
  ])('%s: said, and nothing of it mixed in', async (_, recipe, reason) => {
    const image = await tell(recipe);
    expect(image.basis).toBe('unknown');
    expect(image.reasons.join('\n')).toMatch(reason);
    expect(image.discarded).toEqual([]);
  });

  test('of mode=min: said, and the Dockerfile or the history is asked', async () => {
    const image = await tell({ mode: 'min' });
    expect(image.basis).toBe('unknown');
    expect(image.reasons[0]).toMatch(/mode=min, which does not tell steps/);
    expect(image.provenance).toMatchObject([
      { used: 'nothing', mode: 'min', why: 'it is of mode=min, which does not tell steps' },
    ]);
  });

  test('of another builder', async () => {
    const image = await tell({ buildType: 'https://actions.github.io/buildtypes/workflow/v1' });
    expect(whyOf(image)).toMatch(/it is not BuildKit’s \(https:\/\/actions/);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'steps that take from each other',
      (text) => text.replace('"inputs":["step0:0"]', '"inputs":["step6:0"]'),
      /takes from a step that is not before it/,
    ],
    ['steps of one name', (text) => text.replace('"id":"step1"', '"id":"step0"'), /two steps step0/],
    ['layers without digests', (text) => text.replaceAll('"digest":"sha256:', '"digest":"'), /one without a digest/],
    [
      'no list of steps',
      (text) => text.replace(/"llbDefinition":\[.*?\],"digestMapping"/, '"llbDefinition":7,"digestMapping"'),
      /its steps are no list/,
    ],
  ])('that is malformed, with %s', async (_, spoil, reason) => {
    const statement: unknown = JSON.parse(spoil(JSON.stringify(provenanceStatement(RECIPE))));
    const image = await tellFiles(attestedLayout([{ image: IMAGE, statements: [statement] }]));
    expect(image.basis).toBe('unknown');
    expect(whyOf(image)).toMatch(reason);
  });

  test('is beside one that is, and does not get in its way', async () => {
    const statements = [
      provenanceStatement({ ...RECIPE, subject: OTHER.manifest.digest }),
      provenanceStatement(RECIPE),
    ];
    const image = await tellFiles(attestedLayout([{ image: IMAGE, statements }]));
    expect(image.basis).toBe('provenance');
    expect(image.provenance.map(({ used }) => used)).toEqual(['layers', 'nothing']);
  });
});

describe('the Dockerfile in provenance', () => {
  const made = buildImage({
    steps: [
      { createdBy: 'base', members: [file('base', 'b')] },
      { createdBy: 'RUN /bin/sh -c adduser app # buildkit', members: [file('p', 'p')] },
      { createdBy: 'COPY /src/app /app/ # buildkit', members: [file('app/app', 'a')] },
      { createdBy: 'COPY /bin/wget /bin/ # buildkit', members: [file('bin/wget', 'w')] },
    ],
  });
  // As after --output rewrite-timestamp=true: the layers are other ones.
  const statement = provenanceStatement({ ...RECIPE, subject: made.manifest.digest });

  test('is held against the history where the layers are not those of the image', async () => {
    const image = await tellFiles(attestedLayout([{ image: made, statements: [statement] }]));
    expect(image.basis).toBe('dockerfile');
    expect(image.provenance).toMatchObject([{ used: 'dockerfile', why: null }]);
    expect(image.reasons[0]).toMatch(
      /The layers that the provenance names were not used: its layers are not the image's/,
    );
    expect(stagesIn(image)).toEqual([
      [null, [0]],
      ['runtime', [1]],
      ['stage 3', [2, 3]],
    ]);
  });

  test('gives no secret away', async () => {
    const text = DOCKERFILE.replace('go build -o', `go build ${TOKEN} -o`);
    const image = await tell({ dockerfile: text });
    expect(image.discarded[0]?.steps[0]?.text).toBe('RUN go build **** -o /src/app .');
    expect(JSON.stringify(image)).not.toContain(TOKEN);
  });
});

describe('what provenance is worth', () => {
  const signer = keySigner();
  const trust: LoadedTrust = {
    roots: embeddedRoots(),
    ignoreLog: true,
    policy: policyOf({ keys: [signer] }),
    requirements: requirementsOf([]),
    origin: { kind: 'flags' },
  };
  const statement = JSON.stringify(provenanceStatement(RECIPE));
  const plain = attestedLayout([{ image: IMAGE, statements: [provenanceStatement(RECIPE)] }]);
  const index = JSON.parse((plain.get('index.json') as Buffer).toString()) as { manifests: { digest: string }[] };
  const indexDigest = index.manifests[0]?.digest ?? '';
  /** As `cosign attest --key` hangs it on the image. */
  const attested = (): Files => {
    const bytes = Buffer.from(JSON.stringify(envelopeOf(statement, signer)));
    const layer = { bytes, mediaType: DSSE, annotations: { 'dev.cosignproject.cosign/signature': '' } };
    return layoutWith([IMAGE], [attach([layer], { tag: IMAGE.manifest.digest, suffix: 'att' })]);
  };
  /** As `cosign sign --key` signs the index of a build. */
  const signedIndex = async (by = signer): Promise<Files> => {
    const one = attach([await cosignSignature(null, by, payloadAbout(indexDigest))], {
      tag: indexDigest,
      suffix: 'sig',
    });
    const files = new Map(plain);
    for (const blob of [one.manifest, ...one.blobs]) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
    const entry = { ...descriptor(one.manifest), annotations: one.entry };
    return files.set('index.json', Buffer.from(JSON.stringify({ ...index, manifests: [...index.manifests, entry] })));
  };

  test('is unsigned where the builder only wrote it', async () => {
    const [one] = (await tell({})).provenance;
    expect(one?.trust).toMatchObject({ verdict: 'unsigned', signer: null });
  });

  test('is unverified where it is signed, and nobody said whom to trust', async () => {
    const image = await tellFiles(attested());
    expect(image.basis).toBe('provenance');
    expect(image.provenance[0]?.trust).toMatchObject({ verdict: 'unverified' });
  });

  test('is shown beside what it says, escaped', async () => {
    const image = await tell({ builder: 'https://ci.test/\u001b[2Jrun' });
    const report = { images: [image], gaps: [], verdict: { complete: true, exitStatus: 0 } };
    const text = renderStagesTable(report as never, { colours: false, width: 120 });
    expect(text).toContain('stages known from: provenance');
    expect(text).toContain('not verified (unsigned: it is no envelope');
    expect(text).toContain('built by https://ci.test/\\x1b[2Jrun');
    expect(text).toMatch(/^2 +step4 +9 {2}COPY \/src\/app \/app\/$/m);
    expect(text).toContain('Not in the image and not built, because nothing is taken from it: stage unused');
  });

  test('is verified where whom the user trusts has signed it', async () => {
    const image = await tellFiles(attested(), { trust });
    expect(image.basis).toBe('provenance');
    expect(image.provenance[0]?.trust).toMatchObject({ verdict: 'verified', reasons: [], signer: 'key0.pub' });
  });

  test('is verified where the index that names it is signed', async () => {
    const image = await tellFiles(await signedIndex(), { trust });
    expect(image.basis).toBe('provenance');
    expect(image.provenance[0]?.trust).toMatchObject({ verdict: 'verified', signer: 'key0.pub' });
  });

  test('is not verified where somebody else has signed the index', async () => {
    const image = await tellFiles(await signedIndex(keySigner()), { trust });
    expect(image.provenance[0]?.trust.verdict).toBe('unsigned');
  });

  test('is no evidence where its signature is wrong', async () => {
    const other = { ...trust, policy: policyOf({ keys: [keySigner()] }) };
    const image = await tellFiles(attested(), { trust: other });
    expect(['unverified', 'failed']).toContain(image.provenance[0]?.trust.verdict);
    expect(image.provenance[0]?.trust.signer).toBe(null);
  });
});
