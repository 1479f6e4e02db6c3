/** What both forms of an SBOM need to know. */
import { createHash } from 'node:crypto';
import type { SbomDocument, SbomPackage } from '../../sbom/index.ts';
import type { PackagesImage, PackagesReport, ReportPackage } from '../packages.ts';

/** A UUID (RFC 9562, version 8) made of the document: the same content has the same, and any other another. */
export function documentUuid(report: object, form: string): string {
  const digest = createHash('sha256').update(form).update(JSON.stringify(report)).digest();
  digest[6] = ((digest[6] as number) & 0x0f) | 0x80;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** When the document was made; where it does not say, the time of the image, so that it stays the same. */
export function documentTime({ startedAt, images }: PackagesReport): Date {
  const time = new Date(startedAt ?? images[0]?.created ?? 0);
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}

/** When a document that was converted was made: as the first one, or it would be another each time. */
export function convertedTime({ created }: { readonly created: string | null }): Date {
  const time = new Date(created ?? 0);
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}

/** The entry that stands for what a document is about, made where there is none, and all others. */
export function rootOf({ name, subject, packages }: SbomDocument): { root: SbomPackage; rest: SbomPackage[] } {
  const stated = packages.find(({ role }) => role === 'image');
  const root: SbomPackage = stated ?? {
    id: 'subject',
    role: 'image',
    name: name ?? 'unknown',
    version: subject.digests[0] ?? '',
    purl: null,
    cpes: [],
    license: null,
    supplier: null,
    checksums: [],
    kind: null,
    locations: [],
  };
  return { root, rest: packages.filter((one) => one !== stated) };
}

/** How an image of a platform is called. */
export function imageName({ subject }: PackagesReport, image: PackagesImage): string {
  return image.names[0] ?? subject.reference;
}

/** Where a package was seen, in words. */
export function placeOf({ path, nestedPath }: ReportPackage): string {
  return [path, ...nestedPath].join(' > ');
}

const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'WITH']);

/**
 * A license as an SPDX expression; null where it is none. Distributions and languages put all kinds of text there.
 * @param isKnown whether a word is an identifier of the SPDX list
 */
export function toSpdxExpression(license: string, isKnown: (id: string) => boolean): string | null {
  const words = license.replace(/[()]/g, ' $& ').trim().split(/\s+/);
  let depth = 0;
  let wantsOperand = true;
  for (const word of words) {
    if (word === '(') {
      if (!wantsOperand) return null;
      depth += 1;
    } else if (word === ')') {
      depth -= 1;
      if (wantsOperand || depth < 0) return null;
    } else if (OPERATORS.has(word)) {
      if (wantsOperand) return null;
      wantsOperand = true;
    } else {
      if (!wantsOperand || !isKnown(word.replace(/\+$/, ''))) return null;
      wantsOperand = false;
    }
  }
  return wantsOperand || depth !== 0 ? null : words.join(' ').replace(/\( /g, '(').replace(/ \)/g, ')');
}
