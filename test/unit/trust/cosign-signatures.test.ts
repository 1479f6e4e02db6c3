import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrustReport } from '../../../src/report/index.ts';
import {
  type AttachmentLayer,
  attach,
  cosignAttestation,
  cosignSignature,
  layoutWith,
  payloadAbout,
  SIMPLE_SIGNING,
  type TestTrust,
  verifyFiles,
} from '../../support/attachments.ts';
import { type BuiltImage, buildImage, sha256 } from '../../support/image-builder.ts';
import {
  envelopeOf,
  hashedRekord,
  keySigner,
  p256,
  SigstoreInstance,
  signMessage,
  statementAbout,
  type TestSigner,
  TRUSTED_NAME,
  verifierOf,
} from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const image = (content: string): BuiltImage =>
  buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', content)] }] });

const IMAGE = image('one');
const DIGEST = IMAGE.manifest.digest;
const OTHER = image('another');

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

/** Verifies the image with these layers under cosign's tag. */
function verify(
  layers: readonly AttachmentLayer[],
  trust: TestTrust = {},
  suffix: 'sig' | 'att' = 'sig',
): Promise<TrustReport> {
  return verifyFiles(layoutWith([IMAGE], [attach(layers, { tag: DIGEST, suffix })]), instance, trust);
}

const verdictOf = ({ images, verdict }: TrustReport): string => `${images[0]?.verdict} ${verdict.exitStatus}`;
const reasonsOf = ({ attachments }: TrustReport): string => attachments.flatMap(({ reasons }) => reasons).join('; ');

/** A layer with other annotations, or another payload. */
const changed = (layer: AttachmentLayer, annotations: Record<string, string | undefined>): AttachmentLayer => ({
  ...layer,
  annotations: Object.fromEntries(
    Object.entries({ ...layer.annotations, ...annotations }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  ),
});
const LOG = 'dev.sigstore.cosign/bundle';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';

/** A log annotation with something changed in it. */
function withLog(
  layer: AttachmentLayer,
  change: (log: Record<string, Record<string, unknown>>) => void,
): AttachmentLayer {
  const log = JSON.parse(layer.annotations?.[LOG] as string) as Record<string, Record<string, unknown>>;
  change(log);
  return changed(layer, { [LOG]: JSON.stringify(log) });
}

describe('signatures of cosign 1 and 2', () => {
  test('by who is trusted, certified and logged, is verified', async () => {
    const report = await verify([await cosignSignature(instance, signer, payloadAbout(DIGEST))]);
    expect(verdictOf(report)).toBe('verified 0');
    expect(report.images[0]?.signed).toEqual([{ digest: DIGEST, role: 'image' }]);
    expect(report.attachments[0]).toMatchObject({
      verdict: 'verified',
      format: 'cosign-signature',
      foundBy: 'tag',
      subject: DIGEST,
      signer: { kind: 'certificate', name: TRUSTED_NAME },
      logs: [{ url: 'https://rekor.test' }],
      reference: 'registry.test/acme/api',
    });
  });

  test.each([
    ['P-256', p256],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])('with a key on %s is verified with that key, and with no other', async (_, generate) => {
    const keyed = keySigner(generate());
    const layers = [await cosignSignature(instance, keyed, payloadAbout(DIGEST))];
    const own = await verify(layers, { keys: [keyed], ignoreLog: keyed.publicKey.asymmetricKeyType !== 'ec' });
    expect(verdictOf(own)).toBe('verified 0');
    expect(verdictOf(await verify(layers, { keys: [keySigner(p256())], ignoreLog: true }))).toBe('failed 1');
  });

  test('is told, and not verified, where nobody is trusted', async () => {
    const report = await verify([await cosignSignature(instance, signer, payloadAbout(DIGEST))], { identity: null });
    expect(verdictOf(report)).toBe('unverified 1');
    expect(report.attachments[0]?.signer).toMatchObject({ name: TRUSTED_NAME });
  });

  test('with a key is not verified where no key was given', async () => {
    expect(verdictOf(await verify([await cosignSignature(instance, keySigner(), payloadAbout(DIGEST))]))).toBe(
      'unverified 1',
    );
  });

  test('is verified if one of several is right: whoever can push can add wrong ones', async () => {
    const keys = [keySigner(), keySigner(), keySigner()];
    const layers = await Promise.all(keys.map((one) => cosignSignature(instance, one, payloadAbout(DIGEST))));
    const report = await verify(layers, { keys: keys.slice(1, 2) });
    expect(report.attachments.map(({ verdict }) => verdict)).toEqual(['failed', 'verified', 'failed']);
    expect(verdictOf(report)).toBe('verified 0');
  });

  test('that no log knows does not count, unless the user says so', async () => {
    const keyed = keySigner();
    const layers = [await cosignSignature(null, keyed, payloadAbout(DIGEST))];
    expect(verdictOf(await verify(layers, { keys: [keyed] }))).toBe('failed 1');
    expect(verdictOf(await verify(layers, { keys: [keyed], ignoreLog: true }))).toBe('verified 0');
  });

  test('with a certificate and no proof of when is never verified', async () => {
    const layers = [await cosignSignature(null, signer, payloadAbout(DIGEST))];
    expect(verdictOf(await verify(layers, { ignoreLog: true }))).toBe('failed 1');
  });

  test('with a time stamp is verified without the log', async () => {
    const layer = await cosignSignature(null, signer, payloadAbout(DIGEST));
    const signature = Buffer.from(layer.annotations?.['dev.cosignproject.cosign/signature'] as string, 'base64');
    const SignedRFC3161Timestamp = (await instance.stamp(signature)).toString('base64');
    const stamp = { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp }) };
    const right = await verify([changed(layer, stamp)], { ignoreLog: true });
    expect([verdictOf(right), reasonsOf(right)]).toEqual(['verified 0', '']);
    const others = (await instance.stamp(Buffer.from('something else'))).toString('base64');
    const wrong = { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: others }) };
    expect(verdictOf(await verify([changed(layer, wrong)], { ignoreLog: true }))).toBe('failed 1');
  });
});

