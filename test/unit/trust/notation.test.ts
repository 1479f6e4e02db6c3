import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AuditError, type Digest } from '../../../src/core/index.ts';
import { checkJws } from '../../../src/trust/notation/check-jws.ts';
import { isTrustedSubject, parseNotationIdentity, readNotationRoots } from '../../../src/trust/notation/identity.ts';
import { attach, layoutWith, verifyFiles } from '../../support/attachments.ts';
import { type CertificateOptions, type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { buildImage } from '../../support/image-builder.ts';
import { SigstoreInstance } from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const TARGET = {
  digest: `sha256:${'ab'.repeat(32)}` as Digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  sizeBytes: 527,
};
const AUTHORITY = { authority: true, certifies: true } as const;
const SIGNER = { signs: true, purpose: 'code-signing' } as const;
const ROOT = makeCertificate('root', AUTHORITY);
const MIDDLE = makeCertificate('middle', { ...AUTHORITY, issuer: ROOT });
const LEAF = makeCertificate('leaf', { ...SIGNER, issuer: MIDDLE });
const CHAIN = [LEAF, MIDDLE, ROOT];

const policyFor = (root: MadeCertificate = ROOT) => ({
  roots: readNotationRoots('root.crt', Buffer.from(root.certificate)),
  identities: [],
});
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Parts {
  readonly chain?: readonly MadeCertificate[];
  readonly target?: Partial<typeof TARGET>;
  /** What is protected differently; undefined leaves a member out. */
  readonly header?: Record<string, unknown>;
  readonly envelope?: Record<string, unknown>;
}

function envelopeOf({ chain = CHAIN, target = {}, header = {}, envelope = {} }: Parts = {}): Buffer {
  const { digest, mediaType, sizeBytes: size } = { ...TARGET, ...target };
  const payload = base64url({ targetArtifact: { digest, mediaType, size } });
  const protectedHeader = base64url({
    alg: 'ES256',
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    crit: ['io.cncf.notary.signingScheme'],
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': '2026-01-01T00:00:00Z',
    ...header,
  });
  const key = createPrivateKey((chain[0] as MadeCertificate).key);
  const signature = sign('sha256', Buffer.from(`${protectedHeader}.${payload}`), { key, dsaEncoding: 'ieee-p1363' });
  const x5c = chain.map(({ certificate }) => new X509Certificate(certificate).raw.toString('base64'));
  return Buffer.from(
    JSON.stringify({
      payload,
      protected: protectedHeader,
      header: { x5c },
      signature: signature.toString('base64url'),
      ...envelope,
    }),
  );
}

const check = (parts: Parts = {}, policy: ReturnType<typeof policyFor> | null = policyFor()) =>
  checkJws(envelopeOf(parts), TARGET, policy);

describe('signatures of Notation', () => {
  test('that lead to a trusted root are verified', () => {
    expect(check()).toMatchObject({
      verdict: 'verified',
      reasons: [],
      signature: { signer: { name: 'CN=leaf', issuer: 'CN=root' } },
    });
  });

  test('are told, and not verified, where no root is trusted', () => {
    expect(check({}, null)).toMatchObject({ verdict: 'unverified', signature: { signer: { name: 'CN=leaf' } } });
  });

  test('by a certificate that is its own root are verified with that', () => {
    const own = makeCertificate('own', SIGNER);
    expect(check({ chain: [own] }, policyFor(own)).verdict).toBe('verified');
    expect(check({ chain: [own] }).verdict).toBe('failed');
  });

  test('that have not expired yet are verified', () => {
    const header = {
      crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'],
      'io.cncf.notary.expiry': '2999-01-01T00:00:00Z',
    };
    expect(check({ header }).verdict).toBe('verified');
  });

  test('are found by their subject, and held against the manifest itself', async () => {
    const image = buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', 'x')] }] });
    const { digest, mediaType, bytes } = image.manifest;
    const target = { digest: digest as Digest, mediaType, sizeBytes: bytes.byteLength };
    const layer = { bytes: envelopeOf({ target }), mediaType: 'application/jose+json' };
    const how = { subject: image.manifest, artifactType: 'application/vnd.cncf.notary.signature' };
    const files = layoutWith([image], [attach([layer], how)]);
    const instance = await SigstoreInstance.start();
    const report = await verifyFiles(files, instance, { notation: policyFor() });
    expect(report.attachments[0]).toMatchObject({ format: 'notation-jws', verdict: 'verified' });
    expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
    expect((await verifyFiles(files, instance)).images[0]?.verdict).toBe('unverified');
  });
});

describe('what is wrong with a signature of Notation', () => {
  const other = makeCertificate('other', AUTHORITY);
  const made = (options: CertificateOptions, issuer = MIDDLE): MadeCertificate =>
    makeCertificate('leaf', { ...SIGNER, issuer, ...options });
  const critical = (...names: string[]) => ['io.cncf.notary.signingScheme', ...names];

  test.each<[string, Parts, RegExp]>([
    ['another digest', { target: { digest: `sha256:${'cd'.repeat(32)}` as Digest } }, /not about/],
    ['another size only', { target: { sizeBytes: 528 } }, /size/],
    ['another media type only', { target: { mediaType: 'application/json' } }, /type/],
    ['no algorithm', { header: { alg: 'none' } }, /algorithm/],
    ['an algorithm with a password', { header: { alg: 'HS256' } }, /algorithm/],
    ['the algorithm of another key', { header: { alg: 'PS256' } }, /algorithm/],
    ['another payload type', { header: { cty: 'application/json' } }, /payload/],
    ['an unknown critical header', { header: { crit: critical('x') } }, /critical/],
    ['no critical scheme', { header: { crit: [] } }, /how it was signed/],
    ['an unknown scheme', { header: { 'io.cncf.notary.signingScheme': 'x' } }, /how it was signed/],
    [
      'CVE-2024-23332: a signature that has expired',
      { header: { crit: critical('io.cncf.notary.expiry'), 'io.cncf.notary.expiry': '2020-01-01T00:00:00Z' } },
      /expired/,
    ],
    [
      'an expiry that need not be understood',
      { header: { 'io.cncf.notary.expiry': '2999-01-01T00:00:00Z' } },
      /critical/,
    ],
    [
      'an expiry that is none',
      { header: { crit: critical('io.cncf.notary.expiry'), 'io.cncf.notary.expiry': 'x' } },
      /no time/,
    ],
    ['several signatures', { envelope: { signatures: [] } }, /more than one/],
    ['no signature', { envelope: { signature: undefined } }, /missing/],
    ['a signature of something else', { envelope: { signature: Buffer.alloc(64, 1).toString('base64url') } }, /verify/],
    [
      'base64 in place of base64url',
      { envelope: { signature: `${Buffer.alloc(64).toString('base64')}` } },
      /base64url/,
    ],
    ['no certificate', { envelope: { header: {} } }, /no certificate/],
    ['a chain without its root', { chain: [LEAF, MIDDLE] }, /root/],
    ['a chain in another order', { chain: [LEAF, ROOT, MIDDLE] }, /not by the next/],
    ['a chain with one too many', { chain: [LEAF, MIDDLE, ROOT, other] }, /not by the next/],
    ['a root that nobody trusts', { chain: [made({}, other), other] }, /none of the given roots/],
    ['an expired certificate', { chain: [made({ expired: true }), MIDDLE, ROOT] }, /not valid now/],
    ['a certificate for servers', { chain: [made({ purpose: 'server' }), MIDDLE, ROOT] }, /something else/],
    ['a certificate that may not sign', { chain: [made({ signs: false }), MIDDLE, ROOT] }, /signatures alone/],
    ['a certificate that may sign others', { chain: [made({ certifies: true }), MIDDLE, ROOT] }, /signatures alone/],
    ['an authority as the signer', { chain: [MIDDLE, ROOT] }, /authority/],
  ])('%s', (_, parts, why) => {
    const { verdict, reasons } = check(parts);
    expect(verdict).toBe('failed');
    expect(reasons[0]).toMatch(why);
  });

  test('CVE-2026-24122: an authority in between that has expired', () => {
    const old = makeCertificate('old', { ...AUTHORITY, issuer: ROOT, expired: true });
    expect(check({ chain: [made({}, old), old, ROOT] })).toMatchObject({ verdict: 'failed' });
  });

  test('an authority in between that is none', () => {
    const none = makeCertificate('none', { signs: true, issuer: ROOT });
    expect(check({ chain: [made({}, none), none, ROOT] })).toMatchObject({ verdict: 'failed' });
  });

  test.each([
    ['a plugin', { 'io.cncf.notary.verificationPlugin': 'com.acme' }],
    ['a signing authority', { 'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority' }],
  ])('what wants %s is not checked', (_, header) => {
    expect(check({ header }).verdict).toBe('not-checked');
  });
});

describe('whom to trust', () => {
  const subject = 'C=US\nST=WA\nL=Seattle\nO=Acme, Inc.\nCN=signer';
  test.each([
    ['C=US, ST=WA, O=Acme\\, Inc.', true],
    ['O=Acme\\, Inc., S=WA, C=US, L=Seattle', true],
    ['C=US, ST=WA, O=Acme', false],
    ['C=US, ST=WA, O=Acme\\, Inc., OU=Build', false],
    ['C=DE, ST=WA, O=Acme\\, Inc.', false],
  ])('%s: %s', (text, trusted) => {
    const identities = [parseNotationIdentity(`x509.subject: ${text}`)];
    expect(isTrustedSubject({ subject }, { identities })).toBe(trusted);
  });

  test.each(['C=US, ST=WA', 'C=US, ST=WA, O=', 'C=US, C=DE, ST=WA, O=x', 'anything', ''])(
    '%s is no identity',
    (text) => {
      expect(() => parseNotationIdentity(`x509.subject: ${text}`)).toThrow(AuditError);
      expect(() => parseNotationIdentity(text)).toThrow(AuditError);
    },
  );

  test('a certificate that is no root, or none, is refused', () => {
    for (const text of [MIDDLE.certificate, LEAF.certificate, 'x', '']) {
      expect(() => readNotationRoots('x', Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_INVALID' }),
      );
    }
  });
});
