import { describe, expect, test } from 'vitest';
import { type AttestationFacts, baseImageOf, looseMaterials, readFacts } from '../../../src/trust/index.ts';

const SHA = 'a'.repeat(64);
const DIGEST = `sha256:${SHA}`;
const BASE = ['b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`);
const descriptors = (digests: readonly string[]): object[] => digests.map((digest) => ({ digest, size: 1 }));

/** As BuildKit 0.13 writes it with mode=max. */
const BUILDKIT = {
  builder: { id: '' },
  buildType: 'https://mobyproject.org/buildkit@v1',
  materials: [
    { uri: 'pkg:docker/docker/dockerfile@1', digest: { sha256: SHA } },
    { uri: 'pkg:docker/golang@1.22?platform=linux%2Famd64', digest: { sha256: SHA } },
    { uri: 'pkg:docker/gcr.io/distroless/static@latest?platform=linux%2Famd64', digest: { sha256: SHA } },
  ],
  invocation: {
    configSource: { uri: 'https://git.test/acme/api.git', digest: { sha1: '0'.repeat(40) }, entryPoint: 'Dockerfile' },
    parameters: { frontend: 'dockerfile.v0', args: { 'build-arg:VERSION': '1.4', target: 'app' } },
  },
  buildConfig: {
    llbDefinition: [
      {
        id: 'step0',
        op: { Op: { source: { identifier: `docker-image://gcr.io/distroless/static:latest@${DIGEST}` } } },
      },
      { id: 'step1', op: { Op: { source: { identifier: `docker-image://docker.io/library/golang:1.22@${DIGEST}` } } } },
      { id: 'step2', op: { Op: { exec: { meta: { args: ['go', 'build'] } } } } },
    ],
  },
  metadata: {
    buildInvocationID: 'abc',
    buildStartedOn: '2026-01-02T03:04:05Z',
    buildFinishedOn: '2026-01-02T03:05:05Z',
    'https://mobyproject.org/buildkit@v1#metadata': {
      layers: { 'step0:0': [descriptors(BASE)], 'step1:0': [descriptors([`sha256:${'d'.repeat(64)}`])] },
    },
  },
};
/** As GitHub writes it. */
const GITHUB = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: {
        ref: 'refs/tags/v1',
        repository: 'https://github.com/acme/api',
        path: '.github/workflows/release.yml',
      },
      inputs: { push: true },
    },
    resolvedDependencies: [
      { uri: 'git+https://github.com/acme/api@refs/tags/v1', digest: { gitCommit: '0'.repeat(40) } },
    ],
  },
  runDetails: {
    builder: { id: 'https://github.com/acme/api/.github/workflows/release.yml@refs/tags/v1' },
    metadata: { invocationId: 'https://github.com/acme/api/actions/runs/1/attempts/1' },
  },
};
const PROVENANCE_02 = 'https://slsa.dev/provenance/v0.2';
const PROVENANCE_1 = 'https://slsa.dev/provenance/v1';

function provenance(type: string, predicate: unknown): Extract<AttestationFacts, { kind: 'provenance' }> {
  const facts = readFacts(type, predicate);
  if (facts?.kind !== 'provenance') throw new Error('it is no provenance');
  return facts;
}

describe('provenance', () => {
  test('of BuildKit says source, parameters and materials, and names no builder', () => {
    expect(provenance(PROVENANCE_02, BUILDKIT)).toMatchObject({
      format: 'slsa-v0.2',
      builder: null,
      source: { uri: 'https://git.test/acme/api.git', entryPoint: 'Dockerfile', digests: { sha1: '0'.repeat(40) } },
      materialCount: 3,
      parameters: { frontend: 'dockerfile.v0', 'args.build-arg:VERSION': '1.4', 'args.target': 'app' },
      invocation: 'abc',
      finishedAt: '2026-01-02T03:05:05Z',
    });
  });

  test('of version 1 says the same in other words', () => {
    const predicate = {
      buildDefinition: {
        externalParameters: { configSource: { ...BUILDKIT.invocation.configSource, path: 'Dockerfile' } },
        internalParameters: { buildConfig: BUILDKIT.buildConfig },
        resolvedDependencies: BUILDKIT.materials,
      },
      runDetails: {
        metadata: { buildkit_metadata: BUILDKIT.metadata['https://mobyproject.org/buildkit@v1#metadata'] },
      },
    };
    const facts = provenance(PROVENANCE_1, predicate);
    expect(facts).toMatchObject({ format: 'slsa-v1', materialCount: 3, source: { entryPoint: 'Dockerfile' } });
    expect(facts.bases).toEqual(provenance(PROVENANCE_02, BUILDKIT).bases);
  });

  test('of GitHub names the workflow', () => {
    expect(provenance(PROVENANCE_1, GITHUB)).toMatchObject({
      builder: 'https://github.com/acme/api/.github/workflows/release.yml@refs/tags/v1',
      source: { uri: 'https://github.com/acme/api@refs/tags/v1', entryPoint: '.github/workflows/release.yml' },
      parameters: { 'inputs.push': 'true' },
      materials: [{ digests: { gitCommit: '0'.repeat(40) } }],
    });
  });

  test('tells what is pinned by a digest beside it or in its name', () => {
    const materials = [
      { uri: 'pkg:docker/debian@13' },
      { uri: `pkg:docker/debian@13?digest=sha256:${SHA}` },
      { uri: `docker-image://debian:13@${DIGEST}` },
      { uri: 'pkg:docker/alpine@3', digest: {} },
      { uri: 'pkg:docker/busybox@1', digest: { sha256: SHA } },
    ];
    expect(looseMaterials(provenance(PROVENANCE_02, { materials })).map(({ uri }) => uri)).toEqual([
      'pkg:docker/debian@13',
      'pkg:docker/alpine@3',
    ]);
  });

  test('keeps what is not pinned among ten thousand that are', () => {
    const pinned = Array.from({ length: 9000 }, (_, i) => ({ uri: `https://a.test/${i}`, digest: { sha256: SHA } }));
    const facts = provenance(PROVENANCE_02, { materials: [...pinned, { uri: 'pkg:docker/debian@13' }] });
    expect(facts.materialCount).toBe(9001);
    expect(facts.materials.length).toBeLessThanOrEqual(200);
    expect(looseMaterials(facts)).toEqual([{ uri: 'pkg:docker/debian@13', digests: {} }]);
  });
});