describe('what is wrong with a signature', () => {
  test.each<[string, (layer: AttachmentLayer) => AttachmentLayer, RegExp]>([
    ['a payload of another kind', (layer) => layer, /no container image/],
    [
      'a signature that is no base64',
      (layer) => changed(layer, { 'dev.cosignproject.cosign/signature': 'a!b' }),
      /base64/,
    ],
    ['no signature', (layer) => changed(layer, { 'dev.cosignproject.cosign/signature': '' }), /missing/],
    ['a certificate that is none', (layer) => changed(layer, { [CERTIFICATE]: 'x' }), /one certificate/],
    [
      'two certificates',
      (layer) => changed(layer, { [CERTIFICATE]: (layer.annotations?.[CERTIFICATE] ?? '').repeat(2) }),
      /one certificate/,
    ],
    ['a log entry that is none', (layer) => changed(layer, { [LOG]: '{}' }), /log entry/],
    ['a log entry that is no JSON', (layer) => changed(layer, { [LOG]: 'garbage' }), /no JSON/],
    [
      'another index in the log',
      (layer) => withLog(layer, (log) => Object.assign(log['Payload'] ?? {}, { logIndex: 7 })),
      /promise/,
    ],
    [
      'another time of the log',
      (layer) => withLog(layer, (log) => Object.assign(log['Payload'] ?? {}, { integratedTime: 1_600_000_000 })),
      /verify/,
    ],
    [
      'another log',
      (layer) => withLog(layer, (log) => Object.assign(log['Payload'] ?? {}, { logID: 'ab'.repeat(32) })),
      /promise/,
    ],
    [
      'a number that is none',
      (layer) => withLog(layer, (log) => Object.assign(log['Payload'] ?? {}, { logIndex: -1 })),
      /number/,
    ],
  ])('%s', async (name, change, why) => {
    const payload = payloadAbout(DIGEST, name === 'a payload of another kind' ? { type: 'something' } : {});
    const report = await verify([change(await cosignSignature(instance, signer, payload))]);
    expect(verdictOf(report)).toBe('failed 1');
    expect(reasonsOf(report)).toMatch(why);
  });

  test.each([
    [
      'the name in another case',
      (text: string) => text.replace('"docker-manifest-digest"', '"Docker-manifest-digest"'),
    ],
    [
      'the digest twice',
      (text: string) => text.replace('"image":{', `"image":{"docker-manifest-digest":"${OTHER.manifest.digest}",`),
    ],
    ['the digest in upper case', (text: string) => text.replace(/[a-f0-9]{64}/, (hex) => hex.toUpperCase())],
    ['a part of the digest only', (text: string) => text.replace(/([a-f0-9]{32})[a-f0-9]{32}/, '$1')],
  ])('a payload with %s', async (_, change) => {
    const payload = Buffer.from(change(payloadAbout(DIGEST).toString()));
    expect(verdictOf(await verify([await cosignSignature(instance, signer, payload)]))).toBe('failed 1');
  });

  test('every byte of signature, payload and promise counts', async () => {
    const layer = await cosignSignature(instance, signer, payloadAbout(DIGEST));
    const signature = Buffer.from(layer.annotations?.['dev.cosignproject.cosign/signature'] as string, 'base64');
    for (const at of [8, 20, signature.length - 1]) {
      const flipped = Buffer.from(signature);
      flipped[at] = (flipped[at] as number) ^ 1;
      const report = await verify([
        changed(layer, { 'dev.cosignproject.cosign/signature': flipped.toString('base64') }),
      ]);
      expect(verdictOf(report)).toBe('failed 1');
    }
    const payload = Buffer.from(layer.bytes).toString().replace('acme/api', 'acme/apj');
    expect(verdictOf(await verify([{ ...layer, bytes: Buffer.from(payload) }]))).toBe('failed 1');
  });
});

