import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readIdentity } from '../../../src/trust/sigstore/certificate.ts';
import { type CertificateOptions, makeCertificate } from '../../support/certificates.ts';
import { SigstoreInstance, TRUSTED_ISSUER, TRUSTED_NAME } from '../../support/sigstore-instance.ts';

const derOf = (pem: string): Buffer<ArrayBuffer> => Buffer.from(new X509Certificate(pem).raw);
const made = (options: CertificateOptions): Buffer<ArrayBuffer> =>
  derOf(makeCertificate('signer', options).certificate);
const SIGNER = { uri: TRUSTED_NAME, signs: true, purpose: 'code-signing' } as const;

describe('who a certificate says that the signer is', () => {
  test('of Fulcio: the name and who vouches for it', async () => {
    const { certificate } = await (await SigstoreInstance.start()).certify();
    expect(readIdentity(derOf(certificate as string))).toEqual({ name: TRUSTED_NAME, issuer: TRUSTED_ISSUER });
  });

  test('of another authority: nobody vouches for the name', () => {
    expect(readIdentity(made(SIGNER))).toEqual({ name: TRUSTED_NAME, issuer: null });
  });

  test.each<[string, CertificateOptions, string]>([
    ['for servers', { ...SIGNER, purpose: 'server' }, 'signing code'],
    ['for nothing in particular', { uri: TRUSTED_NAME, signs: true }, 'signing code'],
    ['whose key may not sign', { ...SIGNER, signs: false }, 'for signatures'],
    ['of an authority', { ...SIGNER, authority: true }, 'authority'],
    ['without a name', { signs: true, purpose: 'code-signing' }, 'nobody'],
    ['with an empty name', { ...SIGNER, uri: '' }, 'nobody'],
  ])('a certificate %s makes no signer', (_, options, why) => {
    expect(() => readIdentity(made(options))).toThrow(why);
  });
});
