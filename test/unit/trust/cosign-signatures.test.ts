import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrustReport } from '../../../src/report/index.ts';
import { type AttachmentLayer, cosignSignature, payloadAbout, type TestTrust } from '../../support/attachments.ts';
import {
  CERTIFICATE,
  changed,
  DIGEST,
  LOG,
  OTHER,
  reasonsOf,
  verdictOf,
  verifyLayers,
  withLog,
} from '../../support/cosign-layers.ts';
import { keySigner, p256, SigstoreInstance, type TestSigner, TRUSTED_NAME } from '../../support/sigstore-instance.ts';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

const verify = (layers: readonly AttachmentLayer[], trust?: TestTrust, suffix?: 'sig' | 'att'): Promise<TrustReport> =>
  verifyLayers(instance, layers, trust, suffix);

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
