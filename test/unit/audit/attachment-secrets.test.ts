import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imageOf } from '../../../fixtures/rules/fixture.ts';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { auditFiles, TEST_KEY } from '../../support/audit-recipe.ts';
import { fromImage, provenanceStatement } from '../../support/buildkit-provenance.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import {
  archive,
  type BuiltBlob,
  buildImage,
  descriptor,
  type Files,
  jsonBlob,
  ociLayout,
} from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const TOKEN = EXAMPLE_SECRETS['github-token']?.secret as string;
const IMAGE = buildImage(imageOf([file('srv/a', 'a')]));
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

const PROVENANCE = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  subject: [{ name: 'x', digest: { sha256: IMAGE.manifest.digest.slice(7) } }],
  predicate: { buildDefinition: { externalParameters: { request: { args: { 'build-arg:TOKEN': TOKEN } } } } },
};
const ENVELOPE = {
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(PROVENANCE)).toString('base64'),
  signatures: [],
};

/** An attachment of one blob, and the index that names it beside the image, as BuildKit writes them. */
function attached(content: unknown): { manifest: BuiltBlob; blobs: BuiltBlob[]; index: BuiltBlob } {
  const blob = jsonBlob(content, 'application/vnd.in-toto+json');
  const config = jsonBlob({}, 'application/vnd.oci.empty.v1+json');
  const manifest = jsonBlob(
    { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: descriptor(config), layers: [descriptor(blob)] },
    MANIFEST_TYPE,
  );
  const entries = [
    { ...descriptor(IMAGE.manifest), platform: IMAGE.platform },
    {
      ...descriptor(manifest),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': IMAGE.manifest.digest,
      },
    },
  ];
  const index = jsonBlob({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: entries }, INDEX_TYPE);
  return { manifest, blobs: [blob, config], index };
}

function layoutOf({ manifest, blobs, index }: ReturnType<typeof attached>): Files {
  const files = ociLayout([IMAGE]);
  for (const blob of [manifest, ...blobs, index]) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
  files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index)] })));
  return files;
}

async function fromArchive(files: Files): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-attached-'));
  try {
    writeFileSync(join(folder, 'image.tar'), archive(files));
    const options = { fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true };
    return await auditImage({ ...options, reference: join(folder, 'image.tar') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fromRegistry({ manifest, blobs, index }: ReturnType<typeof attached>): Promise<Report> {
  await using registry = await RegistryServer.start();
  registry.push('acme/api', [IMAGE], [manifest, ...blobs, index]);
  registry.tag('acme/api', '1.4', index);
  return await auditImage({
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    reproducible: true,
    reference: `${registry.host}/acme/api:1.4`,
    registry: { env: {} },
  });
}

/** Who signed what is another question. */
const secretsIn = ({ findings }: Report): Report['findings'] =>
  findings.filter(({ rule }) => rule.startsWith('secrets/'));

describe('a secret in provenance', () => {
  const plain = attached(PROVENANCE);

  test.each<[string, () => Promise<Report>]>([
    ['a layout', () => auditFiles(layoutOf(plain))],
    ['an archive', () => fromArchive(layoutOf(plain))],
    ['a registry', () => fromRegistry(plain)],
  ])('is found in %s, and the attachment is named', async (_, audit) => {
    const report = await audit();
    expect(secretsIn(report).map(({ rule, state }) => [rule, state])).toEqual([['secrets/github-token', 'metadata']]);
    const [finding] = secretsIn(report);
    expect(finding?.message).toMatch(/ is in what is attached to the image/);
    expect(finding?.evidence).toMatchObject([{ field: `attachment:${plain.manifest.digest}`, layer: null }]);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
    expect(report.verdict.complete).toBe(true);
  });

  test('is found in the payload of an envelope', async () => {
    const wrapped = attached(ENVELOPE);
    const report = await auditFiles(layoutOf(wrapped));
    expect(secretsIn(report).map(({ rule }) => rule)).toEqual(['secrets/github-token']);
    expect(secretsIn(report)[0]?.evidence.map(({ detail }) => detail)).toContain('in the payload of its envelope');
  });

  test('is found in the payload of a bundle', async () => {
    const report = await auditFiles(layoutOf(attached({ dsseEnvelope: ENVELOPE })));
    expect(secretsIn(report).map(({ rule }) => rule)).toEqual(['secrets/github-token']);
  });
});

test.each(['0.2', '1'] as const)(
  'a secret in the Dockerfile that provenance of v%s holds is found',
  async (version) => {
    const statement = provenanceStatement({
      version,
      subject: IMAGE.manifest.digest,
      steps: [fromImage('debian', 1)],
      dockerfile: `FROM debian\nENV TOKEN=${TOKEN}\n`,
    });
    const report = await auditFiles(layoutOf(attached(statement)));
    const secrets = report.findings.filter(({ rule }) => rule.startsWith('secrets/'));
    expect(secrets.map(({ rule, state }) => [rule, state])).toEqual([['secrets/github-token', 'metadata']]);
    const places = secrets[0]?.evidence.map(({ line, detail }) => [line, detail]);
    expect(places).toContainEqual([2, 'in the Dockerfile that the provenance holds']);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
  },
);

describe('an attachment', () => {
  test('without a secret gives no finding', async () => {
    const report = await auditFiles(layoutOf(attached({ ...PROVENANCE, predicate: {} })));
    expect(secretsIn(report)).toEqual([]);
    expect(report.gaps).toEqual([]);
  });

  test('whose blob is not there is no part of what is audited', async () => {
    const one = attached(PROVENANCE);
    const files = layoutOf(one);
    files.delete(`blobs/${one.blobs[0]?.digest.replace(':', '/')}`);
    const report = await auditFiles(files);
    expect(report.findings).toEqual([]);
    expect(report.images).toHaveLength(1);
  });

  test('that is too large to be searched is a gap', async () => {
    const one = attached({ text: 'x'.repeat(33 * 1024 * 1024) });
    const report = await auditFiles(layoutOf(one));
    expect(report.gaps).toMatchObject([
      { subject: `attachment ${one.manifest.digest}`, reason: 'budget-exceeded', incomplete: true },
    ]);
    expect(report.verdict.exitStatus).toBe(3);
  });
});