describe('the base image', () => {
  test('is the one whose layers are the lowest of the image’s', () => {
    expect(baseImageOf(provenance(PROVENANCE_02, BUILDKIT), [...BASE, DIGEST])).toEqual({
      reference: 'gcr.io/distroless/static:latest',
      digest: DIGEST,
      basis: 'layers',
    });
  });

  test('is the only image that was used, where layers do not tell', () => {
    const materials = BUILDKIT.materials.filter(({ uri }) => !uri.includes('golang'));
    expect(baseImageOf(provenance(PROVENANCE_02, { materials }), [])).toEqual({
      reference: 'gcr.io/distroless/static:latest',
      digest: DIGEST,
      basis: 'only-image',
    });
  });

  test('is not told where there are several, or none', () => {
    expect(baseImageOf(provenance(PROVENANCE_02, { materials: BUILDKIT.materials }), BASE)).toBeNull();
    expect(baseImageOf(provenance(PROVENANCE_02, BUILDKIT), [DIGEST])).toBeNull();
    expect(baseImageOf(provenance(PROVENANCE_1, GITHUB), BASE)).toBeNull();
  });

  test.each([
    ['docker-image://alpine:3', 'alpine:3', null],
    [`oci://ghcr.io/acme/base@${DIGEST}`, 'ghcr.io/acme/base', DIGEST],
    [
      `pkg:oci/static@sha256%3A${SHA}?repository_url=gcr.io/distroless/static&tag=latest`,
      'gcr.io/distroless/static:latest',
      DIGEST,
    ],
    ['pkg:docker/%E0%A4%A@1', '%E0%A4%A:1', null],
  ])('is read from %s', (uri, reference, digest) => {
    expect(baseImageOf(provenance(PROVENANCE_02, { materials: [{ uri }] }), [])).toMatchObject({ reference, digest });
  });
});

describe('other attestations', () => {
  test('OpenVEX, old and new', () => {
    const statements = [
      { vulnerability: { name: 'CVE-2024-1' }, status: 'not_affected', justification: 'component_not_present' },
      { vulnerability: 'CVE-2024-2', status: 'affected' },
    ];
    expect(readFacts('https://openvex.dev/ns/v0.2.0', { author: 'Acme', statements })).toEqual({
      kind: 'vex',
      format: 'openvex',
      author: 'Acme',
      at: null,
      statements: [
        { vulnerability: 'CVE-2024-1', status: 'not_affected', justification: 'component_not_present' },
        { vulnerability: 'CVE-2024-2', status: 'affected', justification: null },
      ],
      statementCount: 2,
    });
  });

  test('CycloneDX, an SBOM or VEX by what is in it', () => {
    const vulnerabilities = [
      { id: 'CVE-2024-1', analysis: { state: 'not_affected', justification: 'code_not_reachable' } },
    ];
    const type = 'https://cyclonedx.org/bom/v1.5';
    expect(readFacts(type, { vulnerabilities })).toMatchObject({ kind: 'vex', statementCount: 1 });
    expect(readFacts(type, { vulnerabilities, components: [{}, {}], specVersion: '1.5' })).toMatchObject({
      kind: 'sbom',
      entries: 2,
      version: '1.5',
    });
    expect(readFacts('https://cyclonedx.org/vex', { components: [{}], vulnerabilities })).toMatchObject({
      kind: 'vex',
    });
  });

  test('SPDX', () => {
    const predicate = {
      spdxVersion: 'SPDX-2.3',
      name: 'sbom',
      packages: [{}],
      creationInfo: { creators: ['Tool: syft'] },
    };
    expect(readFacts('https://spdx.dev/Document', predicate)).toMatchObject({
      kind: 'sbom',
      format: 'spdx',
      version: 'SPDX-2.3',
      entries: 1,
      tools: ['Tool: syft'],
    });
  });

  test.each([
    ['Trivy', { Results: [{ Vulnerabilities: [{ Severity: 'HIGH' }, { Severity: 'LOW' }] }, {}] }, { high: 1, low: 1 }],
    ['Grype', { matches: [{ vulnerability: { severity: 'High' } }, { vulnerability: {} }] }, { high: 1, unknown: 1 }],
    ['in-toto', [{ id: 'CVE-2024-1', severity: [{ method: 'nvd', score: '9.1' }] }], { '9.1': 1 }],
    ['nobody that is known', { some: 'thing' }, null],
  ])('a scan of %s', (_, result, found) => {
    const scanner = { uri: 'pkg:github/a/b', version: '1', db: { lastUpdate: '2026-01-01' }, result };
    const predicate = { scanner, metadata: { scanFinishedOn: '2026-01-02T00:00:00Z' } };
    expect(readFacts('https://cosign.sigstore.dev/attestation/vuln/v1', predicate)).toMatchObject({
      scanner: 'pkg:github/a/b',
      databaseAt: '2026-01-01',
      finishedAt: '2026-01-02T00:00:00Z',
      found,
    });
  });

  test('test results', () => {
    const predicate = { result: 'FAILED', passedTests: ['a', 'b'], failedTests: ['c'] };
    expect(readFacts('https://in-toto.io/attestation/test-result/v0.1', predicate)).toMatchObject({
      result: 'FAILED',
      passed: 2,
      warned: 0,
      failed: 1,
      failures: ['c'],
    });
  });

  test('of a type that is not known', () => {
    expect(readFacts('https://example.test/reviewed', { by: 'me' })).toBeNull();
    expect(readFacts('https://slsa.dev/provenance/v1.evil', {})).toBeNull();
  });
});

