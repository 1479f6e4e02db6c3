import { beforeAll, describe, expect, test } from 'vitest';
import type { TrustReport } from '../../../src/report/index.ts';
import { checkBundle, requirementsOf, type TrustContext } from '../../../src/trust/index.ts';
import {
  attach,
  bundleLayer,
  bundleOf,
  cosignSignature,
  layoutWith,
  payloadAbout,
  policyOf,
  SIMPLE_SIGNING,
  verifyFiles,
  verifyReference,
} from '../../support/attachments.ts';
import { changed, DIGEST, IMAGE, verdictOf, verifyLayers } from '../../support/cosign-layers.ts';
import { jsonBlob } from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { SigstoreInstance, statementAbout, type TestSigner } from '../../support/sigstore-instance.ts';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

type Json = Record<string, unknown>;
const SIGN = 'https://sigstore.dev/cosign/sign/v1';
const bundle = (): Promise<Json> => bundleOf(instance, signer, statementAbout(DIGEST, SIGN));
const verifyBundle = (one: Json): Promise<TrustReport> =>
  verifyFiles(layoutWith([IMAGE], [attach([bundleLayer(one)], { subject: IMAGE.manifest })]), instance);

/** The only log entry of a bundle. */
function entryOf(one: Json): Json {
  return ((one['verificationMaterial'] as Json)['tlogEntries'] as Json[])[0] as Json;
}

function checkpointOf(one: Json): Json {
  return (entryOf(one)['inclusionProof'] as Json)['checkpoint'] as Json;
}

describe('mistakes of other verifiers, with bundles', () => {
  test('sigstore-js 3.1.1: a time that no log promised is none', async () => {
    const one = await bundle();
    delete entryOf(one)['inclusionPromise'];
    expect(verdictOf(await verifyBundle(one))).toBe('failed 1');
  });

  test.each([
    '',
    '\n\n',
    '(((((((((((((((((((((a+)+)+)+)+\n1\nAAAA\n\n— (a+)+$ AAAA\n',
    `rekor.test\n${'9'.repeat(100_000)}\nAAAA\n\n— rekor.test AAAA\n`,
    `rekor.test\n-1\nAAAA\n\n${'— rekor.test AAAA\n'.repeat(10_000)}`,
    '__proto__\n1\n\u0000\n\n— __proto__ \n',
  ])('sigstore-js 4.1.2: a checkpoint that is hostile (%#)', async (envelope) => {
    const one = await bundle();
    checkpointOf(one)['envelope'] = envelope;
    expect(verdictOf(await verifyBundle(one))).toBe('failed 1');
  });

  test('sigstore-js 4.1.3: the checkpoint of another log that is trusted as well', async () => {
    const other = await SigstoreInstance.start();
    const foreign = await bundleOf(other, await other.certify(), statementAbout(DIGEST, SIGN));
    const one = await bundle();
    checkpointOf(one)['envelope'] = checkpointOf(foreign)['envelope'];
    const roots = { ...instance.root, tlogs: [instance.root['tlogs'], other.root['tlogs']].flat() };
    const both = Object.assign(await SigstoreInstance.start(), { root: roots });
    const files = layoutWith([IMAGE], [attach([bundleLayer(one)], { subject: IMAGE.manifest })]);
    expect(verdictOf(await verifyFiles(files, both))).toBe('failed 1');
    // With its own checkpoint it is right, so that nothing else made it fail.
    const good = layoutWith([IMAGE], [attach([bundleLayer(await bundle())], { subject: IMAGE.manifest })]);
    expect(verdictOf(await verifyFiles(good, both))).toBe('verified 0');
  });

  test('CVE-2026-54787: a log entry of a time when the log’s key was not valid any more', async () => {
    const tlogs = structuredClone(instance.root['tlogs']) as { publicKey: { validFor: Json } }[];
    for (const { publicKey } of tlogs) publicKey.validFor['end'] = '2021-01-01T00:00:00Z';
    const old = Object.assign(await SigstoreInstance.start(), { root: { ...instance.root, tlogs } });
    const files = layoutWith([IMAGE], [attach([bundleLayer(await bundle())], { subject: IMAGE.manifest })]);
    expect(verdictOf(await verifyFiles(files, old))).toBe('failed 1');
  });

  test('CVE-2026-44310: whatever stands in a member, an error is no pass', async () => {
    const context: TrustContext = { roots: instance.roots, ignoreLog: false, policy: policyOf({}) };
    const subject = { digest: DIGEST as `sha256:${string}`, manifest: null } as never;
    const whole = await bundle();
    expect(checkBundle(Buffer.from(JSON.stringify(whole)), subject, context).verdict).toBe('verified');
    const passed: string[] = [];
    let checked = 0;
    for (const [one, at] of mutations(whole)) {
      const { verdict } = checkBundle(Buffer.from(JSON.stringify(one)), subject, context);
      if (verdict === 'verified') passed.push(at);
      checked += 1;
    }
    // No index is index 0 in JSON of protocol buffers, which is what it was.
    expect(passed).toEqual(['.verificationMaterial.tlogEntries[0].inclusionProof.logIndex = null']);
    expect(checked).toBeGreaterThan(100);
  });
});

