import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrust } from '../../../src/audit/index.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { recordedPath } from '../../support/recorded.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-notation-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of a configuration that is right, with something changed. */
function configuration(name: string, change: (root: string, store: string) => void): string {
  const root = join(folder, name);
  cpSync(recordedPath('notation'), root, { recursive: true });
  change(root, join(root, 'truststore', 'x509', 'ca', 'acme'));
  return root;
}
const load = (notationConfig: string) => loadTrust({ notationConfig }).policy.notation;
const leaf = () => {
  const authority = makeCertificate('root', { authority: true, certifies: true });
  return makeCertificate('leaf', { issuer: authority, signs: true }).certificate;
};

describe('the configuration of Notation', () => {
  test('names trust stores, of which only those are read', () => {
    const root = configuration('right', (_, store) => {
      mkdirSync(join(store, 'more'));
      writeFileSync(join(store, 'more', 'other.pem'), 'not read');
      mkdirSync(join(store, '..', 'unnamed'));
      writeFileSync(join(store, '..', 'unnamed', 'x.pem'), 'not read');
    });
    const [statement] = load(root)?.statements ?? [];
    expect(statement?.certificates.ca).toHaveLength(1);
    expect(statement?.certificates.tsa).toHaveLength(1);
    expect(statement?.certificates.signingAuthority).toEqual([]);
    expect(statement?.wantsTimeStamps).toBe(true);
  });

  test('may have the newer name, which comes first', () => {
    const root = configuration('newer', (at) => {
      renameSync(join(at, 'trustpolicy.json'), join(at, 'trustpolicy.oci.json'));
      writeFileSync(join(at, 'trustpolicy.json'), 'not read');
    });
    expect(load(root)?.statements).toHaveLength(1);
  });

  test.each<[string, (root: string, store: string) => void, RegExp]>([
    ['has no policy', (root) => rmSync(join(root, 'trustpolicy.json')), /has no trustpolicy\.json/],
    [
      'has a policy that is a link',
      (root) => {
        renameSync(join(root, 'trustpolicy.json'), join(root, 'real.json'));
        symlinkSync('real.json', join(root, 'trustpolicy.json'));
      },
      /no regular file/,
    ],
    ['has a policy that is none', (root) => writeFileSync(join(root, 'trustpolicy.json'), '{}'), /no trust policy/],
    ['has no such trust store', (_, store) => rmSync(store, { recursive: true }), /no trust store ca:acme/],
    [
      'has a trust store that is a link',
      (root, store) => {
        renameSync(store, join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), store);
      },
      /no trust store ca:acme/,
    ],
    ['has a certificate that is a link', (_, store) => symlinkSync('root.pem', join(store, 'b.pem')), /is a link/],
    ['has an empty trust store', (_, store) => rmSync(join(store, 'root.pem')), /no certificate/],
    [
      'has a file that is no certificate',
      (_, store) => writeFileSync(join(store, 'README'), 'x'),
      /ends? in|no certificate/,
    ],
    ['has a certificate that cannot be read', (_, store) => writeFileSync(join(store, 'b.pem'), 'x'), /can be read/],
    ['has a certificate of a signer', (_, store) => writeFileSync(join(store, 'b.crt'), leaf()), /no authority/],
    [
      'trusts an authority below the root for time stamps',
      (root) => {
        const store = join(root, 'truststore', 'x509', 'tsa', 'acme-times');
        cpSync(recordedPath('cosign', 'middle.crt'), join(store, 'middle.crt'));
      },
      /no root/,
    ],
  ])('that %s is an error', (name, change, why) => {
    expect(() => load(configuration(name, change))).toThrow(why);
  });

  test('and roots of its own contradict each other', () => {
    const usage = (options: object) =>
      expect(() => loadTrust(options)).toThrow(expect.objectContaining({ code: 'USAGE_INVALID' }));
    usage({ notationConfig: recordedPath('notation'), notationRoots: [recordedPath('cosign', 'root.crt')] });
    usage({ notationScope: 'registry.test/acme/api' });
    usage({ notationIdentities: ['x509.subject: C=US, ST=WA, O=Acme'] });
  });
});
