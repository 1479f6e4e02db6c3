import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/core/index.ts';
import { checkBundle, type TrustContext } from '../../../src/trust/index.ts';
import { bundleAround, bundleOf, policyOf, type TestTrust } from '../../support/attachments.ts';
import { sha256 } from '../../support/image-builder.ts';
import {
  dsseEntry,
  type Envelope,
  envelopeOf,
  hashedRekord,
  keySigner,
  SigstoreInstance,
  signMessage,
  statementAbout,
  type TestSigner,
} from '../../support/sigstore-instance.ts';

const MANIFEST = Buffer.from('{"a manifest":1}');
const DIGEST = sha256(MANIFEST) as Digest;
type Json = Record<string, unknown>;

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

const contextOf = (trust: TestTrust = {}, of = instance): TrustContext => ({
  roots: of.roots,
  ignoreLog: trust.ignoreLog ?? false,
  policy: policyOf(trust),
});
const check = (bundle: Json | string, trust: TestTrust = {}, of = instance) =>
  checkBundle(
    Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)),
    { digest: DIGEST, manifest: MANIFEST },
    contextOf(trust, of),
  );
const material = (bundle: Json): Json => bundle['verificationMaterial'] as Json;
const entryOf = (bundle: Json): Json => (material(bundle)['tlogEntries'] as Json[])[0] as Json;

async function messageBundle(by: TestSigner = signer): Promise<Json> {
  const signature = signMessage(MANIFEST, by);
  const entry = await instance.log(hashedRekord(MANIFEST, signature, by));
  return {
    ...bundleAround(by, entry),
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(DIGEST.slice(7), 'hex').toString('base64') },
      signature: signature.toString('base64'),
    },
  };
}

describe('bundles', () => {
  test.each(['https://slsa.dev/provenance/v1', 'https://sigstore.dev/cosign/sign/v1'])(
    'with a statement of type %s are verified',
    async (type) => {
      const { verdict, reasons, claim } = check(await bundleOf(instance, signer, statementAbout(DIGEST, type)));
      expect({ verdict, reasons }).toEqual({ verdict: 'verified', reasons: [] });
      expect(claim).toMatchObject({ kind: type.includes('cosign') ? 'signature' : 'attestation', predicateType: type });
    },
  );

  test('over the manifest itself are verified', async () => {
    expect(check(await messageBundle()).verdict).toBe('verified');
  });

  test.each(['P-256', 'P-384', 'P-521'])('by a key on %s are verified with its usual digest', async (namedCurve) => {
    const keyed = keySigner(generateKeyPairSync('ec', { namedCurve }));
    const bundle = await bundleOf(instance, keyed, statementAbout(DIGEST));
    expect(check(bundle, { keys: [keyed] }).verdict).toBe('verified');
    expect(check(bundle, { keys: [keySigner()] }).verdict).toBe('failed');
    expect(check(bundle).verdict).toBe('unverified');
  });
});

/** Writes another text where a log has signed one. */
function changeCheckpoint(bundle: Json, change: (text: string) => string): void {
  const { checkpoint } = entryOf(bundle)['inclusionProof'] as { checkpoint: { envelope: string } };
  const text = change(checkpoint.envelope);
  expect(text).not.toBe(checkpoint.envelope);
  checkpoint.envelope = text;
}

