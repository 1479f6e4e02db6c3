import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CheckFailure } from '../../../src/trust/check-failure.ts';
import { tokenOfResponse, verifyTimeStamp } from '../../../src/trust/x509/time-stamp.ts';
import { type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { der, oid, sequence, set } from '../../support/der-writer.ts';
import { answerWith, makeTimeStamp, type StampOptions } from '../../support/time-stamps.ts';

const STAMPER = { signs: true, purpose: 'time-stamping' } as const;
const ROOT = makeCertificate('times', { authority: true, certifies: true });
const MIDDLE = makeCertificate('middle', { authority: true, certifies: true, issuer: ROOT });
const LEAF = makeCertificate('stamper', { ...STAMPER, issuer: ROOT });
const DATA = Buffer.from('a signature');
const AT = new Date('2026-11-01T10:00:00Z');
const NOW = new Date(Date.now() + 3_600_000);

const made = (options: object = {}, issuer = ROOT): MadeCertificate =>
  makeCertificate('stamper', { ...STAMPER, validFrom: new Date('2020-01-01'), issuer, ...options });
const OLD_ENOUGH = made();
const authority = (options: object = {}): MadeCertificate =>
  makeCertificate('times', { authority: true, certifies: true, validFrom: new Date('2020-01-01'), ...options });
const PAST_ROOT = authority();
const PAST = made({}, PAST_ROOT);

const certificates = (...list: readonly MadeCertificate[]) => list.map((one) => new X509Certificate(one.certificate));
const verify = (token: Buffer, roots: readonly MadeCertificate[] = [PAST_ROOT]) =>
  verifyTimeStamp(token, DATA, certificates(...roots), { now: NOW });
const stamp = (options: StampOptions = {}, signer = PAST) => makeTimeStamp(DATA, signer, { at: AT, ...options });
/** What was thrown, in words. */
const failureOf = (check: () => unknown): string => {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(CheckFailure);
    return (error as CheckFailure).message;
  }
  return 'nothing';
};

describe('a time stamp', () => {
  test('tells when something was there', () => {
    expect(verify(stamp())).toEqual({ at: AT, earliest: AT, latest: AT });
  });

  test('is as exact as the authority says', () => {
    const { earliest, latest } = verify(stamp({ accuracySeconds: 2 }));
    expect([earliest.toISOString(), latest.toISOString()]).toEqual([
      '2026-11-01T09:59:58.000Z',
      '2026-11-01T10:00:02.000Z',
    ]);
  });

  test('is exact to the second under the policy that says so (RFC 3628)', () => {
    expect(verify(stamp({ policy: '0.4.0.2023.1.1' })).latest.toISOString()).toBe('2026-11-01T10:00:01.000Z');
  });

  test.each([
    ['20261101100000.5Z', 500],
    ['20261101100000.123456Z', 123],
  ])('has fractions of a second: %s', (timeText, milliseconds) => {
    expect(verify(stamp({ timeText })).at.getMilliseconds()).toBe(milliseconds);
  });

  test('is verified with RSA and SHA-384, and over a digest of SHA-512', () => {
    const signer = made({ key: 'rsa 2048' }, PAST_ROOT);
    expect(verify(stamp({ imprintHash: 'sha512' }, signer)).at).toEqual(AT);
  });

  test('leads to its root over what is in it, in whatever order', () => {
    const middle = authority({ issuer: PAST_ROOT });
    const signer = made({}, middle);
    expect(verify(stamp({ bag: [PAST_ROOT, middle, signer] }, signer)).at).toEqual(AT);
    expect(failureOf(() => verify(stamp({ bag: [signer] }, signer)))).toMatch(/does not lead/);
  });

  test('is by a certificate that has expired since', () => {
    const signer = made({ validTo: new Date('2026-11-02') }, PAST_ROOT);
    expect(verify(stamp({}, signer)).at).toEqual(AT);
  });
});

