import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrust, type TrustOptions } from '../../../src/audit/index.ts';
import { AuditError } from '../../../src/core/index.ts';
import { embeddedRoots, rootsOfFile } from '../../../src/trust/index.ts';
import { parseStrictJson } from '../../../src/trust/strict-json.ts';
import { keySigner, publicPem, SigstoreInstance } from '../../support/sigstore-instance.ts';

let folder: string;
let instance: SigstoreInstance;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-policy-'));
  instance = await SigstoreInstance.start();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const saved = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof AuditError ? error.code : String(error);
  }
  return 'no error';
};

describe('whom to trust', () => {
  test('a public key in PEM is read, and known by its fingerprint', () => {
    const { policy } = loadTrust({ keys: [saved('cosign.pub', publicPem(keySigner()))] });
    expect(policy.keys[0]?.fingerprint).toMatch(/^sha256:[a-f0-9]{64}$/);
    expect(policy.identities).toEqual([]);
  });

  test.each(['awskms:///alias/key', 'gcpkms://projects/x', 'azurekms://v/k', 'hashivault://k', 'k8s://ns/secret'])(
    'a key in a service is refused with what to do: %s',
    (key) => {
      expect(() => loadTrust({ keys: [key] })).toThrow(
        expect.objectContaining({ code: 'KEY_INVALID', hint: expect.stringContaining('cosign public-key') }),
      );
    },
  );

  test.each([
    ['that is not there', () => join(folder, 'absent.pub')],
    ['that is none', () => saved('none.pub', 'no key')],
    [
      'that is private',
      () => saved('private.key', keySigner().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    ],
    ['that is two', () => saved('two.pub', publicPem(keySigner()) + publicPem(keySigner()))],
    ['that is damaged', () => saved('bad.pub', publicPem(keySigner()).replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'))],
    [
      'that is too short',
      () => saved('short.pub', publicPem(keySigner(generateKeyPairSync('rsa', { modulusLength: 1024 })))),
    ],
    [
      'with which nobody signs',
      () => saved('x.pub', generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    ],
  ])('a key %s is refused', (_, key) => {
    expect(codeOf(() => loadTrust({ keys: [key()] }))).toBe('KEY_INVALID');
  });

  test.each<[string, TrustOptions]>([
    ['a name without an issuer', { identity: 'a@b.test' }],
    ['an issuer without a name', { issuer: 'https://issuer.test' }],
    ['an empty name', { identity: '', issuer: 'https://issuer.test' }],
    ['a name and a pattern', { identity: 'a', identityPattern: 'b', issuer: 'c' }],
    ['a pattern that is none', { identityPattern: '(', issuer: 'c' }],
    ['a pattern that fits everything by saying nothing', { identityPattern: '', issuer: 'c' }],
    ['an unknown type', { predicateTypes: ['slsaprovenence'] }],
  ])('%s is refused', (_, options) => {
    expect(codeOf(() => loadTrust(options))).toBe('USAGE_INVALID');
  });
});

describe('trusted roots', () => {
  test('the embedded one is of the public-good instance, and says how old it is', () => {
    const { root, origin, place, knowsUntil, expires } = embeddedRoots();
    expect(root.tlogs.map(({ baseUrl }) => baseUrl)).toContain('https://rekor.sigstore.dev');
    expect(root.timestampAuthorities.length).toBeGreaterThan(0);
    expect({ origin, place }).toEqual({ origin: 'embedded', place: expect.stringMatching(/^@sigstore\/tuf \d/) });
    expect(Date.parse(knowsUntil as string)).toBeLessThan(Date.parse(expires as string));
  });

  test.each<[string, (root: Record<string, unknown>) => string]>([
    ['no JSON', () => 'x'],
    ['another document', (root) => JSON.stringify({ ...root, mediaType: 'application/json' })],
    ['no authority and no log', ({ mediaType }) => JSON.stringify({ mediaType })],
    [
      'a log without a beginning',
      (root) => JSON.stringify(root).replace('"start":"2020-01-01T00:00:00Z"', '"end":null'),
    ],
  ])('%s is none', (_, change) => {
    expect(codeOf(() => rootsOfFile('root.json', Buffer.from(change(instance.root))))).toBe('TRUSTED_ROOT_INVALID');
  });

  test('CVE-2026-39984: an authority for time stamps whose certificate is for something else is none', () => {
    const { timestampAuthorities, certificateAuthorities } = instance.root;
    const swapped = { ...instance.root, timestampAuthorities: certificateAuthorities };
    expect(timestampAuthorities).not.toEqual(certificateAuthorities);
    expect(rootsOfFile('root.json', Buffer.from(JSON.stringify(swapped))).root.timestampAuthorities).toEqual([]);
  });
});

describe('signed JSON', () => {
  test.each([
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a name twice further down', '{"x":[{"a":1,"b":{"c":1},"a":2}]}'],
    ['deep nesting', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['a list', '[]'],
    ['a text with bytes that are no UTF-8', '{"a":"\xff"}'],
    ['a byte-order mark', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    const encoding = text.includes('\xff') ? 'latin1' : 'utf8';
    expect(() => parseStrictJson(Buffer.from(text, encoding), 'it')).toThrow(/^it /);
  });

  test.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"\\"a\\":","b":"{\\\\"}',
    '{"__proto__":1}',
    '{"a" : ["a","a"]}',
  ])('takes %s', (text) => {
    expect(parseStrictJson(Buffer.from(text), 'it')).toEqual(JSON.parse(text));
  });
});
