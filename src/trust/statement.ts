import { type Digest, isDigest } from '../core/index.ts';
import { failed } from './check-failure.ts';
import { asObject, listMember, member, parseStrictJson, textMember } from './strict-json.ts';

/** What an in-toto statement says of whom. */
export interface Statement {
  readonly predicateType: string;
  /** Digests of everything that it is about. */
  readonly subjects: readonly Digest[];
  /** What it says of them; of unknown shape. */
  readonly predicate: unknown;
}

/** The payload of DSSE envelopes that hold statements. */
export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** How cosign 3 writes a signature over an image: as a statement that says nothing more. */
export const COSIGN_SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

const STATEMENT_TYPES = new Set(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']);
/** The attack: a statement with a million subjects fits every image. */
const MAX_SUBJECTS = 10_000;
const DIGEST_LENGTHS = { sha256: 64, sha512: 128 } as const;

/**
 * Reads an in-toto statement (in-toto attestation framework, v0.1 and v1).
 * @throws CheckFailure `failed`
 */
export function readStatement(bytes: Uint8Array): Statement {
  const statement = parseStrictJson(bytes, 'the statement');
  const type = textMember(statement, '_type');
  if (type === undefined || !STATEMENT_TYPES.has(type)) throw failed('its payload is no in-toto statement');
  const predicateType = textMember(statement, 'predicateType');
  if (predicateType === undefined || predicateType === '') throw failed('its statement has no predicate type');
  const list = listMember(statement, 'subject');
  if (list === undefined) throw failed('its statement has no subject');
  if (list.length > MAX_SUBJECTS) throw failed(`its statement has more than ${MAX_SUBJECTS} subjects`);
  const subjects = list.flatMap((subject) => {
    if (asObject(subject) === undefined) throw failed('its statement has a subject that is none');
    return Object.entries(DIGEST_LENGTHS).flatMap(([algorithm, length]) => {
      const hex = textMember(subject, 'digest', algorithm);
      const digest = `${algorithm}:${hex}`;
      return hex?.length === length && isDigest(digest) ? [digest] : [];
    });
  });
  return { predicateType, subjects, predicate: member(statement, 'predicate') };
}

/** What a predicate type is called on command lines; cosign's names. */
const TYPE_NAMES: Readonly<Record<string, readonly RegExp[]>> = {
  slsaprovenance: [/^https:\/\/slsa\.dev\/provenance\/v0\.2$/],
  slsaprovenance02: [/^https:\/\/slsa\.dev\/provenance\/v0\.2$/],
  slsaprovenance1: [/^https:\/\/slsa\.dev\/provenance\/v1$/],
  spdx: [/^https:\/\/spdx\.dev\/Document(?:\/v[0-9.]+)?$/],
  spdxjson: [/^https:\/\/spdx\.dev\/Document(?:\/v[0-9.]+)?$/],
  cyclonedx: [/^https:\/\/cyclonedx\.org\/bom(?:\/v[0-9.]+)?$/],
  link: [/^https:\/\/in-toto\.io\/Link\/v1$/],
  vuln: [/^https:\/\/cosign\.sigstore\.dev\/attestation\/vuln\/v1$/],
  openvex: [/^https:\/\/openvex\.dev\/ns(?:\/v[0-9.]+)?$/],
  custom: [/^https:\/\/cosign\.sigstore\.dev\/attestation\/v1$/],
};

/** Whether a predicate is of a type, given as cosign's name for it or as the URI itself. */
export function isPredicateOfType(predicateType: string, wanted: string): boolean {
  const patterns = Object.hasOwn(TYPE_NAMES, wanted) ? TYPE_NAMES[wanted] : undefined;
  return patterns === undefined ? predicateType === wanted : patterns.some((pattern) => pattern.test(predicateType));
}

/** Whether a text can be a type: a name that is known, or a URI. A misspelt name must not be a type nobody has. */
export function isTypeName(wanted: string): boolean {
  return Object.hasOwn(TYPE_NAMES, wanted) || /^[a-z][a-z0-9+.-]*:\S+$/i.test(wanted);
}

/** What cosign's signed payload says (cosign, specs/SIGNATURE_SPEC.md, "Simple Signing"). */
export interface SimpleSigning {
  readonly digest: Digest;
  /** The name that the signer gave the image. Nobody checks it unless asked. */
  readonly reference: string | null;
}

/**
 * Reads cosign's signed payload.
 *
 * Names are taken as they are written: Go reads them in any case, and what Go reads otherwise is refused here.
 * @throws CheckFailure `failed`
 */
export function readSimpleSigning(bytes: Uint8Array): SimpleSigning {
  const payload = parseStrictJson(bytes, 'the signed payload');
  const type = textMember(payload, 'critical', 'type');
  if (type !== 'cosign container image signature') {
    throw failed(`what was signed is no container image but ${JSON.stringify((type ?? 'nothing').slice(0, 60))}`);
  }
  const digest = textMember(payload, 'critical', 'image', 'docker-manifest-digest');
  if (!isDigest(digest)) throw failed('the signed payload names no valid digest');
  const optional = member(payload, 'optional');
  if (optional !== undefined && optional !== null && asObject(optional) === undefined) {
    throw failed('the signed payload has annotations that are none');
  }
  return { digest, reference: textMember(payload, 'critical', 'identity', 'docker-reference') ?? null };
}
