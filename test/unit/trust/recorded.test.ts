import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrust } from '../../../src/audit/index.ts';
import type { Digest } from '../../../src/core/index.ts';
import { checkNotation } from '../../../src/trust/notation/check-notation.ts';
import { readCose } from '../../../src/trust/notation/read-cose.ts';
import { readJws } from '../../../src/trust/notation/read-jws.ts';
import { buildImage, type Files, writeFolder } from '../../support/image-builder.ts';
import {
  RECORDED_REPOSITORY,
  recordedLayout,
  recordedPath,
  verdictsOf,
  verifyRecorded,
} from '../../support/recorded.ts';
import { keySigner, publicPem } from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const NOTATION = { notationConfig: recordedPath('notation'), notationScope: RECORDED_REPOSITORY };
const COSIGN = { keys: [recordedPath('cosign', 'cosign.pub')], ignoreLog: true };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-recorded-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Verifies the layout with something changed in it. */
async function verifyChanged(name: string, change: (files: Files) => void, options = NOTATION) {
  const files = recordedLayout();
  change(files);
  writeFolder(files, join(folder, name));
  return verifyRecorded(options, `${join(folder, name)}:1`);
}

describe('what Notation signed', () => {
  test('is verified by its own configuration, in JWS and COSE, with and without a time stamp', async () => {
    const report = await verifyRecorded(NOTATION);
    expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
    expect(verdictsOf(report, 'notation-jws')).toEqual(['verified', 'verified']);
    expect(verdictsOf(report, 'notation-cose')).toEqual(['verified', 'verified']);
    expect(report.policy.notation?.statement).toEqual({ name: 'acme', level: 'strict', logged: [] });
    const stamped = report.attachments.filter(({ times }) => times.length > 0);
    expect(stamped.map(({ times }) => times[0]?.by)).toEqual(['timestamp-authority', 'timestamp-authority']);
  });

  test('is not verified for another repository, nor for none', async () => {
    for (const notationScope of ['localhost:5910/acme/other', undefined]) {
      const report = await verifyRecorded({ ...NOTATION, notationScope });
      expect(report.verdict.verified).toBe(false);
      // Without a policy nobody believes time stamps, and one of the certificates has expired.
      expect(verdictsOf(report, 'notation-cose')).toEqual(['failed', 'unverified']);
    }
  });

  test('is verified by its root alone where the certificate is valid still', async () => {
    const report = await verifyRecorded({ notationRoots: [recordedPath('cosign', 'root.crt')] });
    expect(verdictsOf(report, 'notation-jws')).toEqual(['failed', 'verified']);
    expect(verdictsOf(report, 'notation-cose')).toEqual(['failed', 'verified']);
    expect(report.attachments.flatMap(({ reasons }) => reasons).join()).toMatch(/not valid now/);
  });

  test('is asked for its signer, with the comma that is in the name', async () => {
    const root = { notationRoots: [recordedPath('cosign', 'root.crt')] };
    const of = (notationIdentities: string[]) => verifyRecorded({ ...root, notationIdentities });
    expect((await of(['x509.subject: C=US, ST=WA, O=Acme\\, Inc., CN=signer'])).verdict.verified).toBe(true);
    expect((await of(['x509.subject: C=US, ST=WA, O=Acme'])).verdict.verified).toBe(false);
  });

  test('is not verified in another bit of what is signed, nor by another digest, size or type', async () => {
    const { attachments } = await verifyRecorded(NOTATION);
    const files = recordedLayout();
    const trust = { policy: loadTrust(NOTATION).policy.notation ?? null, repository: null };
    const manifest = attachments[0]?.subject as Digest;
    const target = {
      digest: manifest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      sizeBytes: (files.get(`blobs/${manifest.replace(':', '/')}`) as Buffer).length,
    };
    const envelopes = attachments.filter(({ format }) => format.startsWith('notation-'));
    expect(envelopes).toHaveLength(4);
    for (const { format, blob } of envelopes) {
      const bytes = files.get(`blobs/${(blob as string).replace(':', '/')}`) as Buffer;
      const check = (changed: Buffer, about = target) =>
        checkNotation(() => (format === 'notation-jws' ? readJws(changed) : readCose(changed)), about, trust).verdict;
      expect(check(bytes)).toBe('verified');
      expect(check(bytes, { ...target, sizeBytes: target.sizeBytes + 1 })).toBe('failed');
      expect(check(bytes, { ...target, mediaType: 'application/json' })).toBe('failed');
      expect(check(bytes, { ...target, digest: `sha256:${'0'.repeat(64)}` as Digest })).toBe('failed');
      for (let at = 0; at < 400; at += 7) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 1;
        expect(check(changed)).toBe('failed');
      }
    }
  });

  test('is not verified where an envelope has another byte than its digest says', async () => {
    const { attachments } = await verifyRecorded(NOTATION);
    const report = await verifyChanged('bytes', (files) => {
      for (const { format, blob } of attachments) {
        const path = `blobs/${(blob as string).replace(':', '/')}`;
        if (!format.startsWith('notation-')) continue;
        const bytes = Buffer.from(files.get(path) as Buffer);
        bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
        files.set(path, bytes);
      }
    });
    expect(report.verdict.verified).toBe(false);
    expect(verdictsOf(report, 'notation-jws')).toEqual(['failed', 'failed']);
  });

  test('is not verified on another image, to which its tag or its list was moved', async () => {
    const other = buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', 'another')] }] });
    const report = await verifyChanged('moved', (files) => {
      const index = JSON.parse((files.get('index.json') as Buffer).toString()) as {
        manifests: { digest: string; annotations: Record<string, string> }[];
      };
      const digest = index.manifests[0]?.digest as string;
      for (const blob of [other.manifest, other.config, ...other.layers]) {
        files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
      }
      // The tags of the image are those of another one now, with all that hung on the first.
      const moved = JSON.stringify(index)
        .replaceAll(digest.replace(':', '-'), other.manifest.digest.replace(':', '-'))
        .replaceAll(digest, other.manifest.digest)
        .replace('"size":401', `"size":${other.manifest.bytes.length}`);
      files.set('index.json', Buffer.from(moved));
    });
    expect(report.images[0]?.manifestDigest).toBe(other.manifest.digest);
    expect(report.verdict.verified).toBe(false);
    expect(report.attachments.map(({ verdict }) => verdict)).not.toContain('verified');
  });
});

