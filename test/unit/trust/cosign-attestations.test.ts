import { beforeAll, describe, expect, test } from 'vitest';
import type { TrustReport } from '../../../src/report/index.ts';
import { type AttachmentLayer, cosignAttestation, type TestTrust } from '../../support/attachments.ts';
import { changed, DIGEST, LOG, OTHER, verdictOf, verifyLayers, withLog } from '../../support/cosign-layers.ts';
import { sha256 } from '../../support/image-builder.ts';
import {
  envelopeOf,
  SigstoreInstance,
  signMessage,
  statementAbout,
  type TestSigner,
  verifierOf,
} from '../../support/sigstore-instance.ts';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

const verify = (layers: readonly AttachmentLayer[], trust?: TestTrust, suffix?: 'sig' | 'att'): Promise<TrustReport> =>
  verifyLayers(instance, layers, trust, suffix);

describe('attestations of cosign 1 and 2', () => {
  const attest = (statement: string, payloadType?: string): Promise<AttachmentLayer> =>
    cosignAttestation(instance, signer, envelopeOf(statement, signer, payloadType));

  test('by who is trusted are verified, and are no signature', async () => {
    const layers = [await attest(statementAbout(DIGEST))];
    expect(verdictOf(await verify(layers, { predicateTypes: ['slsaprovenance1'] }, 'att'))).toBe('verified 0');
    const report = await verify(layers, {}, 'att');
    expect(report.attachments[0]).toMatchObject({ verdict: 'verified', kind: 'attestation' });
    expect(verdictOf(report)).toBe('unsigned 1');
  });

  test('CVE-2022-35929: a valid attestation of another type is not what was asked for', async () => {
    const layers = [await attest(statementAbout(DIGEST, 'https://cosign.sigstore.dev/attestation/vuln/v1'))];
    expect(verdictOf(await verify(layers, { predicateTypes: ['spdx'] }, 'att'))).toBe('unsigned 1');
  });

  test('CVE-2026-39395: an annotation about the type proves nothing', async () => {
    const layer = changed(await attest(statementAbout(DIGEST, 'https://in-toto.io/Link/v1')), {
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    expect(verdictOf(await verify([layer], { predicateTypes: ['slsaprovenance1'] }, 'att'))).toBe('unsigned 1');
  });

  test.each([
    ['no JSON', 'not JSON'],
    ['no statement', '{}'],
    ['a statement about nothing', statementAbout(DIGEST).replace(/"subject":\[.*?\]/, '"subject":[]')],
    ['a statement about null', statementAbout(DIGEST).replace(/"subject":\[/, '"subject":[null,')],
    ['a statement about another image', statementAbout(OTHER.manifest.digest)],
    ['a statement with the subject twice', statementAbout(DIGEST).replace('{', `{"subject":[],`)],
    ['nesting without end', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('CVE-2026-39395: a payload that is %s', async (_, payload) => {
    const report = await verify([await attest(payload)], { predicateTypes: ['slsaprovenance1'] }, 'att');
    expect(verdictOf(report)).toBe('failed 1');
  });

  test('with a time stamp over the envelope, as cosign 1 and 2 make them, are verified without the log', async () => {
    const layer = changed(await attest(statementAbout(DIGEST)), { [LOG]: undefined });
    const stamped = async (bytes: Uint8Array): Promise<AttachmentLayer> => {
      const SignedRFC3161Timestamp = (await instance.stamp(bytes)).toString('base64');
      return changed(layer, { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp }) });
    };
    const trust = { ignoreLog: true, predicateTypes: ['slsaprovenance1'] };
    expect(verdictOf(await verify([await stamped(layer.bytes)], trust, 'att'))).toBe('verified 0');
    expect(verdictOf(await verify([await stamped(Buffer.from('x'))], trust, 'att'))).toBe('failed 1');
    expect(verdictOf(await verify([layer], trust, 'att'))).toBe('failed 1');
  });

  test('a payload of another type', async () => {
    const report = await verify([await attest(statementAbout(DIGEST), 'application/json')], {}, 'att');
    expect(report.attachments[0]?.verdict).toBe('failed');
  });

  test('of cosign until 2.1, whose log entries hold the digest of the envelope', async () => {
    const envelope = envelopeOf(statementAbout(DIGEST), signer);
    const bytes = Buffer.from(JSON.stringify(envelope));
    const old = (hash: string): object => ({
      apiVersion: '0.0.1',
      kind: 'intoto',
      spec: {
        content: {
          hash: { algorithm: 'sha256', value: hash.slice('sha256:'.length) },
          payloadHash: {
            algorithm: 'sha256',
            value: sha256(Buffer.from(envelope.payload, 'base64')).slice('sha256:'.length),
          },
        },
        publicKey: verifierOf(signer),
      },
    });
    const layerOf = async (entry: object): Promise<AttachmentLayer> => {
      const { body, integratedTime, logIndex, logID, verification } = await instance.log(entry);
      const log = {
        SignedEntryTimestamp: verification.signedEntryTimestamp,
        Payload: { body, integratedTime, logIndex, logID },
      };
      return changed(await attest(statementAbout(DIGEST)), { [LOG]: JSON.stringify(log) });
    };
    const trust = { predicateTypes: ['slsaprovenance1'] };
    const right = { ...(await layerOf(old(sha256(bytes)))), bytes };
    expect(verdictOf(await verify([right], trust, 'att'))).toBe('verified 0');
    const wrong = { ...(await layerOf(old(sha256(Buffer.from('another envelope'))))), bytes };
    expect(verdictOf(await verify([wrong], trust, 'att'))).toBe('failed 1');
    const late = withLog(right, (log) => Object.assign(log['Payload'] ?? {}, { logIndex: 3 }));
    expect(verdictOf(await verify([late], trust, 'att'))).toBe('failed 1');
  });

  test('a signature of the right bytes by the wrong key in the envelope', async () => {
    const envelope = envelopeOf(statementAbout(DIGEST), signer);
    const sig = signMessage(Buffer.from('x'), signer).toString('base64');
    const layer = await cosignAttestation(instance, signer, { ...envelope, signatures: [{ keyid: '', sig }] });
    expect((await verify([layer], {}, 'att')).attachments[0]?.verdict).toBe('failed');
  });
});