describe('hostile predicates', () => {
  const TYPES = [
    PROVENANCE_02,
    PROVENANCE_1,
    'https://slsa.dev/provenance/v0.1',
    'https://openvex.dev/ns',
    'https://cyclonedx.org/bom',
    'https://cyclonedx.org/vex',
    'https://spdx.dev/Document',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    'https://in-toto.io/attestation/vulns/v0.1',
    'https://in-toto.io/attestation/test-result/v0.1',
  ];
  const OTHERS: readonly unknown[] = [undefined, null, 0, 'x', [], [[]], {}, { a: { b: [] } }, true];

  /** The same document with one value in it after another replaced by something else. */
  function* mutations(value: unknown): Iterable<unknown> {
    for (const other of OTHERS) yield other;
    if (Array.isArray(value)) {
      for (const [i, one] of value.entries()) for (const changed of mutations(one)) yield value.with(i, changed);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) {
        for (const changed of mutations(one)) yield { ...value, [name]: changed };
      }
    }
  }

  test.each([
    [PROVENANCE_02, BUILDKIT],
    [PROVENANCE_1, GITHUB],
    ['https://openvex.dev/ns', { statements: [{ vulnerability: { name: 'a' }, status: 'b' }] }],
    ['https://cyclonedx.org/vex', { vulnerabilities: [{ id: 'a', analysis: { state: 'b' } }] }],
    [
      'https://cosign.sigstore.dev/attestation/vuln/v1',
      { scanner: { result: { Results: [{ Vulnerabilities: [{}] }] } } },
    ],
  ])('%s is read whatever stands in its members', (type, predicate) => {
    for (const changed of mutations(predicate)) {
      const facts = readFacts(type, changed);
      expect(facts?.kind).toBeTypeOf('string');
      if (facts?.kind === 'provenance') expect(() => baseImageOf(facts, BASE)).not.toThrow();
    }
  });

  test.each(TYPES)('%s is read in bounds, however much there is', (type) => {
    const long = 'x'.repeat(1_000_000);
    const many = Array.from({ length: 20_000 }, () => ({ uri: long, name: long, id: long, identifier: long }));
    const flat = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`${i}`, 'x']));
    const predicate = {
      materials: many,
      builder: { id: long },
      invocation: { parameters: flat, configSource: { uri: long } },
      buildDefinition: { resolvedDependencies: many, externalParameters: flat },
      statements: many,
      vulnerabilities: many,
      packages: many,
      failedTests: many.map(({ name }) => name),
      scanner: { uri: long, result: many.map((_, i) => ({ severity: `${i}` })) },
      creationInfo: { creators: many.map(({ name }) => name) },
    };
    expect(JSON.stringify(readFacts(type, predicate)).length).toBeLessThan(500_000);
  });

  test('parameters that are nested without end are read to a depth', () => {
    let parameters: unknown = 'x';
    for (let i = 0; i < 50_000; i += 1) parameters = { a: parameters };
    expect(provenance(PROVENANCE_02, { invocation: { parameters } }).parameters).toEqual({});
  });

  test('names that every object has are names like any other', () => {
    const predicate = JSON.parse(
      '{"invocation":{"parameters":{"__proto__":"x","constructor":"y"}},"materials":[{"uri":"a","digest":{"__proto__":"z"}}]}',
    ) as unknown;
    const facts = provenance(PROVENANCE_02, predicate);
    expect(Object.entries(facts.parameters)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
