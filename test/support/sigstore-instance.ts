/** A Sigstore instance of the tests' own: an authority, its logs and a timestamp authority, and clients that sign with it. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { dsse, RFC3161Timestamp } from '@sigstore/core';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import { rootsOfFile, type TrustedRoots } from '../../src/trust/index.ts';

type KeyPair = ReturnType<typeof p256>;

/** What one entry of a log looks like to clients. */
export interface LoggedEntry {
  body: string;
  integratedTime: number;
  logIndex: number;
  logID: string;
  verification: {
    inclusionProof: { logIndex: number; treeSize: number; checkpoint: string; hashes: string[]; rootHash: string };
    signedEntryTimestamp: string;
  };
}

/** Who signs: with a key of their own, or a certificate for one that is thrown away. */
export interface TestSigner {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** In PEM; null for who signs with a key. */
  readonly certificate: string | null;
}

/** The identity that tests trust. */
export const TRUSTED_NAME = 'https://github.com/acme/api/.github/workflows/release.yml@refs/tags/v1';
/** Who vouches for it. */
export const TRUSTED_ISSUER = 'https://token.actions.githubusercontent.com';

/** A key pair on P-256. */
export function p256(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** Somebody who signs with a key; P-256 unless given another. */
export function keySigner(pair: KeyPair = p256()): TestSigner {
  return { ...pair, certificate: null };
}

/** The public key of a signer, as `cosign.pub` has it. */
export function publicPem({ publicKey }: TestSigner): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString('base64');
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The instance. */
export class SigstoreInstance {
  readonly #ca: Awaited<ReturnType<typeof initializeCA>>;
  readonly #log: Awaited<ReturnType<typeof initializeTLog>>;
  readonly #tsa: Awaited<ReturnType<typeof initializeTSA>>;
  readonly root: Record<string, unknown>;

  private constructor(
    ca: Awaited<ReturnType<typeof initializeCA>>,
    log: Awaited<ReturnType<typeof initializeTLog>>,
    tsa: Awaited<ReturnType<typeof initializeTSA>>,
    root: Record<string, unknown>,
  ) {
    this.#ca = ca;
    this.#log = log;
    this.#tsa = tsa;
    this.root = root;
  }

  /** Sets one up; all of it lives at `clock`, or now. */
  static async start(clock?: Date): Promise<SigstoreInstance> {
    const [caKeys, ctKeys, logKeys, tsaKeys] = [p256(), p256(), p256(), p256()];
    const ctLog = await initializeCTLog(ctKeys, clock);
    const ca = await initializeCA(caKeys, ctLog, clock);
    const log = await initializeTLog('https://rekor.test', logKeys, clock);
    const tsa = await initializeTSA(tsaKeys, clock);
    const validFor = { start: '2020-01-01T00:00:00Z' };
    const logOf = (baseUrl: string, publicKey: Uint8Array): object => ({
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
      logId: { keyId: base64(sha256(publicKey)) },
    });
    const authorityOf = (...certificates: ArrayBufferView[]): object => ({
      subject: { organization: 'test', commonName: 'test' },
      uri: 'https://authority.test',
      certChain: { certificates: certificates.map((one) => ({ rawBytes: base64(viewOf(one)) })) },
      validFor,
    });
    return new SigstoreInstance(ca, log, tsa, {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf('https://rekor.test', log.publicKey)],
      certificateAuthorities: [authorityOf(ca.rootCertificate)],
      ctlogs: [logOf('https://ct.test', ctLog.publicKey)],
      timestampAuthorities: [authorityOf(tsa.intCertificate, tsa.rootCertificate)],
    });
  }

  get roots(): TrustedRoots {
    return rootsOfFile('root.json', Buffer.from(JSON.stringify(this.root)));
  }

  /** A certificate for somebody. */
  async certify(name: string = TRUSTED_NAME, issuer: string = TRUSTED_ISSUER): Promise<TestSigner> {
    const pair = p256();
    const der = await this.#ca.issueCertificate({
      publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }),
      subjectAltName: name,
      extensions: [{ oid: '1.3.6.1.4.1.57264.1.8', value: issuer }],
    });
    const lines = base64(viewOf(der)).match(/.{1,64}/g) ?? [];
    const certificate = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
    return { ...pair, certificate };
  }

  /** Writes something down in the log, whatever it is. */
  async log(entry: object): Promise<LoggedEntry> {
    const [logged] = Object.values(await this.#log.log(entry));
    return logged as unknown as LoggedEntry;
  }

  /** A time stamp over a signature, as an answer of the authority. */
  async stamp(bytes: Uint8Array): Promise<Buffer> {
    for (;;) {
      const stamp = await this.#stampOnce(bytes);
      try {
        // The authority leaves out zeros at the end of fractions of a second, which the reader does not understand.
        if (RFC3161Timestamp.parse(Buffer.from(stamp)).signingTime) return stamp;
      } catch {
        // Another millisecond will do.
      }
    }
  }

  async #stampOnce(bytes: Uint8Array): Promise<Buffer> {
    const answer = await this.#tsa.timestamp({
      artifactHash: sha256(bytes),
      hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
      nonce: 1,
      policyOID: '1.3.6.1.4.1.57264.2',
      certReq: true,
    });
    return Buffer.from(viewOf(answer));
  }
}

function viewOf(view: ArrayBufferView | ArrayBuffer): Uint8Array {
  return view instanceof ArrayBuffer
    ? new Uint8Array(view)
    : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** What a log holds of a signer. */
export function verifierOf(signer: TestSigner): string {
  return base64(signer.certificate ?? publicPem(signer));
}

/** An entry for a signature over a message. */
export function hashedRekord(message: Uint8Array, signature: Uint8Array, signer: TestSigner): object {
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(message).toString('hex') } },
      signature: { content: base64(signature), publicKey: { content: verifierOf(signer) } },
    },
  };
}

/** An entry for an envelope with one signature. */
export function dsseEntry(envelope: Envelope, signer: TestSigner): object {
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(Buffer.from(JSON.stringify(envelope))).toString('hex') },
      payloadHash: { algorithm: 'sha256', value: sha256(Buffer.from(envelope.payload, 'base64')).toString('hex') },
      signatures: [{ signature: envelope.signatures[0]?.sig, verifier: verifierOf(signer) }],
    },
  };
}

/** A DSSE envelope. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Signs a payload into an envelope. */
export function envelopeOf(
  payload: string | Uint8Array,
  { privateKey }: TestSigner,
  payloadType = 'application/vnd.in-toto+json',
): Envelope {
  const bytes = Buffer.from(payload as Uint8Array);
  const sig = sign(hashFor(privateKey), dsse.preAuthEncoding(payloadType, bytes), privateKey);
  return { payloadType, payload: base64(bytes), signatures: [{ keyid: '', sig: base64(sig) }] };
}

/** An in-toto statement about a digest. */
export function statementAbout(digest: string, predicateType = 'https://slsa.dev/provenance/v1'): string {
  const [algorithm = '', hex] = digest.split(':');
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'image', digest: { [algorithm]: hex } }],
    predicateType,
    predicate: {},
  });
}

function hashFor(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === 'secp384r1' ? 'sha384' : curve === 'secp521r1' ? 'sha512' : 'sha256';
}

/** Signs a message. */
export function signMessage(message: Uint8Array, { privateKey }: TestSigner): Buffer {
  return sign(hashFor(privateKey), message, privateKey);
}
