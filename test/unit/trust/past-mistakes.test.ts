import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Digest } from '../../../src/core/index.ts';
import type { TrustReport } from '../../../src/report/index.ts';
import type { AttachmentStore } from '../../../src/source/index.ts';
import { checkImageTrust, requirementsOf } from '../../../src/trust/index.ts';
import {
  type AttachmentLayer,
  attach,
  cosignSignature,
  layoutWith,
  payloadAbout,
  policyOf,
  SIMPLE_SIGNING,
  type TestTrust,
  verifyFiles,
} from '../../support/attachments.ts';
import { changed, DIGEST, IMAGE, LOG, OTHER, reasonsOf, verdictOf, verifyLayers } from '../../support/cosign-layers.ts';
import {
  hashedRekord,
  keySigner,
  SigstoreInstance,
  type TestSigner,
  TRUSTED_NAME,
} from '../../support/sigstore-instance.ts';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

const verify = (layers: readonly AttachmentLayer[], trust?: TestTrust, suffix?: 'sig' | 'att'): Promise<TrustReport> =>
  verifyLayers(instance, layers, trust, suffix);

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

  test('CVE-2023-47122: an authority that the signature brings itself', async () => {
    const theirs = await SigstoreInstance.start();
    const evil = await theirs.certify();
    const [authority] = theirs.root['certificateAuthorities'] as {
      certChain: { certificates: { rawBytes: string }[] };
    }[];
    const root = `-----BEGIN CERTIFICATE-----\n${authority?.certChain.certificates[0]?.rawBytes}\n-----END CERTIFICATE-----\n`;
    const layer = changed(await cosignSignature(instance, evil, payloadAbout(DIGEST)), {
      'dev.sigstore.cosign/chain': root,
    });
    expect(verdictOf(await verify([layer]))).toBe('failed 1');
  });

  test('CVE-2024-56138: that nobody looked whether a certificate was revoked is said', async () => {
    const report = await verify([await cosignSignature(instance, signer, payloadAbout(DIGEST))]);
    expect(report.notChecked).toContain('whether a certificate was revoked');
  });

  test('CVE-2026-44310: a mistake of our own is no success', async () => {
    const image = DIGEST as Digest;
    const { manifest } = attach([{ bytes: Buffer.from('{}'), mediaType: SIMPLE_SIGNING }], {
      tag: image,
      suffix: 'sig',
    });
    const signature = manifest.digest as Digest;
    const store: AttachmentStore = {
      roots: [],
      find: () => Promise.resolve({ candidates: [{ digest: signature, foundBy: 'tag', isBound: true }], troubles: [] }),
      manifest: (digest) => Promise.resolve(digest === signature ? manifest.bytes : IMAGE.manifest.bytes),
      blob: () => Promise.reject(new TypeError('a mistake')),
    };
    const trust = { roots: instance.roots, ignoreLog: false, policy: policyOf({}), requirements: requirementsOf([]) };
    const signal = new AbortController().signal;
    const request = {
      ...trust,
      effort: 'verify' as const,
      root: image,
      images: [image],
      store,
      limits: DEFAULT_LIMITS,
      signal,
    };
    await expect(checkImageTrust(request)).rejects.toThrow('a mistake');
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