describe('a time stamp is refused', () => {
  test.each<[string, StampOptions, RegExp]>([
    ['over something else', { imprintOf: Buffer.from('another signature') }, /over something else/],
    ['over a digest that can be forged', { imprintHash: 'sha1' }, /kind that is not taken/],
    ['with content that is not the one signed', { digestOf: Buffer.from('x') }, /over something else/],
    ['without its certificate', { bag: [] }, /does not bring/],
    ['that does not say by which certificate it is', { named: null }, /does not say/],
    ['that says one certificate and names another', { named: LEAF, bag: [PAST, LEAF] }, /two certificates/],
    [
      'with another certificate that would do, in its bag (CVE-2026-39984)',
      { named: OLD_ENOUGH, beside: OLD_ENOUGH, bag: [PAST, OLD_ENOUGH] },
      /does not verify/,
    ],
    ['of another content', { contentType: '1.2.840.113549.1.7.1' }, /is none/],
    ['without a signer', { signers: 0 }, /0 signers/],
    ['with two signers', { signers: 2 }, /2 signers/],
    ['from the future', { at: new Date(NOW.getTime() + 60_000) }, /future/],
    ['from before its certificate', { at: new Date('2019-01-01') }, /not valid yet/],
    ['of the 31st of February', { timeText: '20260231000000Z' }, /time in DER/],
    ['of local time', { timeText: '20261101100000' }, /time in DER/],
    ['of a year of three digits', { timeText: '0261101100000Z' }, /time in DER/],
  ])('%s', (_, options, why) => {
    expect(failureOf(() => verify(stamp(options)))).toMatch(why);
  });

  test.each<[string, object, RegExp]>([
    ['for servers', { purpose: 'server' }, /not for time stamps alone/],
    ['for code', { purpose: 'code-signing' }, /not for time stamps alone/],
    ['without a purpose', { purpose: undefined }, /not for time stamps alone/],
    ['for time stamps, uncritically', { purpose: 'time-stamping, not critical' }, /not for time stamps alone/],
    ['that may not sign', { signs: false }, /signatures alone/],
    ['that may certify', { certifies: true }, /signatures alone/],
    ['that is an authority', { authority: true }, /authority/],
    ['with a weak key', { key: 'rsa 1024' }, /1024 bits/],
    ['that had expired', { validTo: new Date('2026-10-31') }, /not valid when/],
  ])('by a certificate %s', (_, options, why) => {
    const signer = made(options, PAST_ROOT);
    expect(failureOf(() => verify(stamp({}, signer)))).toMatch(why);
  });

  test('by an authority that nobody trusts, or under a trusted name with another key', () => {
    expect(failureOf(() => verify(stamp(), []))).toMatch(/does not lead/);
    expect(failureOf(() => verify(stamp(), [authority()]))).toMatch(/does not lead/);
    const brought = [PAST, PAST_ROOT];
    expect(failureOf(() => verify(stamp({ bag: brought }), [ROOT, MIDDLE]))).toMatch(/does not lead/);
  });

  test('with more certificates than anybody would bring', () => {
    const bag = Array.from({ length: 21 }, () => PAST);
    expect(failureOf(() => verify(stamp({ bag })))).toMatch(/more than 20/);
  });

  test('wherever a bit of it is another', () => {
    const token = stamp();
    // The list of digest algorithms in front of what is signed says nothing that anybody believes.
    const believed = set(sequence(oid('2.16.840.1.101.3.4.2.1')));
    const start = token.indexOf(believed);
    const accepted: number[] = [];
    for (let at = 0; at < token.length; at += 1) {
      const bytes = Buffer.from(token);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      if (failureOf(() => verify(bytes)) === 'nothing') accepted.push(at);
    }
    expect(accepted.filter((at) => at < start || at >= start + believed.length)).toEqual([]);
  });

  test('wherever it is cut, and with bytes behind its end', () => {
    const token = stamp();
    for (let length = 0; length < token.length; length += 1) {
      expect(failureOf(() => verify(token.subarray(0, length)))).not.toBe('nothing');
    }
    expect(failureOf(() => verify(Buffer.concat([token, Buffer.of(0)])))).toMatch(/behind the end/);
  });

  test('as lists within lists, or with lengths of BER', () => {
    let nested: Buffer = der(0x02, Buffer.of(1));
    for (let i = 0; i < 10_000; i += 1) nested = Buffer.from(sequence(nested.subarray(0, 60_000)));
    expect(failureOf(() => verify(nested))).not.toBe('nothing');
    expect(failureOf(() => verify(Buffer.from('30800000', 'hex')))).toMatch(/length/);
    expect(failureOf(() => verify(Buffer.from('3081020500', 'hex')))).toMatch(/longer than it has to be/);
    expect(failureOf(() => verify(Buffer.concat([Buffer.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), stamp()])))).toMatch(
      /cut off/,
    );
    expect(failureOf(() => verify(sequence(Buffer.alloc(3000, Buffer.of(5, 0)))))).toMatch(/1000 members/);
    expect(failureOf(() => verify(Buffer.alloc(2_000_000)))).toMatch(/too much/);
  });
});

describe('the answer of an authority', () => {
  test('holds a token', () => {
    const token = stamp();
    expect(tokenOfResponse(answerWith(token))).toEqual(token);
    expect(tokenOfResponse(answerWith(token, 1))).toEqual(token);
  });

  test('is none where it was refused, or empty', () => {
    expect(failureOf(() => tokenOfResponse(answerWith(stamp(), 2)))).toMatch(/not granted/);
    expect(failureOf(() => tokenOfResponse(answerWith(Buffer.alloc(0))))).toMatch(/missing/);
  });
});
