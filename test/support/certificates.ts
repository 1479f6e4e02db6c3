/** Makes certificates for tests (RFC 5280), so that no private key lies in the repository. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

import { der, integer, octets, oid, sequence, set } from './der-writer.ts';

/** A certificate, its key, and who signed it. */
export interface MadeCertificate {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  /** Its subject in DER. */
  readonly subject: Buffer;
}

/** What a certificate is for. */
export interface CertificateOptions {
  /** Null for one that signs itself. */
  readonly issuer?: MadeCertificate | null;
  /** Parts of its subject, as `['O', 'Acme']`; the common name alone unless told. */
  readonly subject?: readonly (readonly [keyof typeof NAMES, string])[];
  readonly authority?: boolean;
  /** How many authorities may be between it and a signer. */
  readonly pathLength?: number;
  /** DNS names and addresses that it holds for. */
  readonly hosts?: readonly string[];
  readonly expired?: boolean;
  /** When it is valid, where that is not about now. */
  readonly validFrom?: Date;
  readonly validTo?: Date;
  /** A URI that it is for, as certificates of signers have it. */
  readonly uri?: string | undefined;
  /** Whether its key may make signatures (key usage, `digitalSignature`). */
  readonly signs?: boolean;
  /** Whether its key may sign certificates (`keyCertSign`); what an authority's are believed by those who look. */
  readonly certifies?: boolean;
  /** Further bits of the first byte of its key usage (RFC 5280, 4.2.1.3). */
  readonly usageBits?: number;
  /** Whether its key usage is a critical extension; it is unless told. */
  readonly isUsageCritical?: boolean;
  /** What it may be used for (extended key usage). */
  readonly purpose?: keyof typeof PURPOSES | undefined;
  readonly key?: keyof typeof KEYS;
  /** The hash that its issuer signs. */
  readonly hash?: 'sha1' | 'sha256';
}

const KEYS = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  'rsa 1024': () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'rsa 2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'rsa 3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'rsa 4096': () => generateKeyPairSync('rsa', { modulusLength: 4096 }),
} as const;
const NAMES = { CN: '2.5.4.3', C: '2.5.4.6', ST: '2.5.4.8', O: '2.5.4.10', OU: '2.5.4.11' } as const;
const PURPOSES = { server: 1, 'code-signing': 3, 'time-stamping': 8, 'time-stamping, not critical': 8 } as const;
const SIGNATURES = {
  'ec sha1': '1.2.840.10045.4.1',
  'ec sha256': '1.2.840.10045.4.3.2',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
} as const;

/** Makes a certificate with a new key. */
export function makeCertificate(name: string, options: CertificateOptions = {}): MadeCertificate {
  const { publicKey, privateKey } = KEYS[options.key ?? 'P-256']();
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer: KeyObject = options.issuer == null ? privateKey : createPrivateKey(options.issuer.key);
  const day = 86_400_000;
  const [from, to] = options.expired === true ? [-9 * day, -8 * day] : [-day, 365 * day];
  const hash = options.hash ?? 'sha256';
  const algorithm = sequence(oid(SIGNATURES[`${signer.asymmetricKeyType as 'ec' | 'rsa'} ${hash}`]));
  const subject = nameOf(options.subject ?? [['CN', name]]);
  const body = sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    options.issuer?.subject ?? subject,
    sequence(
      time(options.validFrom ?? new Date(Date.now() + from)),
      time(options.validTo ?? new Date(Date.now() + to)),
    ),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(options))),
  );
  const signature = sign(hash, body, signer);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  return { name, key, subject, certificate: pem('CERTIFICATE', certificate) };
}

function extensions(options: CertificateOptions): Buffer[] {
  const { authority = false, hosts = [], uri, signs, certifies, purpose, pathLength, usageBits = 0 } = options;
  const critical = der(0x01, Buffer.of(0xff));
  const basic = sequence(...(authority ? [critical] : []), ...(pathLength === undefined ? [] : [integer(pathLength)]));
  const list = [sequence(oid('2.5.29.19'), critical, octets(basic))];
  // RFC 5280, 4.2.1.3 and 4.2.1.12.
  const bits = (signs === true ? 0x80 : 0) | (certifies === true ? 0x04 : 0) | usageBits;
  if (bits !== 0) {
    const usage = octets(der(0x03, Buffer.of(0, bits)));
    list.push(sequence(oid('2.5.29.15'), ...(options.isUsageCritical === false ? [] : [critical]), usage));
  }
  if (purpose !== undefined) {
    const usage = octets(sequence(oid(`1.3.6.1.5.5.7.3.${PURPOSES[purpose]}`)));
    list.push(sequence(oid('2.5.29.37'), ...(purpose === 'time-stamping' ? [critical] : []), usage));
  }
  if (uri !== undefined) list.push(sequence(oid('2.5.29.17'), octets(sequence(der(0x86, Buffer.from(uri))))));
  if (hosts.length === 0) return list;
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  );
  return [...list, sequence(oid('2.5.29.17'), octets(sequence(...names)))];
}

function nameOf(parts: readonly (readonly [keyof typeof NAMES, string])[]): Buffer {
  return sequence(...parts.map(([type, value]) => set(sequence(oid(NAMES[type]), der(0x0c, Buffer.from(value))))));
}

function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