/**
 * What proves nothing, so that it may be anything: hints, no time stamps beside a log entry, and of the proof what the
 * signed checkpoint says; no further hashes are in the path of a log with one entry.
 */
const IDLE = new Set(['keyid', 'hint', 'timestampVerificationData', 'rootHash', 'treeSize', 'hashes']);

/** The same document with one value after another replaced by one of another kind, and where that is. */
function* mutations(value: unknown, path = ''): Iterable<[unknown, string]> {
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) {
      for (const [other, at] of mutations(one, `${path}[${i}]`)) yield [value.with(i, other), at];
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      if (IDLE.has(name)) continue;
      for (const [other, at] of mutations(one, `${path}.${name}`)) yield [{ ...value, [name]: other }, at];
    }
  }
  for (const other of [null, 7, 'x', [], {}, true]) {
    if (other !== value) yield [other, `${path} = ${JSON.stringify(other)}`];
  }
}

describe('mistakes of other verifiers, with what hangs on an image', () => {
  test('CVE-2023-47122: the chain that a signature brings along is no root to trust', async () => {
    const theirs = await SigstoreInstance.start();
    const layer = await cosignSignature(theirs, await theirs.certify(), payloadAbout(DIGEST));
    const [authority] = theirs.root['certificateAuthorities'] as {
      certChain: { certificates: { rawBytes: string }[] };
    }[];
    const pem = authority?.certChain.certificates
      .map(({ rawBytes }) => `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`)
      .join('');
    const brought = changed(layer, { 'dev.sigstore.cosign/chain': pem });
    expect(verdictOf(await verifyLayers(instance, [brought]))).toBe('failed 1');
  });

  test('CVE-2024-29902: a blob that says it is huge is not fetched', async () => {
    await using registry = await RegistryServer.start();
    const { manifest } = attach([{ bytes: Buffer.from('{}'), mediaType: SIMPLE_SIGNING }], {
      tag: DIGEST,
      suffix: 'sig',
    });
    const document = JSON.parse(manifest.bytes.toString()) as { layers: { size: number }[] };
    for (const layer of document.layers) layer.size = 10 * 1024 ** 3;
    const huge = jsonBlob(document, manifest.mediaType);
    const reference = registry.push('acme/api', [IMAGE], [huge]);
    registry.tag('acme/api', 'v1', IMAGE.manifest);
    registry.tag('acme/api', `${DIGEST.replace(':', '-')}.sig`, huge);
    const report = await verifyReference(`${reference}:v1`, instance);
    expect(report.attachments[0]).toMatchObject({ verdict: 'not-checked', reasons: [/too much/] });
    expect(registry.paths(/\/blobs\//)).toEqual([`/v2/acme/api/blobs/${IMAGE.config.digest}`]);
  });

  test('CVE-2023-33957: a list of referrers without an end is left, and nothing is called unsigned', async () => {
    await using registry = await RegistryServer.start();
    const reference = registry.push('acme/api', [IMAGE]);
    registry.tag('acme/api', 'v1', IMAGE.manifest);
    registry.on(/\/referrers\//, (response) => {
      const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json', link: '<?next=1>; rel="next"' };
      response.writeHead(200, headers).end('{"schemaVersion":2,"manifests":[]}');
    });
    const report = await verifyReference(`${reference}:v1`, instance);
    expect(report.images[0]?.verdict).toBe('not-checked');
    expect(registry.paths(/\/referrers\//).length).toBeLessThanOrEqual(20);
  });

  test('CVE-2024-56138: that revocation is not checked is said', async () => {
    const report = await verifyLayers(instance, [await cosignSignature(instance, signer, payloadAbout(DIGEST))]);
    expect(report.notChecked).toContain('whether a certificate was revoked');
  });

  test('CVE-2022-35930: of two wanted types one is not enough', async () => {
    expect(requirementsOf(['spdx', 'vuln']).attestations).toHaveLength(2);
    const spdx = await bundleOf(instance, signer, statementAbout(DIGEST, 'https://spdx.dev/Document'));
    const files = layoutWith([IMAGE], [attach([bundleLayer(spdx)], { subject: IMAGE.manifest })]);
    expect(verdictOf(await verifyFiles(files, instance, { predicateTypes: ['spdx'] }))).toBe('verified 0');
    expect((await verifyFiles(files, instance, { predicateTypes: ['spdx', 'vuln'] })).verdict.exitStatus).toBe(1);
  });
});
