import { describe, expect, test } from 'vitest';
import type { NotationStatement } from '../../../src/trust/notation/trust-policy.ts';
import { makeCertificate } from '../../support/certificates.ts';
import {
  AUTHORITY,
  checkEnvelope,
  type EnvelopeParts,
  EXPIRY,
  FORMATS,
  MIDDLE,
  notationEnvelope,
  policyFor,
  ROOT,
  SCHEME,
  SIGNER,
  trusting,
} from '../../support/notation-envelopes.ts';
import { makeTimeStamp } from '../../support/time-stamps.ts';

describe.each(FORMATS)('a level, for signatures in %s', (format) => {
  const check = (parts: EnvelopeParts, changes: Partial<NotationStatement>, now?: Date) =>
    checkEnvelope(format, notationEnvelope(format, parts), policyFor(ROOT, changes), now);
  const levels = {
    strict: [],
    permissive: ['authenticTimestamp', 'expiry'],
    audit: ['authenticity', 'authenticTimestamp', 'expiry'],
  } as const;
  const verdicts = (parts: EnvelopeParts, changes: Partial<NotationStatement> = {}) =>
    Object.values(levels).map((logged) => check(parts, { ...changes, logged: new Set(logged) }).verdict);
  const expired = {
    header: { crit: [SCHEME, EXPIRY], [EXPIRY]: new Date('2020-01-01T00:00:00Z') },
  };
  const old = makeCertificate('old', { ...SIGNER, issuer: MIDDLE, expired: true });
  const other = trusting({ ca: [makeCertificate('other', AUTHORITY)] });

  test('enforces or tells that a signature has expired', () => {
    expect(verdicts(expired)).toEqual(['failed', 'verified', 'verified']);
  });

  test('enforces or tells that its certificate has', () => {
    expect(verdicts({ chain: [old, MIDDLE, ROOT] })).toEqual(['failed', 'verified', 'verified']);
  });

  test('may tell that nobody trusts the signer, which verifies nothing', () => {
    expect(verdicts({}, { certificates: other })).toEqual(['failed', 'failed', 'unverified']);
  });

  test('never tells only that it is about something else, or no signature', () => {
    expect(verdicts({ target: { sizeBytes: 1 } })).toEqual(['failed', 'failed', 'failed']);
    expect(verdicts({ signature: Buffer.alloc(64, 1) })).toEqual(['failed', 'failed', 'failed']);
  });

  test('says what it only told', () => {
    expect(check(expired, { logged: new Set(['expiry']) }).reasons).toEqual([
      'it expired at 2020-01-01T00:00:00.000Z; the trust policy "policy" only tells that',
    ]);
  });

  test('that skips verifies nothing', () => {
    expect(check({}, { level: 'skip' })).toMatchObject({ verdict: 'not-checked' });
  });

  test('is of no use for another repository', () => {
    expect(check({}, { scopes: ['registry.test/acme/api'] })).toMatchObject({ verdict: 'unverified' });
  });
});

describe.each(FORMATS)('time stamps of signatures in %s', (format) => {
  const times = makeCertificate('times', { ...AUTHORITY, validFrom: new Date('2020-01-01') });
  const stamper = makeCertificate('stamper', {
    signs: true,
    purpose: 'time-stamping',
    issuer: times,
    validFrom: new Date('2020-01-01'),
  });
  const [validFrom, validTo] = [new Date('2024-01-01T00:00:00Z'), new Date('2025-01-01T00:00:00Z')];
  const root = makeCertificate('root', { ...AUTHORITY, validFrom: new Date('2020-01-01') });
  const past = makeCertificate('past', { ...SIGNER, issuer: root, validFrom, validTo });
  const current = makeCertificate('current', { ...SIGNER, issuer: root });
  const stampAt =
    (at: string, accuracySeconds = 0) =>
    (signature: Buffer) =>
      makeTimeStamp(signature, stamper, { at: new Date(at), ...(accuracySeconds === 0 ? {} : { accuracySeconds }) });
  const verdictOf = (parts: EnvelopeParts, changes: Partial<NotationStatement> = {}) => {
    const certificates = trusting({ ca: [root], tsa: [times] });
    const policy = policyFor(root, { certificates, wantsTimeStamps: true, ...changes });
    const { verdict, reasons } = checkEnvelope(format, notationEnvelope(format, parts), policy);
    return [verdict, ...reasons].join(': ');
  };

  test('prove that a certificate was valid that no longer is', () => {
    const parts = { chain: [past, root], stamp: stampAt('2024-06-01T00:00:00Z') };
    expect(verdictOf(parts)).toBe('verified');
    expect(verdictOf(parts, { verifyTimestamp: 'afterCertExpiry' })).toBe('verified');
    expect(verdictOf(parts, { wantsTimeStamps: false })).toMatch(/^failed: .*not valid now/);
  });

  test('have to be there where the policy wants them', () => {
    expect(verdictOf({ chain: [current, root] })).toMatch(/^failed: it has no time stamp/);
    expect(verdictOf({ chain: [current, root] }, { verifyTimestamp: 'afterCertExpiry' })).toBe('verified');
    expect(verdictOf({ chain: [past, root] }, { verifyTimestamp: 'afterCertExpiry' })).toMatch(/no time stamp/);
  });

  test.each([
    ['after the certificate', stampAt('2025-01-01T00:00:01Z'), /not valid when its time stamp/],
    ['maybe after it', stampAt('2024-12-31T23:59:59Z', 2), /not valid when its time stamp/],
    ['before it', stampAt('2023-12-31T23:59:59Z'), /not valid yet when its time stamp/],
    ['maybe before it', stampAt('2024-01-01T00:00:01Z', 2), /not valid yet when its time stamp/],
    ['of another signature', () => makeTimeStamp(Buffer.from('x'), stamper, { at: validFrom }), /something else/],
    ['that are none', () => Buffer.from('x'), /time stamp|DER/],
  ])('prove nothing %s', (_, stamp, why) => {
    expect(verdictOf({ chain: [past, root], stamp })).toMatch(why);
  });

  test('prove nothing by an authority for signers', () => {
    const parts = { chain: [past, root], stamp: stampAt('2024-06-01T00:00:00Z') };
    const certificates = trusting({ ca: [root, times], tsa: [root] });
    expect(verdictOf(parts, { certificates })).toMatch(/does not lead/);
  });
});
