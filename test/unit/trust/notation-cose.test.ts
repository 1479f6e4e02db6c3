import { encode, Tagged } from 'cborg';
import { describe, expect, test } from 'vitest';
import {
  checkEnvelope,
  coseHeaders,
  coseParts,
  type EnvelopeParts,
  notationEnvelope,
  SCHEME,
  SIGNING_TIME,
} from '../../support/notation-envelopes.ts';

const check = (bytes: Uint8Array) => checkEnvelope('cose', bytes);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** A map of one more member, in bytes that an encoder would not write. */
const withMember = (map: Uint8Array, member: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of((map[0] as number) + 1), map.subarray(1), member]);

describe('a COSE_Sign1 of Notation is refused', () => {
  const [protectedBytes, unprotected, payload, signature] = coseParts();
  const around = (inside: unknown): Uint8Array => encode(new Tagged(18, inside));

  test('as something else: the same parts without the tag, in another, or not four', () => {
    const parts = [protectedBytes, unprotected, payload, signature];
    expect(check(encode(parts)).reasons[0]).toMatch(/no COSE_Sign1/);
    expect(check(encode(new Tagged(98, parts))).reasons[0]).toMatch(/tag not supported/);
    expect(check(encode(new Tagged(1, parts))).reasons[0]).toMatch(/no COSE_Sign1/);
    expect(check(around(parts.slice(0, 3))).reasons[0]).toMatch(/no COSE_Sign1/);
    expect(check(around([...parts, 1])).reasons[0]).toMatch(/no COSE_Sign1/);
  });

  test.each<[string, unknown[], RegExp]>([
    ['a payload elsewhere', [protectedBytes, unprotected, null, signature], /payload is missing/],
    ['a payload that is a text', [protectedBytes, unprotected, Buffer.from(payload).toString(), signature], /payload/],
    ['no signature', [protectedBytes, unprotected, payload, null], /signature is missing/],
    ['protected headers that are not in bytes', [coseHeaders(), unprotected, payload, signature], /header is missing/],
    ['protected headers that are a list', [encode([1]), unprotected, payload, signature], /headers are none/],
    ['no headers', [new Uint8Array(), unprotected, payload, signature], /no CBOR/],
    ['no certificates', [protectedBytes, new Map(), payload, signature], /no certificate/],
    ['certificates that are texts', [protectedBytes, new Map([[33, ['x']]]), payload, signature], /certificate/],
    [
      'a header that is protected and another that is not',
      [protectedBytes, new Map([...unprotected, [1, -7]]), payload, signature],
      /one that is not/,
    ],
    ['a header without a name', [protectedBytes, new Map([[[1], 1]]), payload, signature], /without a name/],
    [
      'a time stamp that is no bytes',
      [protectedBytes, new Map([...unprotected, ['io.cncf.notary.timestampSignature', 1]]), payload, signature],
      /time stamp is missing/,
    ],
  ])('with %s', (_, parts, why) => {
    const { verdict, reasons } = check(around(parts));
    expect(reasons[0]).toMatch(why);
    expect(verdict).toBe('failed');
  });

  test.each<[string, EnvelopeParts]>([
    ['no algorithm', { header: { alg: undefined } }],
    ['the algorithm of another key', { header: { alg: -37 } }],
    ['an algorithm by its name', { header: { alg: 'ES256' } }],
    ['an algorithm with a password', { header: { alg: 5 } }],
  ])('with %s', (_, parts) => {
    expect(check(notationEnvelope('cose', parts)).reasons[0]).toMatch(/algorithm/);
  });

  test('with a time that is a bare number, or has a fraction', () => {
    for (const time of [1_700_000_000, new Tagged(1, 1.5)]) {
      const headers = new Map([...coseHeaders(), [SIGNING_TIME, time]]);
      expect(check(around(coseParts({}, encode(headers)))).reasons[0]).toMatch(/no time|fraction/);
    }
  });

  test('with a critical header that everybody knows', () => {
    expect(check(notationEnvelope('cose', { header: { crit: [SCHEME, 1] } })).reasons[0]).toMatch(/not understood/);
  });

  test('with a header twice, in the protected ones or beside them', () => {
    const twice = withMember(protectedBytes, hex('01 26'));
    expect(check(around(coseParts({}, twice))).reasons[0]).toMatch(/repeat map key/);
    // Its certificates are 33; what is added is 33 again, an empty list.
    const loose = encode(unprotected);
    const parts = [encode(protectedBytes), withMember(loose, hex('18 21 80')), encode(payload), encode(signature)];
    expect(check(Buffer.concat([hex('d2 84'), ...parts])).reasons[0]).toMatch(/repeat map key/);
  });

  test('in a second encoding of the same values', () => {
    // Lengths without an end, a number in more bytes than it takes, a label with a fraction.
    const indefinite = Buffer.concat([hex('bf'), protectedBytes.subarray(1), hex('ff')]);
    expect(check(around(coseParts({}, indefinite))).reasons[0]).toMatch(/indefinite/);
    const long = withMember(protectedBytes, hex('18 04 00'));
    expect(check(around(coseParts({}, long))).reasons[0]).toMatch(/more bytes than necessary/);
    const fraction = withMember(protectedBytes, hex('f9 4400 00'));
    expect(check(around(coseParts({}, fraction))).reasons[0]).toMatch(/fraction/);
  });

  test('with bytes behind its end, or behind that of its headers', () => {
    expect(check(Buffer.concat([notationEnvelope('cose'), Buffer.of(0)])).verdict).toBe('failed');
    expect(check(around(coseParts({}, Buffer.concat([protectedBytes, Buffer.of(0)])))).verdict).toBe('failed');
  });

  test.each([
    ['lists', Buffer.alloc(1_000_000, 0x81)],
    ['tags', Buffer.alloc(1_000_000, 0xd2)],
    ['maps', Buffer.alloc(1_000_000, 0xa1)],
  ])('where %s are nested without end', (_, bytes) => {
    expect(check(bytes).reasons[0]).toMatch(/nested|no CBOR/);
  });

  test('where a list says that it has more members than anybody could count', () => {
    expect(check(hex('d2 9b 001fffffffffffff')).verdict).toBe('failed');
    expect(check(Buffer.concat([hex('9a 00ffffff'), Buffer.alloc(1_000_000, 0x80)])).reasons[0]).toMatch(
      /more than 10000/,
    );
  });

  test('wherever a bit of what is signed is another, or it is cut', () => {
    const envelope = notationEnvelope('cose');
    const chainAt = envelope.indexOf(encode(unprotected));
    for (let at = 0; at < envelope.length; at += 1) {
      expect(check(envelope.subarray(0, at)).verdict).toBe('failed');
      if (at >= chainAt && at < chainAt + encode(unprotected).length) continue;
      const bytes = Buffer.from(envelope);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      expect(check(bytes).verdict).toBe('failed');
    }
  });
});

describe('a COSE_Sign1 of Notation is verified', () => {
  test('with its certificates among what is signed', () => {
    const [, unprotected] = coseParts();
    const headers = encode(new Map([...coseHeaders(), [33, unprotected.get(33)]]));
    const [, , payload, signature] = coseParts({}, headers);
    expect(check(encode(new Tagged(18, [headers, new Map(), payload, signature]))).verdict).toBe('verified');
  });
});
