import { TextDecoder } from 'node:util';
import { AuditError, parseStrictJsonValue, StrictJsonError } from '../../core/index.ts';
import { invalid, tooLarge } from '../failure.ts';
import { SBOM_LIMITS, type SbomDocument } from '../inventory.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { memberOf, objectOf, type SbomObject, textOf, textsOf } from './json-values.ts';
import { readSpdx2 } from './spdx-2.ts';
import { readSpdx3 } from './spdx-3.ts';
import { tagValueToJson } from './tag-value.ts';
import { cycloneDxXmlToJson, parseXml, spdxXmlToJson } from './xml.ts';

/** An SBOM, and what it was wrapped in. */
export interface ReadSbom {
  readonly document: SbomDocument;
  /** The in-toto statement around it, where there is one. */
  readonly statement: SbomStatement | null;
}

/** What a statement around an SBOM says; whether somebody signed it is not looked at here. */
export interface SbomStatement {
  readonly predicateType: string;
  /** `sha256:…` of what it is about. */
  readonly subjects: readonly string[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Wrappers in each other: a bundle, its envelope, its statement, its predicate, a text. */
const MAX_WRAPPERS = 6;

/**
 * Reads an SBOM, in whatever it is written: SPDX 2.2 and 2.3 (JSON, tag-value, XML), SPDX 3.0 (JSON-LD), CycloneDX 1.2 to 1.7
 * (JSON, XML); as it is, or in an in-toto statement, an envelope or a Sigstore bundle. What it is, its content says, and
 * never its name.
 * @throws AuditError `SBOM_UNRECOGNISED` for what is no SBOM; `SBOM_UNSUPPORTED`, `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function readSbom(bytes: Uint8Array): ReadSbom {
  let content: Uint8Array = bytes;
  let statement: SbomStatement | null = null;
  for (let wrappers = 0; wrappers < MAX_WRAPPERS; wrappers += 1) {
    const read = readContent(content);
    if ('document' in read) return { document: read.document, statement };
    content = read.content;
    statement = read.statement ?? statement;
  }
  throw unrecognised('is wrapped in too many envelopes');
}

type Content =
  | { readonly document: SbomDocument }
  | { readonly content: Uint8Array; readonly statement: SbomStatement | null };

function readContent(bytes: Uint8Array): Content {
  if (bytes.byteLength > SBOM_LIMITS.bytes) throw tooLarge(`has more than ${SBOM_LIMITS.bytes} bytes`);
  const plain = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const first = firstCharacter(plain);
  if (first === '{' || first === '"' || first === '[') return readJson(plain);
  if (plain[1] === 0 || plain[0] === 0 || (plain[0] ?? 0) >= 0xfe) {
    throw unsupported(
      'is in UTF-16 or in no text at all, as CycloneDX in protocol buffers is',
      'Write it as JSON in UTF-8.',
    );
  }
  let text: string;
  try {
    text = utf8.decode(plain);
  } catch (error) {
    // Protocol buffers begin like a text, and do not go on like one.
    throw unrecognised('is no text in UTF-8', error);
  }
  if (first === '<') return { document: readXml(text) };
  if (/^SPDXVersion:/m.test(text.slice(0, 65_536))) return { document: readSpdx2(tagValueToJson(text), 'tag-value') };
  throw unrecognised(`is neither SPDX nor CycloneDX: it begins with ${JSON.stringify(text.slice(0, 40))}`);
}

function firstCharacter(bytes: Uint8Array): string {
  let at = 0;
  while (at < bytes.byteLength && ' \t\r\n'.includes(String.fromCharCode(bytes[at] as number))) at += 1;
  return String.fromCharCode(bytes[at] ?? 0);
}

function readJson(bytes: Uint8Array): Content {
  let value: unknown;
  try {
    value = parseStrictJsonValue(bytes, { maxDepth: SBOM_LIMITS.depth, maxValues: SBOM_LIMITS.values });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw (error.isBound ? tooLarge : invalid)(error.message, error);
  }
  // cosign attests tag-value as one text.
  if (typeof value === 'string') return { content: Buffer.from(value), statement: null };
  const object = objectOf(value);
  if (object === null) throw unrecognised('is JSON, but no object');
  if (textOf(object, 'spdxVersion') !== '') return { document: readSpdx2(object, 'json') };
  if (textOf(object, 'bomFormat') === 'CycloneDX') return { document: readCycloneDx(object, 'json') };
  if (textsOf(object, '@context').some((one) => /spdx\.org\/rdf\/v?3/.test(one)))
    return { document: readSpdx3(object) };
  if (/\banchore\b.*syft/.test(textOf(memberOf(object, 'schema'), 'url'))) {
    throw unsupported('is in Syft’s own format', 'Write it as SPDX or CycloneDX: syft convert FILE -o spdx-json.');
  }
  return unwrap(object);
}

/** The content of a bundle, an envelope (DSSE), a statement (in-toto), or what cosign 1 put around predicates. */
function unwrap(object: SbomObject): Content {
  const payload = memberOf(objectOf(memberOf(object, 'dsseEnvelope')) ?? object, 'payload');
  if (typeof payload === 'string') return { content: Buffer.from(payload, 'base64'), statement: null };
  if (/^https:\/\/in-toto\.io\/Statement\/v/.test(textOf(object, '_type'))) {
    const subjects = memberOf(object, 'subject');
    const statement = {
      predicateType: textOf(object, 'predicateType'),
      subjects: (Array.isArray(subjects) ? subjects : []).flatMap((one) => {
        const hex = textOf(memberOf(one, 'digest'), 'sha256');
        return /^[0-9a-f]{64}$/.test(hex) ? [`sha256:${hex}`] : [];
      }),
    };
    if (!isSbomPredicate(statement.predicateType)) throw unrecognised(`states ${statement.predicateType.slice(0, 80)}`);
    return { content: Buffer.from(JSON.stringify(memberOf(object, 'predicate') ?? null)), statement };
  }
  const data = memberOf(object, 'Data');
  if (typeof data === 'string') return { content: Buffer.from(data), statement: null };
  if (objectOf(data) !== null) return { content: Buffer.from(JSON.stringify(data)), statement: null };
  throw unrecognised('is JSON, but neither SPDX nor CycloneDX');
}

/** Whether a statement of a type is about what is in something. */
export function isSbomPredicate(predicateType: string): boolean {
  return /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom|syft\.dev\/bom)(?:\/v[0-9.]+)?$/.test(predicateType);
}

function readXml(text: string): SbomDocument {
  const root = parseXml(text);
  if (root.name === 'bom' && root.namespace.startsWith('http://cyclonedx.org/schema/bom/')) {
    return readCycloneDx(cycloneDxXmlToJson(root), 'xml');
  }
  if (root.name === 'Document' || root.name === 'SpdxDocument') return readSpdx2(spdxXmlToJson(root), 'xml');
  if (root.name === 'RDF') throw unsupported('is SPDX in RDF', 'Write it as JSON or tag-value.');
  throw unrecognised(
    `is XML, but neither SPDX nor CycloneDX: its element is ${JSON.stringify(root.name.slice(0, 40))}`,
  );
}

function unrecognised(message: string, cause?: unknown): AuditError {
  return new AuditError('SBOM_UNRECOGNISED', `what was given as an SBOM ${message}`, {
    hint: 'Give SPDX 2.2, 2.3 or 3.0, or CycloneDX 1.2 to 1.7, in JSON, XML or tag-value form.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function unsupported(message: string, hint: string): AuditError {
  return new AuditError('SBOM_UNSUPPORTED', `the SBOM ${message}`, { hint });
}
