import { describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/core/index.ts';
import { attach, layoutWith, verifyFiles } from '../../support/attachments.ts';
import { type CertificateOptions, type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { buildImage } from '../../support/image-builder.ts';
import {
  AUTHENTIC_TIME,
  AUTHORITY,
  CHAIN,
  checkEnvelope,
  type EnvelopeParts,
  EXPIRY,
  FORMATS,
  LEAF,
  MIDDLE,
  made,
  notationEnvelope,
  policyFor,
  ROOT,
  SCHEME,
  SIGNER,
  SIGNING_TIME,
  TARGET,
  trusting,
} from '../../support/notation-envelopes.ts';
import { SigstoreInstance } from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const critical = (...names: string[]) => [SCHEME, ...names];

describe.each(FORMATS)('signatures of Notation in %s', (format) => {
  const check = (parts: EnvelopeParts = {}, policy: ReturnType<typeof policyFor> | null = policyFor()) =>
    checkEnvelope(format, notationEnvelope(format, parts), policy);

  test('that lead to a trusted root are verified', () => {
    expect(check()).toMatchObject({
      verdict: 'verified',
      reasons: [],
      signature: { signer: { name: 'CN=leaf', issuer: 'CN=root' } },
    });
  });

  test.each(['P-384', 'P-521', 'rsa 2048', 'rsa 3072', 'rsa 4096'] as const)('with a key of %s are verified', (key) => {
    expect(check({ chain: [made({ key }), MIDDLE, ROOT] }).reasons).toEqual([]);
  });

  test('are told, and not verified, where no root is trusted', () => {
    expect(check({}, null)).toMatchObject({ verdict: 'unverified', signature: { signer: { name: 'CN=leaf' } } });
  });

  test('by a certificate that is its own root are verified with that', () => {
    const own = makeCertificate('own', SIGNER);
    expect(check({ chain: [own] }, policyFor(own)).verdict).toBe('verified');
    expect(check({ chain: [own] }).verdict).toBe('failed');
  });

  test('that lead over a pinned authority are verified', () => {
    expect(check({}, policyFor(MIDDLE)).verdict).toBe('verified');
  });

  test('that have not expired yet are verified', () => {
    const header = { crit: critical(EXPIRY), [EXPIRY]: new Date('2999-01-01T00:00:00Z') };
    expect(check({ header }).verdict).toBe('verified');
  });

  test('are found by their subject, and held against the manifest itself', async () => {
    const image = buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', 'x')] }] });
    const { digest, mediaType, bytes } = image.manifest;
    const target = { digest: digest as Digest, mediaType, sizeBytes: bytes.byteLength };
    const type = { jws: 'application/jose+json', cose: 'application/cose' }[format];
    const layer = { bytes: notationEnvelope(format, { target }), mediaType: type };
    const how = { subject: image.manifest, artifactType: 'application/vnd.cncf.notary.signature' };
    const files = layoutWith([image], [attach([layer], how)]);
    const instance = await SigstoreInstance.start();
    const report = await verifyFiles(files, instance, { notation: policyFor() });
    expect(report.attachments[0]).toMatchObject({ format: `notation-${format}`, verdict: 'verified' });
    expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
    expect((await verifyFiles(files, instance)).images[0]?.verdict).toBe('unverified');
  });

  describe('are not verified with', () => {
    const other = makeCertificate('other', AUTHORITY);
    const old = makeCertificate('old', { ...AUTHORITY, issuer: ROOT, expired: true });
    const none = makeCertificate('none', { certifies: true, issuer: ROOT });
    const short = makeCertificate('short', { ...AUTHORITY, pathLength: 0 });
    const below = makeCertificate('below', { ...AUTHORITY, issuer: short });
    const weak = makeCertificate('weak', { ...AUTHORITY, issuer: ROOT, hash: 'sha1' });
    const loose = makeCertificate('loose', { ...AUTHORITY, issuer: ROOT, isUsageCritical: false });
    const signedBy = (issuer: MadeCertificate, options: CertificateOptions = {}) => made(options, issuer);

    test.each<[string, EnvelopeParts, RegExp]>([
      ['another digest', { target: { digest: `sha256:${'cd'.repeat(32)}` as Digest } }, /not about/],
      ['a digest in capital letters', { target: { digest: TARGET.digest.toUpperCase() as Digest } }, /not about/],
      ['another size only', { target: { sizeBytes: 528 } }, /size/],
      ['another media type only', { target: { mediaType: 'application/json' } }, /type/],
      ['a payload that is no JSON', { payload: 'digest' }, /no JSON/],
      ['a payload that is a text', { payload: '"digest"' }, /no object/],
      ['a payload with a name twice', { payload: '{"targetArtifact":{},"targetArtifact":{}}' }, /twice/],
      ['a payload that is nested without end', { payload: '[['.repeat(50_000) }, /no JSON|nested/],
      ['a payload without a target', { payload: '{"__proto__":{"targetArtifact":{}}}' }, /about nothing/],
      ['another payload type', { header: { cty: 'application/json' } }, /payload/],
      ['no payload type', { header: { cty: undefined } }, /payload/],
      ['an unknown critical header', { header: { crit: critical('x'), x: 1 } }, /critical/],
      ['a critical header that is not there', { header: { crit: critical(EXPIRY) } }, /not there/],
      ['a critical header named twice', { header: { crit: critical(SCHEME) } }, /twice/],
      ['a critical list that is none', { header: { crit: SCHEME } }, /how it was signed/],
      ['no critical scheme', { header: { crit: [] } }, /how it was signed/],
      ['an unknown scheme', { header: { [SCHEME]: 'x' } }, /how it was signed/],
      ['no scheme', { header: { [SCHEME]: undefined } }, /how it was signed/],
      ['no time', { header: { [SIGNING_TIME]: undefined } }, /when it was signed/],
      ['a time that is none', { header: { [SIGNING_TIME]: 'yesterday' } }, /no time/],
      [
        'an authentic time that nobody vouches for',
        { header: { crit: critical(AUTHENTIC_TIME), [AUTHENTIC_TIME]: new Date(0) } },
        /two ways/,
      ],
      [
        'an expiry in the past (CVE-2024-23332)',
        { header: { crit: critical(EXPIRY), [EXPIRY]: new Date('2020-01-01T00:00:00Z') } },
        /expired/,
      ],
      ['an expiry that need not be understood', { header: { [EXPIRY]: new Date('2999-01-01') } }, /critical/],
      ['an expiry that is none', { header: { crit: critical(EXPIRY), [EXPIRY]: 'x' } }, /no time/],
      ['a signature of something else', { signature: Buffer.alloc(64, 1) }, /verify/],
      ['an empty signature', { signature: Buffer.alloc(0) }, /verify/],
      ['no certificate', { chain: [] }, /no certificate/],
      ['a chain without its root', { chain: [LEAF, MIDDLE] }, /root/],
      ['a chain in another order', { chain: [LEAF, ROOT, MIDDLE] }, /not by the next/],
      ['a chain with one too many', { chain: [LEAF, MIDDLE, ROOT, other] }, /not by the next/],
      ['a chain with its root twice', { chain: [...CHAIN, ROOT] }, /behind a root/],
      ['a chain of eleven', { chain: [...CHAIN, ...Array.from({ length: 8 }, () => ROOT)] }, /more than 10/],
      ['a root that nobody trusts', { chain: [signedBy(other), other] }, /none of the given roots/],
      ['an expired certificate', { chain: [made({ expired: true }), MIDDLE, ROOT] }, /not valid now/],
      ['an expired authority in between (CVE-2026-24122)', { chain: [signedBy(old), old, ROOT] }, /not valid now/],
      ['an authority in between that is none', { chain: [signedBy(none), none, ROOT] }, /not that of an authority/],
      ['an authority too deep', { chain: [signedBy(below), below, short] }, /longer than/],
      ['an authority by a signature of SHA-1', { chain: [signedBy(weak), weak, ROOT] }, /can be forged/],
      ['an authority that is one uncritically', { chain: [signedBy(loose), loose, ROOT] }, /not that of an/],
      ['a weak key', { chain: [made({ key: 'rsa 1024' }), MIDDLE, ROOT] }, /1024 bits/],
      ['a certificate for servers', { chain: [made({ purpose: 'server' }), MIDDLE, ROOT] }, /something else/],
      ['one for time stamps', { chain: [made({ purpose: 'time-stamping' }), MIDDLE, ROOT] }, /something else/],
      ['one that may not sign', { chain: [made({ signs: false }), MIDDLE, ROOT] }, /signatures alone/],
      ['one that may sign others', { chain: [made({ certifies: true }), MIDDLE, ROOT] }, /signatures alone/],
      ['one that may encrypt as well', { chain: [made({ usageBits: 0x20 }), MIDDLE, ROOT] }, /signatures alone/],
      [
        'one that says so uncritically',
        { chain: [made({ isUsageCritical: false }), MIDDLE, ROOT] },
        /signatures alone/,
      ],
      ['an authority as the signer', { chain: [MIDDLE, ROOT] }, /authority/],
    ])('%s', (_, parts, why) => {
      const { verdict, reasons } = check(parts);
      expect(reasons[0]).toMatch(why);
      expect(verdict).toBe('failed');
    });

    test('a plugin that is to verify them', () => {
      expect(check({ header: { 'io.cncf.notary.verificationPlugin': 'com.acme' } }).verdict).toBe('not-checked');
    });
  });

  describe('of signing authorities', () => {
    const header = {
      crit: critical(AUTHENTIC_TIME),
      [SCHEME]: 'notary.x509.signingAuthority',
      [SIGNING_TIME]: undefined,
      [AUTHENTIC_TIME]: new Date('2024-06-01T00:00:00Z'),
    };
    const [validFrom, validTo] = [new Date('2024-01-01T00:00:00Z'), new Date('2025-01-01T00:00:00Z')];
    const past = makeCertificate('past', { ...AUTHORITY, validFrom, validTo: new Date('2040-01-01T00:00:00Z') });
    const chain = [made({ validFrom, validTo }, past), past];
    const policy = policyFor(past, { certificates: trusting({ signingAuthority: [past] }) });

    test('are verified by the time that those vouch for', () => {
      expect(check({ header, chain }, policy)).toMatchObject({
        verdict: 'verified',
        signature: { times: [{ at: '2024-06-01T00:00:00.000Z', by: 'signing-authority' }] },
      });
    });

    test.each<[string, Record<string, unknown>, RegExp]>([
      ['after its certificate', { [AUTHENTIC_TIME]: new Date('2025-06-01T00:00:00Z') }, /not valid when it was signed/],
      ['before its certificate', { [AUTHENTIC_TIME]: new Date('2023-06-01T00:00:00Z') }, /not valid yet/],
      ['in the future', { [AUTHENTIC_TIME]: new Date('2035-06-01T00:00:00Z') }, /future/],
      ['whose time is not critical', { crit: critical() }, /not critical/],
      ['with a time of the signer', { [SIGNING_TIME]: new Date('2024-06-01T00:00:00Z') }, /two ways/],
    ])('are not %s', (_, changes, why) => {
      const { verdict, reasons } = check({ header: { ...header, ...changes }, chain }, policy);
      expect(reasons[0]).toMatch(why);
      expect(verdict).toBe('failed');
    });

    test('are not verified by roots of other signers, nor the reverse', () => {
      expect(check({ header, chain }, policyFor(past)).reasons[0]).toMatch(/signing authorities/);
      const store = policyFor(ROOT, { certificates: trusting({ signingAuthority: [ROOT] }) });
      expect(check({}, store).reasons[0]).toMatch(/none of the given roots/);
    });
  });
});