describe('what cosign signed', () => {
  test('is verified with its key: signatures and attestations of 2, bundles of 3', async () => {
    const report = await verifyRecorded(COSIGN);
    expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
    // One of the two signatures of cosign 2 is by a certificate.
    expect(verdictsOf(report, 'cosign-signature')).toEqual(['failed', 'verified']);
    expect(verdictsOf(report, 'cosign-attestation')).toEqual(['verified']);
    expect(verdictsOf(report, 'sigstore-bundle')).toEqual(['verified', 'verified']);
  });

  test('counts for its types of attestations', async () => {
    const of = (predicateTypes: string[]) => verifyRecorded({ ...COSIGN, predicateTypes });
    expect((await of(['slsaprovenance', 'vuln'])).verdict.verified).toBe(true);
    expect((await of(['slsaprovenance', 'spdx'])).verdict.verified).toBe(false);
  });

  test('is not verified with another key, nor without a log where one is wanted', async () => {
    const path = join(folder, 'other.pub');
    writeFileSync(path, publicPem(keySigner()));
    expect((await verifyRecorded({ keys: [path], ignoreLog: true })).verdict.verified).toBe(false);
    expect((await verifyRecorded({ ...COSIGN, ignoreLog: false })).verdict.verified).toBe(false);
  });
});

describe('what cosign signed with a certificate of a private authority', () => {
  const chain = { certificateChain: recordedPath('cosign', 'authorities.pem'), ignoreLog: true };
  const stamps = { timestampChain: recordedPath('cosign', 'times.pem') };
  const identity = 'builder@acme.test';

  test('is verified by its chain or its root, and by its time stamp', async () => {
    const report = await verifyRecorded({ ...chain, ...stamps, identity });
    expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
    expect(report.attachments.find(({ verdict }) => verdict === 'verified')).toMatchObject({
      format: 'cosign-signature',
      signer: { name: identity, issuer: 'C=US, ST=WA, O=Acme\\, Inc., CN=root' },
      times: [{ by: 'timestamp-authority' }],
    });
    const roots = { caRoots: recordedPath('cosign', 'root.crt'), ignoreLog: true };
    expect((await verifyRecorded({ ...roots, ...stamps, identity })).verdict.verified).toBe(true);
    expect((await verifyRecorded({ ...chain, ...stamps, identity, issuerPattern: '.*' })).verdict.verified).toBe(true);
  });

  test('is not verified as somebody else, by another root, or where a log is wanted', async () => {
    const of = async (options: object) => (await verifyRecorded({ ...chain, ...stamps, identity, ...options })).verdict;
    for (const options of [
      { identity: 'builder@acme.tes' },
      { identity: undefined },
      { issuer: 'https://issuer.test' },
      { certificateChain: undefined, caRoots: recordedPath('notation', 'truststore/x509/tsa/acme-times/tsa-root.pem') },
      { timestampChain: recordedPath('cosign', 'authorities.pem') },
      { ignoreLog: false },
    ]) {
      expect(await of(options)).toEqual({ verified: false, exitStatus: 1 });
    }
  });

  test.each<[string, object, string]>([
    ['a chain and roots', { caRoots: recordedPath('cosign', 'root.crt') }, 'USAGE_INVALID'],
    ['certificates in between alone', { certificateChain: undefined, caIntermediates: 'x' }, 'USAGE_INVALID'],
    ['time stamps alone', { certificateChain: undefined, ...stamps }, 'USAGE_INVALID'],
    ['a chain without a root', { certificateChain: recordedPath('cosign', 'middle.crt') }, 'CERTIFICATE_INVALID'],
    ['a key for a chain', { certificateChain: recordedPath('cosign', 'cosign.pub') }, 'CERTIFICATE_INVALID'],
    ['a file that is not there', { certificateChain: recordedPath('nothing') }, 'CERTIFICATE_INVALID'],
    ['a key in a service', { keys: ['awskms:///alias/x'] }, 'KEY_INVALID'],
  ])('%s: an error', (_, options, code) => {
    expect(() => loadTrust({ ...chain, identity, ...options })).toThrow(expect.objectContaining({ code }));
  });
});
