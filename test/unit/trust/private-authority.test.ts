import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PrivateAuthorities } from '../../../src/trust/index.ts';
import { type AttachmentLayer, cosignSignature, payloadAbout } from '../../support/attachments.ts';
import { type CertificateOptions, type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { changed, DIGEST, LOG, reasonsOf, verdictOf, verifyLayers } from '../../support/cosign-layers.ts';
import { SigstoreInstance, type TestSigner } from '../../support/sigstore-instance.ts';
import { answerWith, makeTimeStamp } from '../../support/time-stamps.ts';

const AUTHORITY = { authority: true, certifies: true, validFrom: new Date('2020-01-01') } as const;
const NAME = 'https://ci.acme.test/builder';
const SIGNER = { signs: true, purpose: 'code-signing', uri: NAME } as const;
const ROOT = makeCertificate('root', AUTHORITY);
const MIDDLE = makeCertificate('middle', { ...AUTHORITY, issuer: ROOT });
const TIMES = makeCertificate('times', AUTHORITY);
const STAMPER = makeCertificate('stamper', {
  signs: true,
  purpose: 'time-stamping',
  issuer: TIMES,
  validFrom: new Date('2020-01-01'),
});
const CHAIN = 'dev.sigstore.cosign/chain';
const STAMP = 'dev.sigstore.cosign/rfc3161timestamp';

let instance: SigstoreInstance;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
});

const read = (...list: readonly MadeCertificate[]) => list.map((one) => new X509Certificate(one.certificate));
const authorities = (changes: Partial<PrivateAuthorities> = {}): PrivateAuthorities => ({
  roots: read(ROOT),
  intermediates: read(MIDDLE),
  timeStamps: null,
  identity: { name: { exactly: NAME }, issuer: null },
  ...changes,
});
const made = (options: CertificateOptions = {}, issuer = MIDDLE): TestSigner => {
  const { certificate, key } = makeCertificate('builder', { ...SIGNER, issuer, ...options });
  return { privateKey: createPrivateKey(key), publicKey: createPublicKey(key), certificate };
};
const signed = (signer: TestSigner, logged = true): Promise<AttachmentLayer> =>
  cosignSignature(logged ? instance : null, signer, payloadAbout(DIGEST));
const verify = (layer: AttachmentLayer, trusted = authorities(), ignoreLog = false) =>
  verifyLayers(instance, [layer], { identity: null, authorities: trusted, ignoreLog });
const stamped = (layer: AttachmentLayer, at: Date, stamper = STAMPER): AttachmentLayer => {
  const signature = Buffer.from(layer.annotations?.['dev.cosignproject.cosign/signature'] as string, 'base64');
  const answer = answerWith(makeTimeStamp(signature, stamper, { at }));
  return changed(layer, { [STAMP]: JSON.stringify({ SignedRFC3161Timestamp: answer.toString('base64') }) });
};
const timeStamps = { roots: read(TIMES), others: [] };

describe('a certificate of a private authority', () => {
  test('counts where a log proves when it signed', async () => {
    const report = await verify(await signed(made()));
    expect(verdictOf(report)).toBe('verified 0');
    expect(report.attachments[0]).toMatchObject({
      signer: { kind: 'certificate', name: NAME, issuer: 'CN=root' },
      times: [{ by: 'log' }],
    });
  });

  test('leads to a root over certificates that the signature brings', async () => {
    const layer = changed(await signed(made()), { [CHAIN]: MIDDLE.certificate + ROOT.certificate });
    expect(verdictOf(await verify(layer, authorities({ intermediates: [] })))).toBe('verified 0');
    expect(reasonsOf(await verify(await signed(made()), authorities({ intermediates: [] })))).toMatch(/does not lead/);
  });

  test('counts where a time stamp proves it, of an authority that is trusted for that', async () => {
    const [validFrom, validTo] = [new Date('2024-01-01'), new Date('2025-01-01')];
    const layer = await signed(made({ validFrom, validTo }), false);
    const at = (date: string, timeOf = timeStamps) =>
      verify(stamped(layer, new Date(date)), authorities({ timeStamps: timeOf }), true);
    expect(verdictOf(await at('2024-06-01'))).toBe('verified 0');
    expect(reasonsOf(await at('2025-06-01'))).toMatch(/not valid when it was signed/);
    expect(reasonsOf(await at('2023-06-01'))).toMatch(/not valid yet when it was signed/);
    expect(reasonsOf(await at('2024-06-01', { roots: read(ROOT), others: [] }))).toMatch(/does not lead/);
  });

  test('has to be valid now where nothing proves a time, and only if no log is wanted', async () => {
    expect(reasonsOf(await verify(await signed(made(), false)))).toMatch(/no transparency log/);
    expect(verdictOf(await verify(await signed(made(), false), authorities(), true))).toBe('verified 0');
    expect(reasonsOf(await verify(await signed(made({ expired: true }), false), authorities(), true))).toMatch(
      /not valid now/,
    );
  });

  test('names whom the user asked for, and an issuer where one is asked for', async () => {
    const layer = await signed(made());
    const of = async (identity: PrivateAuthorities['identity']) =>
      verdictOf(await verify(layer, authorities({ identity })));
    expect(await of(null)).toBe('unverified 1');
    expect(await of({ name: { pattern: 'https://ci\\.acme\\.test/.*' }, issuer: { pattern: '.*' } })).toBe(
      'verified 0',
    );
    expect(await of({ name: { exactly: 'https://ci.acme.test/build' }, issuer: null })).toBe('failed 1');
    expect(await of({ name: { pattern: 'ci' }, issuer: null })).toBe('failed 1');
    expect(await of({ name: { exactly: NAME }, issuer: { exactly: 'https://issuer.test' } })).toBe('failed 1');
  });

  test('is one by a host as well', async () => {
    const layer = await signed(made({ hosts: ['builder.acme.test'], uri: undefined }));
    const identity = { name: { exactly: 'builder.acme.test' }, issuer: null };
    expect(verdictOf(await verify(layer, authorities({ identity })))).toBe('verified 0');
  });
});