describe('what is wrong with a bundle', () => {
  test.each<[string, (bundle: Json) => unknown, string]>([
    [
      'an unknown version',
      (b) => Object.assign(b, { mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' }),
      'not-checked',
    ],
    ['a version with more behind it', (b) => Object.assign(b, { mediaType: `${b['mediaType']}xyz` }), 'not-checked'],
    ['both contents', (b) => Object.assign(b, { messageSignature: { signature: 'AAAA' } }), 'failed'],
    ['no content', (b) => delete b['dsseEnvelope'], 'failed'],
    ['a key and a certificate', (b) => Object.assign(material(b), { publicKey: { hint: '' } }), 'failed'],
    ['no log entry', (b) => Object.assign(material(b), { tlogEntries: [] }), 'failed'],
    ['no promise, so no time (sigstore-js 3.1.1)', (b) => delete entryOf(b)['inclusionPromise'], 'failed'],
    ['no proof', (b) => delete entryOf(b)['inclusionProof'], 'failed'],
    ['a negative index', (b) => Object.assign(entryOf(b), { logIndex: '-1' }), 'failed'],
    [
      'another kind than the log has',
      (b) => Object.assign(entryOf(b), { kindVersion: { kind: 'intoto', version: '0.0.2' } }),
      'failed',
    ],
    [
      'one entry twice (CVE-2026-49834)',
      (b) => (material(b)['tlogEntries'] as Json[]).push({ ...entryOf(b) }),
      'failed',
    ],
    [
      'a checkpoint whose log is a pattern for all (sigstore-js 4.1.2)',
      (b) => changeCheckpoint(b, (text) => text.replace(/^.*$/m, '.*').replace(/^— \S+/m, '— .*')),
      'failed',
    ],
    [
      'a checkpoint of a tree of no size',
      (b) => changeCheckpoint(b, (text) => text.replace('\n1\n', '\n\n')),
      'failed',
    ],
    [
      'an entry that says another log than its checkpoint (sigstore-js 4.1.3)',
      (b) => Object.assign(entryOf(b), { logId: { keyId: Buffer.alloc(32, 7).toString('base64') } }),
      'failed',
    ],
    ['seventeen entries', (b) => Object.assign(material(b), { tlogEntries: Array(17).fill(entryOf(b)) }), 'failed'],
    [
      'two signatures',
      (b) => {
        const envelope = b['dsseEnvelope'] as Envelope;
        b['dsseEnvelope'] = { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] };
      },
      'failed',
    ],
    [
      'base64 with something in it',
      (b) => {
        const envelope = b['dsseEnvelope'] as Envelope;
        b['dsseEnvelope'] = { ...envelope, payload: `${envelope.payload}\n` };
      },
      'failed',
    ],
    [
      'a payload type that was not signed',
      (b) => {
        b['dsseEnvelope'] = { ...(b['dsseEnvelope'] as Envelope), payloadType: 'application/vnd.in-toto+jsön' };
      },
      'failed',
    ],
  ])('%s', async (_, change, verdict) => {
    const bundle = await bundleOf(instance, signer, statementAbout(DIGEST));
    expect(check(bundle).verdict).toBe('verified');
    change(bundle);
    expect(check(bundle).verdict).toBe(verdict);
  });

  test.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['nothing', ''],
    ['a name twice', `{"mediaType":"a","mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}`],
  ])('%s', (_, text) => {
    expect(check(text).verdict).toBe('failed');
  });

  test('CVE-2026-22703: the log has another key', async () => {
    const envelope = envelopeOf(statementAbout(DIGEST), signer);
    const logged = await instance.log(dsseEntry(envelope, await instance.certify()));
    const { verdict, reasons } = check({ ...bundleAround(signer, logged), dsseEnvelope: envelope });
    expect(verdict).toBe('failed');
    expect(reasons[0]).toContain('another key');
  });

  test('a digest that is not that of the message', async () => {
    const bundle = await messageBundle();
    (bundle['messageSignature'] as Json)['messageDigest'] = {
      algorithm: 'SHA2_256',
      digest: Buffer.alloc(32).toString('base64'),
    };
    expect(check(bundle).verdict).toBe('failed');
  });

  test('GHSA-r2xv-vpr2-42m9: the statement that is told is the one that was verified', async () => {
    const bundle = await bundleOf(instance, signer, statementAbout(DIGEST, 'https://in-toto.io/Link/v1'));
    const other = envelopeOf(statementAbout(DIGEST, 'https://slsa.dev/provenance/v1'), signer);
    bundle['dsseEnvelope'] = { ...(bundle['dsseEnvelope'] as Envelope), payload: other.payload };
    expect(check(bundle).verdict).toBe('failed');
  });
});
