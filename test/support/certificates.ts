/** Makes certificates for tests (RFC 5280), so that no private key lies in the repository. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate, its key, and who signed it. */
export interface MadeCertificate {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is for. */
export interface CertificateOptions {
  /** Null for one that signs itself. */
  readonly issuer?: MadeCertificate | null;
  readonly authority?: boolean;
  /** DNS names and addresses that it holds for. */
  readonly hosts?: readonly string[];
  readonly expired?: boolean;
  /** A URI that it is for, as certificates of signers have it. */
  readonly uri?: string;
  /** Whether its key may make signatures (key usage, `digitalSignature`). */
  readonly signs?: boolean;
  /** Whether its key may sign certificates (`keyCertSign`); what an authority's are believed by those who look. */
  readonly certifies?: boolean;
  /** What it may be used for (extended key usage). */
  readonly purpose?: 'code-signing' | 'server';
}

/** Makes a certificate with a new key. */
export function makeCertificate(name: string, options: CertificateOptions = {}): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer: KeyObject = options.issuer == null ? privateKey : createPrivateKey(options.issuer.key);
  const day = 86_400_000;
  const [from, to] = options.expired === true ? [-9 * day, -8 * day] : [-day, 365 * day];
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    commonName(options.issuer?.name ?? name),
    sequence(time(from), time(to)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(options))),
  );
  const signature = sign('sha256', body, signer);
  const certificate = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  return { name, key, certificate: pem('CERTIFICATE', certificate) };
}

function extensions({ authority = false, hosts = [], uri, signs, certifies, purpose }: CertificateOptions): Buffer[] {
  const basic = sequence(...(authority ? [der(0x01, Buffer.of(0xff))] : []));
  const list = [sequence(oid(0x55, 0x1d, 0x13), der(0x01, Buffer.of(0xff)), der(0x04, basic))];
  // RFC 5280, 4.2.1.3 and 4.2.1.12.
  if (signs === true || certifies === true) {
    const bits = (signs === true ? 0x80 : 0) | (certifies === true ? 0x04 : 0);
    const usage = der(0x03, Buffer.of(certifies === true ? 2 : 7, bits));
    list.push(sequence(oid(0x55, 0x1d, 0x0f), der(0x01, Buffer.of(0xff)), der(0x04, usage)));
  }
  if (purpose !== undefined) {
    const usage = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, purpose === 'server' ? 1 : 3);
    list.push(sequence(oid(0x55, 0x1d, 0x25), der(0x04, sequence(usage))));
  }
  if (uri !== undefined) {
    list.push(sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(der(0x86, Buffer.from(uri))))));
  }
  if (hosts.length === 0) return list;
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  );
  return [...list, sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...names)))];
}

function der(tag: number, content: Uint8Array): Buffer {
  const size = content.byteLength;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Uint8Array): Buffer {
  return der(tag, content);
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
}

function time(fromNowMs: number): Buffer {
  const text = new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
