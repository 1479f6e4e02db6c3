import { X509Certificate } from 'node:crypto';
import { failed, orFail } from '../check-failure.ts';
import { factsOf } from '../x509/certificate-facts.ts';
import { checkAuthorities, checkOrder, checkSignatureUse } from '../x509/certificate-path.ts';

/** Longest chain that is read. */
const MAX_CERTIFICATES = 10;
/** Purposes that a signer's certificate must not have besides (signature-specification.md, "Certificate Requirements"). */
const FORBIDDEN_PURPOSES = new Set([
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.8',
  // OCSP, which the reference implementation refuses as well.
  '1.3.6.1.5.5.7.3.9',
]);

/**
 * Reads a chain as Notation wants it: the signer first, each signed by the next, the root last, and nothing else. When it
 * was valid is another question.
 * @throws CheckFailure `failed`
 */
export function readChain(list: readonly Buffer[]): [X509Certificate, ...X509Certificate[]] {
  if (list.length > MAX_CERTIFICATES) throw failed(`its chain has more than ${MAX_CERTIFICATES} certificates`);
  const chain = list.map((der) =>
    orFail('its certificates cannot be read', () => {
      const certificate = new X509Certificate(der);
      if (!certificate.raw.equals(der)) throw failed('a certificate of its chain has bytes behind its end');
      return certificate;
    }),
  );
  const [leaf] = chain;
  if (leaf === undefined) throw failed('it brings no certificate');
  orFail('its certificates cannot be read', () => {
    checkOrder(chain);
    checkAuthorities(chain, { critical: 'both' });
    checkSigner(leaf);
  });
  return chain as [X509Certificate, ...X509Certificate[]];
}

function checkSigner(leaf: X509Certificate): void {
  checkSignatureUse(leaf, { critical: true });
  const purposes = factsOf(leaf).extendedKeyUsage?.purposes ?? [];
  if (purposes.some((purpose) => FORBIDDEN_PURPOSES.has(purpose))) {
    throw failed('its certificate is for something else than signing');
  }
}
