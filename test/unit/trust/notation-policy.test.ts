import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import {
  isTrustedSubject,
  parseNotationIdentity,
  readTrustedCertificates,
} from '../../../src/trust/notation/identity.ts';
import { parseTrustPolicy, statementFor } from '../../../src/trust/notation/trust-policy.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { LEAF, MIDDLE, ROOT, statementOf } from '../../support/notation-envelopes.ts';

const STATEMENT = {
  name: 'acme',
  registryScopes: ['registry.test/acme/api'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['*'],
};
const parse = (document: unknown) => parseTrustPolicy('trustpolicy.json', Buffer.from(JSON.stringify(document)));
const parseStatements = (...statements: object[]) =>
  parse({ version: '1.0', trustPolicies: statements.map((one) => ({ ...STATEMENT, ...one })) });

describe('a trust policy', () => {
  test('says whom to trust for which repository', () => {
    const [first, second] = parseStatements(
      {
        signatureVerification: { level: 'permissive', override: { expiry: 'enforce', authenticity: 'log' } },
        trustStores: ['ca:acme', 'tsa:times.acme_1'],
        trustedIdentities: ['x509.subject: C=US, S=WA, O=Acme'],
      },
      {
        name: 'rest',
        registryScopes: ['*'],
        signatureVerification: { level: 'audit', verifyTimestamp: 'afterCertExpiry' },
      },
    );
    expect(first).toMatchObject({
      scopes: ['registry.test/acme/api'],
      level: 'permissive',
      logged: new Set(['authenticTimestamp', 'authenticity']),
      verifyTimestamp: 'always',
      trustStores: [
        { kind: 'ca', name: 'acme' },
        { kind: 'tsa', name: 'times.acme_1' },
      ],
      identities: [
        new Map([
          ['C', 'US'],
          ['ST', 'WA'],
          ['O', 'Acme'],
        ]),
      ],
    });
    expect(second).toMatchObject({
      scopes: null,
      logged: new Set(['authenticity', 'authenticTimestamp', 'expiry']),
      verifyTimestamp: 'afterCertExpiry',
      identities: [],
    });
  });

  test('is asked by the exact name of a repository first, and then for all others', () => {
    const exact = statementOf({ name: 'exact', scopes: ['registry.test/acme/api'] });
    const rest = statementOf({ name: 'rest' });
    const policy = { statements: [rest, exact], scope: null };
    expect(statementFor(policy, 'registry.test/acme/api')?.name).toBe('exact');
    expect(statementFor(policy, 'registry.test/acme/api2')?.name).toBe('rest');
    expect(statementFor(policy, null)?.name).toBe('rest');
    expect(statementFor({ statements: [exact], scope: null }, null)).toBeNull();
    expect(statementFor({ statements: [exact], scope: 'registry.test/acme/api' }, null)?.name).toBe('exact');
  });

  const [O, store, identity] = [{}, { trustStores: ['ca:acme'] }, 'x509.subject: C=US, ST=WA, O=Acme'];
  test.each<[string, object[], RegExp]>([
    ['no statement', [], /no trustPolicies/],
    ['an unknown member', [{ scope: 'x' }], /"scope", which is not known/],
    ['a blob policy', [{ globalPolicy: true }], /globalPolicy/],
    ['no name', [{ name: '' }], /no name/],
    ['one name twice', [O, { registryScopes: ['*'] }], /two statements have the name/],
    ['one scope twice', [O, { name: 'b' }], /two statements are for registry.test/],
    ['two for all', [{ registryScopes: ['*'] }, { name: 'b', registryScopes: ['*'] }], /two statements are for \*/],
    ['no scope', [{ registryScopes: [] }], /no registryScopes/],
    ['scopes that are a text', [{ registryScopes: 'a.test/b' }], /no texts/],
    ['* beside others', [{ registryScopes: ['*', 'a.test/b'] }], /\* beside other registryScopes/],
    ['a part of a name with *', [{ registryScopes: ['a.test/*'] }], /no repository/],
    ['a scope with a tag', [{ registryScopes: ['a.test/b:1'] }], /no repository/],
    ['a scope with a scheme', [{ registryScopes: ['https://a.test/b'] }], /no repository/],
    ['a scope without a registry', [{ registryScopes: ['alpine'] }], /no repository/],
    ['no verification', [{ signatureVerification: undefined }], /no signatureVerification/],
    ['an unknown level', [{ signatureVerification: { level: 'Strict' } }], /level/],
    ['an unknown member of it', [{ signatureVerification: { level: 'strict', x: 1 } }], /"x"/],
    ['an unknown override', [{ signatureVerification: { level: 'strict', override: { x: 'log' } } }], /"x"/],
    ['integrity overridden', [{ signatureVerification: { level: 'strict', override: { integrity: 'log' } } }], /integ/],
    ['expiry skipped', [{ signatureVerification: { level: 'strict', override: { expiry: 'skip' } } }], /expiry/],
    ['overrides that are a list', [{ signatureVerification: { level: 'strict', override: [] } }], /no object/],
    ['an unknown time', [{ signatureVerification: { level: 'strict', verifyTimestamp: 'never' } }], /verifyTimestamp/],
    ['skipping whom it trusts', [{ signatureVerification: { level: 'skip' } }], /names whom to trust/],
    [
      'skipping with an override',
      [{ signatureVerification: { level: 'skip', override: { expiry: 'log' } } }],
      /overrides what/,
    ],
    ['no trust store', [{ trustStores: [] }], /no trustStores/],
    ['no identity', [{ ...store, trustedIdentities: [] }], /no trustStores or no trustedIdentities/],
    ['a trust store without a kind', [{ trustStores: ['acme'] }], /ca:NAME/],
    ['a trust store of another kind', [{ trustStores: ['tls:acme'] }], /ca:NAME/],
    ['a trust store elsewhere', [{ trustStores: ['ca:../../etc'] }], /ca:NAME/],
    ['a trust store above', [{ trustStores: ['ca:..'] }], /ca:NAME/],
    ['* beside other identities', [{ trustedIdentities: ['*', identity] }], /\* beside other trustedIdentities/],
    ['an identity of another kind', [{ trustedIdentities: ['email: a@b.test'] }], /no identity/],
    ['identities that overlap', [{ trustedIdentities: [identity, `${identity}, OU=Build`] }], /overlap/],
    ['an identity twice', [{ trustedIdentities: [identity, identity] }], /overlap/],
  ])('with %s is an error', (_, statements, why) => {
    let error: unknown;
    try {
      parseStatements(...statements);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'NOTATION_CONFIG_INVALID', message: expect.stringMatching(why) as string });
  });

  test.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['another version', '{"version":"2.0","trustPolicies":[]}'],
    ['a member twice', '{"version":"1.0","version":"1.0","trustPolicies":[]}'],
    ['a member that it inherits', '{"version":"1.0","__proto__":{"trustPolicies":[]}}'],
  ])('that is %s is an error', (_, text) => {
    expect(() => parseTrustPolicy('x', Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'NOTATION_CONFIG_INVALID' }),
    );
  });
});

