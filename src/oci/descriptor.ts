import { AuditError, type Digest, isDigest, type Platform } from '../core/index.ts';
import { ambiguousNames, asObject, asSize, asText, asTextList, asTextMap, memberOf } from './json.ts';

/** A typed pointer to bytes (OCI image specification, descriptor.md). */
export interface Descriptor {
  /** Empty where the document leaves it out. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** Null where the document gives none, or none that makes sense. */
  readonly sizeBytes: number | null;
  readonly urls: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Only in an index. */
  readonly platform: Platform | null;
  readonly artifactType: string | null;
}

/**
 * Reads a descriptor. Only the digest is indispensable: real documents leave out or get wrong all the rest.
 * @param where names the descriptor in the error: `layers[2] of the manifest …`
 * @throws AuditError `DOCUMENT_INVALID`
 */
export function readDescriptor(value: unknown, where: string): Descriptor {
  const object = asObject(value);
  if (object === undefined) throw new AuditError('DOCUMENT_INVALID', `${where} is no descriptor`);
  const twice = ambiguousNames(object);
  if (twice.length > 0) throw new AuditError('DOCUMENT_INVALID', `${where} has ${describeTwice(twice)}`);
  const digest = memberOf(object, 'digest');
  if (!isDigest(digest)) {
    const fault =
      digest === undefined
        ? 'states no digest'
        : `has no valid digest (${typeof digest === 'string' ? JSON.stringify(digest.slice(0, 100)) : typeof digest})`;
    throw new AuditError('DOCUMENT_INVALID', `${where} ${fault}`);
  }
  return {
    mediaType: asText(memberOf(object, 'mediaType')) ?? '',
    digest,
    sizeBytes: asSize(memberOf(object, 'size')) ?? null,
    urls: asTextList(memberOf(object, 'urls')),
    annotations: asTextMap(memberOf(object, 'annotations')),
    platform: readPlatform(memberOf(object, 'platform')),
    artifactType: asText(memberOf(object, 'artifactType')) ?? null,
  };
}

/** Says of members that their names differ in case only. */
export function describeTwice(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => JSON.stringify(name.slice(0, 40)));
  return `members whose names differ in case only: ${shown.join(', ')}`;
}

/** Reads a platform object; null where it names no operating system or no architecture. */
export function readPlatform(value: unknown): Platform | null {
  const object = asObject(value);
  const os = asText(memberOf(object, 'os'));
  const architecture = asText(memberOf(object, 'architecture'));
  if (os === undefined || architecture === undefined || os === '' || architecture === '') return null;
  const variant = asText(memberOf(object, 'variant'));
  const osVersion = asText(memberOf(object, 'os.version'));
  return {
    os,
    architecture,
    ...(variant === undefined || variant === '' ? {} : { variant }),
    ...(osVersion === undefined || osVersion === '' ? {} : { osVersion }),
  };
}