describe('a certificate of a private authority is refused', () => {
  const other = makeCertificate('other', AUTHORITY);
  const old = makeCertificate('old', { ...AUTHORITY, issuer: ROOT, validTo: new Date('2025-01-01') });
  const none = makeCertificate('none', { certifies: true, issuer: ROOT });
  const server = made({ purpose: 'server' });

  test.each<[string, () => TestSigner, PrivateAuthorities, RegExp]>([
    ['by another authority', () => made({}, other), authorities(), /does not lead/],
    ['of servers', () => server, authorities(), /not for signing code/],
    ['of no purpose', () => made({ purpose: undefined }), authorities(), /not for signing code/],
    ['that may not sign', () => made({ signs: false, usageBits: 0x20 }), authorities(), /not for signatures/],
    ['that is an authority', () => made({ authority: true }), authorities(), /authority/],
    ['that names nobody', () => made({ uri: undefined }), authorities(), /names nobody/],
    ['that has expired', () => made({ expired: true }), authorities(), /not valid when it was signed/],
    [
      'by an authority that has (CVE-2026-24122)',
      () => made({}, old),
      authorities({ intermediates: read(old) }),
      /not valid when it was signed/,
    ],
    [
      'by a certificate that is none of an authority',
      () => made({}, none),
      authorities({ intermediates: read(none) }),
      /not that of an authority|does not lead/,
    ],
    ['with a weak key', () => made({ key: 'rsa 1024' }), authorities(), /1024 bits/],
  ])('%s', async (_, signer, trusted, why) => {
    const report = await verify(await signed(signer()), trusted);
    expect(reasonsOf(report)).toMatch(why);
    expect(verdictOf(report)).toBe('failed 1');
  });

  test('whose root the signature brings itself', async () => {
    const layer = changed(await signed(made({}, other)), { [CHAIN]: other.certificate });
    expect(reasonsOf(await verify(layer))).toMatch(/does not lead/);
  });

  test('where the log entry is of another certificate', async () => {
    const [one, two] = [made(), made()];
    const layer = changed(await signed(one), { [LOG]: (await signed(two)).annotations?.[LOG] });
    expect(verdictOf(await verify(layer))).toBe('failed 1');
  });

  test('of the Sigstore instance, which does not count any more', async () => {
    const signer = await instance.certify(NAME);
    expect(reasonsOf(await verify(await signed(signer)))).toMatch(/does not lead/);
  });

  test('with a time stamp that is garbage, of a refusal, or over another signature', async () => {
    const layer = await signed(made(), false);
    const trusted = authorities({ timeStamps });
    const answers = [
      Buffer.from('x'),
      answerWith(makeTimeStamp(Buffer.from('x'), STAMPER)),
      answerWith(makeTimeStamp(Buffer.from('x'), STAMPER), 2),
    ];
    for (const answer of answers) {
      const text = JSON.stringify({ SignedRFC3161Timestamp: answer.toString('base64') });
      expect(verdictOf(await verify(changed(layer, { [STAMP]: text }), trusted, true))).toBe('failed 1');
    }
  });
});
