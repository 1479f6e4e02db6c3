/** Time stamps (RFC 3161) of an authority of the tests' own, right ones and ones with a mistake. */
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import type { MadeCertificate } from './certificates.ts';
import { der, integer, octets, oid, sequence, set } from './der-writer.ts';

const HASHES = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
const SIGNATURES = { 'ec sha256': '1.2.840.10045.4.3.2', 'rsa sha384': '1.2.840.113549.1.1.12' } as const;
const INFO = '1.2.840.113549.1.9.16.1.4';

/** What a time stamp says, and what is wrong with it. */
export interface StampOptions {
  readonly at?: Date;
  /** Other than what time has, as `20260231000000Z`. */
  readonly timeText?: string;
  readonly imprintHash?: keyof typeof HASHES;
  /** What the imprint is of, other than what was asked for. */
  readonly imprintOf?: Uint8Array;
  readonly accuracySeconds?: number;
  readonly policy?: string;
  /** Certificates in the token; the signer's own unless told. */
  readonly bag?: readonly MadeCertificate[];
  /** The certificate whose digest is signed; null for none. */
  readonly named?: MadeCertificate | null;
  /** The certificate that is named beside the signature. */
  readonly beside?: MadeCertificate;
  readonly contentType?: string;
  /** How often the signer stands there. */
  readonly signers?: number;
  readonly digestOf?: Uint8Array;
}

/** A token by an authority, over some bytes. */
export function makeTimeStamp(bytes: Uint8Array, signer: MadeCertificate, options: StampOptions = {}): Buffer {
  const { at = new Date(), imprintHash = 'sha256', policy = '1.2.3.4', contentType = INFO } = options;
  const { bag = [signer], named = signer, beside = signer, signers = 1, accuracySeconds } = options;
  const text = options.timeText ?? `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const info = sequence(
    integer(1),
    oid(policy),
    sequence(
      algorithm(HASHES[imprintHash]),
      octets(
        createHash(imprintHash)
          .update(options.imprintOf ?? bytes)
          .digest(),
      ),
    ),
    integer(7),
    der(0x18, Buffer.from(text)),
    ...(accuracySeconds === undefined ? [] : [sequence(integer(accuracySeconds))]),
  );
  const key = createPrivateKey(signer.key);
  const kind = key.asymmetricKeyType === 'rsa' ? 'rsa sha384' : 'ec sha256';
  const hash = kind === 'rsa sha384' ? 'sha384' : 'sha256';
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid(contentType)),
    attribute(
      '1.2.840.113549.1.9.4',
      octets(
        createHash(hash)
          .update(options.digestOf ?? info)
          .digest(),
      ),
    ),
    ...(named === null
      ? []
      : [
          attribute(
            '1.2.840.113549.1.9.16.2.47',
            sequence(sequence(sequence(octets(createHash('sha256').update(rawOf(named)).digest())))),
          ),
        ]),
  ];
  const signerInfo = sequence(
    integer(1),
    issuerAndSerial(beside),
    algorithm(HASHES[hash]),
    der(0xa0, Buffer.concat(attributes)),
    algorithm(SIGNATURES[kind]),
    octets(sign(hash, set(...attributes), key)),
  );
  const signedData = sequence(
    integer(3),
    set(algorithm(HASHES[hash])),
    sequence(oid(contentType), der(0xa0, octets(info))),
    der(0xa0, Buffer.concat(bag.map(rawOf))),
    set(...Array.from({ length: signers }, () => signerInfo)),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signedData));
}

/** An authority's answer with a token in it. */
export function answerWith(token: Uint8Array, status = 0): Buffer {
  return sequence(sequence(integer(status)), token);
}

function attribute(type: string, value: Uint8Array): Buffer {
  return sequence(oid(type), set(value));
}

function algorithm(id: string): Buffer {
  return sequence(oid(id));
}

function rawOf({ certificate }: MadeCertificate): Buffer {
  return Buffer.from(new X509Certificate(certificate).raw);
}

/** Issuer and serial number, where they stand in the certificate. */
function issuerAndSerial(certificate: MadeCertificate): Buffer {
  const { serialNumber } = new X509Certificate(certificate.certificate);
  const raw = rawOf(certificate);
  const serial = der(0x02, Buffer.from(serialNumber, 'hex'));
  // Behind the serial number: the algorithm, and then the issuer's name.
  const start = raw.indexOf(serial) + serial.length;
  const behind = start + 2 + (raw[start + 1] as number);
  const length = raw[behind + 1] as number;
  return sequence(raw.subarray(behind, behind + 2 + length), serial);
}
