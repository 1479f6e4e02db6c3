import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CheckFailure } from '../../../src/trust/check-failure.ts';
import { factsOf } from '../../../src/trust/x509/certificate-facts.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { der, octets, oid, sequence, set } from '../../support/der-writer.ts';

const CERTIFICATE = new X509Certificate(
  makeCertificate('signer', {
    subject: [
      ['C', 'US'],
      ['O', 'Acme, Ünc.'],
      ['OU', 'first'],
      ['OU', 'second'],
    ],
    signs: true,
    purpose: 'code-signing',
    hosts: ['builder.acme.test', '127.0.0.1'],
  }).certificate,
);
/** Only the bytes are looked at. */
const factsOfBytes = (raw: Buffer) => factsOf({ raw } as unknown as X509Certificate);

/** A certificate's body with these extensions and this subject, and nothing else that is right. */
const withParts = (extensions: readonly Buffer[], subject = sequence()): Buffer =>
  sequence(
    sequence(
      der(0xa0, der(0x02, Buffer.of(2))),
      der(0x02, Buffer.of(1)),
      sequence(),
      sequence(),
      sequence(),
      subject,
      sequence(),
      der(0xa3, sequence(...extensions)),
    ),
    sequence(oid('1.2.840.10045.4.3.2')),
  );
const named = (tag: number, value: Buffer): Buffer => sequence(set(sequence(oid('2.5.4.10'), der(tag, value))));

describe('what a certificate says of itself', () => {
  test('is read from its bytes', () => {
    expect(factsOf(CERTIFICATE)).toEqual({
      subject: [
        { type: 'C', value: 'US' },
        { type: 'O', value: 'Acme, Ünc.' },
        { type: 'OU', value: 'first' },
        { type: 'OU', value: 'second' },
      ],
      signatureAlgorithm: '1.2.840.10045.4.3.2',
      basicConstraints: { critical: true, isAuthority: false, pathLength: null },
      keyUsage: { critical: true, bits: 0x80, decipherOnly: false },
      extendedKeyUsage: { critical: false, purposes: ['1.3.6.1.5.5.7.3.3'] },
      alternativeNames: ['builder.acme.test'],
    });
  });

  test('may be nothing', () => {
    expect(factsOfBytes(withParts([]))).toMatchObject({ subject: [], basicConstraints: null, keyUsage: null });
  });

  test.each<[string, number, Buffer, string | null]>([
    ['UTF-8', 0x0c, Buffer.from('Ünc'), 'Ünc'],
    ['printable characters', 0x13, Buffer.from('Inc'), 'Inc'],
    ['Teletex', 0x14, Buffer.of(0xdc, 0x6e, 0x63), 'Ünc'],
    ['UTF-16', 0x1e, Buffer.of(0, 0xdc, 0, 0x6e), 'Ün'],
    ['half of UTF-16', 0x1e, Buffer.of(0), null],
    ['numbers', 0x02, Buffer.of(1), null],
  ])('has names in %s', (_, tag, bytes, value) => {
    expect(factsOfBytes(withParts([], named(tag, bytes))).subject).toEqual([{ type: 'O', value }]);
  });

  test('is refused with an extension twice', () => {
    const usage = sequence(oid('2.5.29.15'), octets(der(0x03, Buffer.of(7, 0x80))));
    expect(() => factsOfBytes(withParts([usage, usage]))).toThrow('twice');
    expect(factsOfBytes(withParts([usage])).keyUsage).toEqual({ critical: false, bits: 0x80, decipherOnly: false });
  });

  test('tells the ninth bit of a key’s use as well', () => {
    const usage = sequence(oid('2.5.29.15'), octets(der(0x03, Buffer.of(7, 0x80, 0x80))));
    expect(factsOfBytes(withParts([usage])).keyUsage?.decipherOnly).toBe(true);
  });

  test('is refused, or is something else, wherever it is cut or a bit of it is another', () => {
    const raw = Buffer.from(CERTIFICATE.raw);
    const outcome = (bytes: Buffer): string => {
      try {
        factsOfBytes(bytes);
        return 'read';
      } catch (error) {
        return error instanceof CheckFailure ? 'refused' : String(error);
      }
    };
    for (let at = 0; at < raw.length; at += 1) {
      expect(outcome(raw.subarray(0, at))).toBe('refused');
      for (const bit of [1, 0x10, 0x80]) {
        const bytes = Buffer.from(raw);
        bytes[at] = (bytes[at] as number) ^ bit;
        expect(outcome(bytes)).toMatch(/^(?:read|refused)$/);
      }
    }
  });

  test.each([
    ['an object identifier with an endless part', der(0x06, Buffer.alloc(65, 0x81))],
    ['an object identifier that breaks off', der(0x06, Buffer.of(0x2a, 0x86))],
    ['an object identifier with a part in two ways', der(0x06, Buffer.of(0x2a, 0x80, 0x01))],
    ['an object identifier of nothing', der(0x06, Buffer.alloc(0))],
  ])('is refused with %s', (_, id) => {
    expect(() => factsOfBytes(withParts([sequence(id, octets(Buffer.alloc(0)))]))).toThrow('object identifier');
  });
});