describe('a signer', () => {
  const subject = [
    ['C', 'US'],
    ['ST', 'WA'],
    ['O', 'Acme, Inc.'],
    ['OU', 'a;b\\c '],
    ['CN', 'signer'],
  ] as const;
  const certificate = new X509Certificate(makeCertificate('signer', { subject }).certificate);

  test.each([
    ['C=US, ST=WA, O=Acme\\, Inc.', true],
    ['C=US,ST=WA,O=Acme\\2C Inc.', true],
    ['O=Acme\\, Inc., S=WA, C=US, CN=signer', true],
    ['C=US, ST=WA, O=Acme\\, Inc., OU=a\\;b\\\\c\\ ', true],
    ['C=US, ST=WA, O=Acme\\, Inc., OU=a\\;b\\\\c', false],
    ['C=US, ST=WA, O=Acme', false],
    ['C=US, ST=WA, O=acme\\, Inc.', false],
    ['C=US, ST=WA, O=Acme\\, Inc., L=Seattle', false],
    ['C=DE, ST=WA, O=Acme\\, Inc.', false],
  ])('is %s: %s', (text, trusted) => {
    expect(isTrustedSubject(certificate, [parseNotationIdentity(`x509.subject: ${text}`)])).toBe(trusted);
  });

  test('cannot write two attributes into one, or one twice', () => {
    const wanted = [parseNotationIdentity('x509.subject: C=US, ST=WA, O=Acme')];
    const forged = [
      [['CN', 'x\nC=US\nST=WA\nO=Acme']],
      [['CN', 'C=US, ST=WA, O=Acme']],
      [
        ['C', 'US'],
        ['ST', 'WA'],
        ['O', 'Evil'],
        ['O', 'Acme'],
      ],
      [
        ['C', 'US'],
        ['ST', 'WA'],
        ['O', 'Acme'],
        ['O', 'Acme'],
      ],
    ] as const;
    for (const parts of forged) {
      const made = new X509Certificate(makeCertificate('x', { subject: parts }).certificate);
      expect(isTrustedSubject(made, wanted)).toBe(false);
    }
  });

  test.each([
    'C=US, ST=WA',
    'C=US, ST=WA, O=',
    'C=US, C=DE, ST=WA, O=x',
    'C=US, ST=WA, S=WA, O=x',
    'c=US, st=WA, o=x',
    'C=US, ST=WA, O=#0c0178',
    'C=US+ST=WA, O=x',
    'C=US, ST=WA, O=a;b',
    'C=US, ST=WA, O="x"',
    'C=US, ST=WA, O=x\\',
    'C=US, ST=WA, O=x\\y',
    'anything',
    '',
  ])('cannot be asked for as %s', (text) => {
    expect(() => parseNotationIdentity(`x509.subject: ${text}`)).toThrow(AuditError);
    expect(() => parseNotationIdentity(text)).toThrow(AuditError);
  });
});

test('a certificate that is no root, or none, is refused as one', () => {
  for (const text of [MIDDLE.certificate, LEAF.certificate, 'x', '']) {
    expect(() => readTrustedCertificates('x', Buffer.from(text), 'root')).toThrow(
      expect.objectContaining({ code: 'CERTIFICATE_INVALID' }),
    );
  }
  expect(readTrustedCertificates('x', Buffer.from(MIDDLE.certificate), 'authority')).toHaveLength(1);
  expect(() => readTrustedCertificates('x', Buffer.from(LEAF.certificate), 'authority')).toThrow(AuditError);
  expect(readTrustedCertificates('x', Buffer.from(ROOT.certificate + MIDDLE.certificate), 'authority')).toHaveLength(2);
});
