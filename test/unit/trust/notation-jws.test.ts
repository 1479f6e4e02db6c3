import { describe, expect, test } from 'vitest';
import { checkEnvelope, type EnvelopeParts, notationEnvelope } from '../../support/notation-envelopes.ts';

describe('a JWS of Notation is refused', () => {
  test.each<[string, EnvelopeParts, RegExp]>([
    ['without an algorithm', { header: { alg: 'none' } }, /algorithm/],
    ['with an algorithm that wants a password', { header: { alg: 'HS256' } }, /algorithm/],
    ['with the algorithm of another key', { header: { alg: 'PS256' } }, /algorithm/],
    ['with several signatures', { envelope: { signatures: [] } }, /more than one/],
    ['without a signature', { envelope: { signature: undefined } }, /missing/],
    ['in base64 for base64url', { envelope: { signature: Buffer.alloc(64).toString('base64') } }, /base64url/],
    [
      'with a header that is protected and another that is not',
      { envelope: { header: { alg: 'ES256' } } },
      /one that is not/,
    ],
    ['without certificates', { envelope: { header: {} } }, /no certificate/],
    ['with certificates that are no texts', { envelope: { header: { x5c: [1] } } }, /missing/],
    ['with a time that is no RFC 3339', { header: { 'io.cncf.notary.signingTime': '1 January 2026' } }, /no time/],
  ])('%s', (_, parts, why) => {
    const { verdict, reasons } = checkEnvelope('jws', notationEnvelope('jws', parts));
    expect(reasons[0]).toMatch(why);
    expect(verdict).toBe('failed');
  });

  test('wherever a bit of it is another, or it is cut', () => {
    const envelope = notationEnvelope('jws');
    // What is not signed may change without harm: certificates are held against each other and the root.
    const text = envelope.toString();
    const signed = [text.indexOf('"payload"'), text.indexOf('"header"')] as const;
    for (let at = signed[0]; at < signed[1]; at += 3) {
      const bytes = Buffer.from(envelope);
      bytes[at] = (bytes[at] as number) ^ 1;
      expect(checkEnvelope('jws', bytes).verdict).toBe('failed');
      expect(checkEnvelope('jws', envelope.subarray(0, at)).verdict).toBe('failed');
    }
  });
});