describe('mistakes of other verifiers', () => {
  test('CVE-2022-23649: the log entry of another signature', async () => {
    const [first, second] = await Promise.all([
      cosignSignature(instance, signer, payloadAbout(DIGEST)),
      cosignSignature(instance, signer, payloadAbout(OTHER.manifest.digest)),
    ]);
    const report = await verify([changed(first, { [LOG]: second.annotations?.[LOG] })]);
    expect(verdictOf(report)).toBe('failed 1');
    expect(reasonsOf(report)).toMatch(/mismatch/);
  });

  test('CVE-2022-36056: a log entry that is garbage is not passed over', async () => {
    const keyed = keySigner();
    const layer = changed(await cosignSignature(null, keyed, payloadAbout(DIGEST)), { [LOG]: '{"Payload":{}}' });
    expect(verdictOf(await verify([layer], { keys: [keyed] }))).toBe('failed 1');
  });

  test.each([
    [
      'another digest',
      (payload: Buffer, signature: Buffer) => hashedRekord(Buffer.concat([payload, payload]), signature, signer),
    ],
    ['another signature', (payload: Buffer) => hashedRekord(payload, Buffer.from('another signature'), signer)],
    ['another key', (payload: Buffer, signature: Buffer) => hashedRekord(payload, signature, keySigner())],
    [
      'no key',
      (payload: Buffer, signature: Buffer) => hashedRekord(payload, signature, { ...signer, certificate: '' }),
    ],
  ])('CVE-2026-22703: a log entry about %s', async (_, entry) => {
    const payload = payloadAbout(DIGEST);
    const layer = await cosignSignature(null, signer, payload);
    const signature = Buffer.from(layer.annotations?.['dev.cosignproject.cosign/signature'] as string, 'base64');
    const { body, integratedTime, logIndex, logID, verification } = await instance.log(entry(payload, signature));
    const log = {
      SignedEntryTimestamp: verification.signedEntryTimestamp,
      Payload: { body, integratedTime, logIndex, logID },
    };
    const report = await verify([changed(layer, { [LOG]: JSON.stringify(log) })]);
    expect(verdictOf(report)).toBe('failed 1');
    expect(reasonsOf(report)).toMatch(
      /digest mismatch|signature mismatch|another key|missing|no base64|cannot be read/,
    );
  });

  test('CVE-2023-33959: bytes that are not those of the digest', async () => {
    const files = layoutWith(
      [IMAGE],
      [attach([await cosignSignature(instance, signer, payloadAbout(DIGEST))], { tag: DIGEST, suffix: 'sig' })],
    );
    files.set(`blobs/${DIGEST.replace(':', '/')}`, OTHER.manifest.bytes);
    const report = await verifyFiles(files, instance);
    expect(report.verdict.verified).toBe(false);
  });

  test('a configuration that is not the one that was signed', async () => {
    const files = layoutWith(
      [IMAGE],
      [attach([await cosignSignature(instance, signer, payloadAbout(DIGEST))], { tag: DIGEST, suffix: 'sig' })],
    );
    files.set(`blobs/${IMAGE.config.digest.replace(':', '/')}`, OTHER.config.bytes);
    expect(verdictOf(await verifyFiles(files, instance))).toBe('failed 1');
  });

  test('CVE-2023-46737: of ten thousand layers a few are read', async () => {
    const bytes = Buffer.from('{}');
    const layers = Array.from({ length: 10_000 }, () => ({ bytes, mediaType: SIMPLE_SIGNING }));
    const report = await verify(layers);
    expect(report.attachments.length).toBeLessThan(1000);
    expect(reasonsOf(report)).toMatch(/of its 10000 layers were not read/);
    expect(report.verdict.verified).toBe(false);
  });

  test('a signature over another image, hung on this one', async () => {
    const report = await verify([await cosignSignature(instance, signer, payloadAbout(OTHER.manifest.digest))]);
    expect(verdictOf(report)).toBe('failed 1');
    expect(reasonsOf(report)).toContain(`not about ${DIGEST}`);
  });

  test('somebody else, certified just as well', async () => {
    for (const name of [
      `${TRUSTED_NAME}-evil`,
      `https://evil.test/${TRUSTED_NAME}`,
      TRUSTED_NAME.replace('.yml', 'xyml'),
    ]) {
      const other = await instance.certify(name);
      expect(verdictOf(await verify([await cosignSignature(instance, other, payloadAbout(DIGEST))]))).toBe('failed 1');
    }
  });

  test('the right name, vouched for by another issuer', async () => {
    const other = await instance.certify(TRUSTED_NAME, 'https://issuer.test');
    expect(verdictOf(await verify([await cosignSignature(instance, other, payloadAbout(DIGEST))]))).toBe('failed 1');
  });

  test('CVE-2025-29778: patterns are honoured, from the first character to the last', async () => {
    const layers = [await cosignSignature(instance, signer, payloadAbout(DIGEST))];
    const issuer = { pattern: 'https://token\\.actions\\.githubusercontent\\.com' };
    const trust = (pattern: string): TestTrust => ({ identity: { name: { pattern }, issuer } });
    expect(verdictOf(await verify(layers, trust('https://github\\.com/acme/api/.*')))).toBe('verified 0');
    expect(verdictOf(await verify(layers, trust('https://github\\.com/acme/')))).toBe('failed 1');
    expect(verdictOf(await verify(layers, trust('https://github\\.com/other/.*')))).toBe('failed 1');
  });

  test('an instance that nobody trusts', async () => {
    const theirs = await SigstoreInstance.start();
    const evil = await theirs.certify();
    expect(verdictOf(await verify([await cosignSignature(theirs, evil, payloadAbout(DIGEST))]))).toBe('failed 1');
  });

  test('a signature of an hour after its certificate', async () => {
    const early = await SigstoreInstance.start(new Date('2024-01-01T00:00:00Z'));
    const expired = await early.certify();
    // The same authority, but the log writes it down today.
    const payload = payloadAbout(DIGEST);
    const layer = await cosignSignature(instance, expired, payload);
    const roots = {
      ...instance.root,
      certificateAuthorities: early.root['certificateAuthorities'],
      ctlogs: early.root['ctlogs'],
    };
    Object.assign(instance.root, roots);
    try {
      const report = await verify([layer]);
      expect(verdictOf(report)).toBe('failed 1');
      expect(reasonsOf(report)).toMatch(/certificate/);
    } finally {
      instance = await SigstoreInstance.start();
      signer = await instance.certify();
    }
  });
});

describe('attestations of cosign 1 and 2', () => {
  const attest = (statement: string, payloadType?: string): Promise<AttachmentLayer> =>
    cosignAttestation(instance, signer, envelopeOf(statement, signer, payloadType));

  test('by who is trusted are verified, and are no signature', async () => {
    const layers = [await attest(statementAbout(DIGEST))];
    expect(verdictOf(await verify(layers, { predicateTypes: ['slsaprovenance1'] }, 'att'))).toBe('verified 0');
    const report = await verify(layers, {}, 'att');
    expect(report.attachments[0]).toMatchObject({ verdict: 'verified', kind: 'attestation' });
    expect(verdictOf(report)).toBe('unsigned 1');
  });

  test('CVE-2022-35929: a valid attestation of another type is not what was asked for', async () => {
    const layers = [await attest(statementAbout(DIGEST, 'https://cosign.sigstore.dev/attestation/vuln/v1'))];
    expect(verdictOf(await verify(layers, { predicateTypes: ['spdx'] }, 'att'))).toBe('unsigned 1');
  });

  test('CVE-2026-39395: an annotation about the type proves nothing', async () => {
    const layer = changed(await attest(statementAbout(DIGEST, 'https://in-toto.io/Link/v1')), {
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    expect(verdictOf(await verify([layer], { predicateTypes: ['slsaprovenance1'] }, 'att'))).toBe('unsigned 1');
  });

  test.each([
    ['no JSON', 'not JSON'],
    ['no statement', '{}'],
    ['a statement about nothing', statementAbout(DIGEST).replace(/"subject":\[.*?\]/, '"subject":[]')],
    ['a statement about null', statementAbout(DIGEST).replace(/"subject":\[/, '"subject":[null,')],
    ['a statement about another image', statementAbout(OTHER.manifest.digest)],
    ['a statement with the subject twice', statementAbout(DIGEST).replace('{', `{"subject":[],`)],
    ['nesting without end', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('CVE-2026-39395: a payload that is %s', async (_, payload) => {
    const report = await verify([await attest(payload)], { predicateTypes: ['slsaprovenance1'] }, 'att');
    expect(verdictOf(report)).toBe('failed 1');
  });

  test('with a time stamp over the envelope, as cosign 1 and 2 make them, are verified without the log', async () => {
    const layer = changed(await attest(statementAbout(DIGEST)), { [LOG]: undefined });
    const stamped = async (bytes: Uint8Array): Promise<AttachmentLayer> => {
      const SignedRFC3161Timestamp = (await instance.stamp(bytes)).toString('base64');
      return changed(layer, { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp }) });
    };
    const trust = { ignoreLog: true, predicateTypes: ['slsaprovenance1'] };
    expect(verdictOf(await verify([await stamped(layer.bytes)], trust, 'att'))).toBe('verified 0');
    expect(verdictOf(await verify([await stamped(Buffer.from('x'))], trust, 'att'))).toBe('failed 1');
    expect(verdictOf(await verify([layer], trust, 'att'))).toBe('failed 1');
  });

  test('a payload of another type', async () => {
    const report = await verify([await attest(statementAbout(DIGEST), 'application/json')], {}, 'att');
    expect(report.attachments[0]?.verdict).toBe('failed');
  });

  test('of cosign until 2.1, whose log entries hold the digest of the envelope', async () => {
    const envelope = envelopeOf(statementAbout(DIGEST), signer);
    const bytes = Buffer.from(JSON.stringify(envelope));
    const old = (hash: string): object => ({
      apiVersion: '0.0.1',
      kind: 'intoto',
      spec: {
        content: {
          hash: { algorithm: 'sha256', value: hash.slice('sha256:'.length) },
          payloadHash: {
            algorithm: 'sha256',
            value: sha256(Buffer.from(envelope.payload, 'base64')).slice('sha256:'.length),
          },
        },
        publicKey: verifierOf(signer),
      },
    });
    const layerOf = async (entry: object): Promise<AttachmentLayer> => {
      const { body, integratedTime, logIndex, logID, verification } = await instance.log(entry);
      const log = {
        SignedEntryTimestamp: verification.signedEntryTimestamp,
        Payload: { body, integratedTime, logIndex, logID },
      };
      return changed(await attest(statementAbout(DIGEST)), { [LOG]: JSON.stringify(log) });
    };
    const trust = { predicateTypes: ['slsaprovenance1'] };
    const right = { ...(await layerOf(old(sha256(bytes)))), bytes };
    expect(verdictOf(await verify([right], trust, 'att'))).toBe('verified 0');
    const wrong = { ...(await layerOf(old(sha256(Buffer.from('another envelope'))))), bytes };
    expect(verdictOf(await verify([wrong], trust, 'att'))).toBe('failed 1');
    const late = withLog(right, (log) => Object.assign(log['Payload'] ?? {}, { logIndex: 3 }));
    expect(verdictOf(await verify([late], trust, 'att'))).toBe('failed 1');
  });

  test('a signature of the right bytes by the wrong key in the envelope', async () => {
    const envelope = envelopeOf(statementAbout(DIGEST), signer);
    const sig = signMessage(Buffer.from('x'), signer).toString('base64');
    const layer = await cosignAttestation(instance, signer, { ...envelope, signatures: [{ keyid: '', sig }] });
    expect((await verify([layer], {}, 'att')).attachments[0]?.verdict).toBe('failed');
  });
});
