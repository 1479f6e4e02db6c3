import type { SbomDocument } from '../inventory.ts';
import type { SbomStatement } from '../read/read-sbom.ts';
import { writerOf } from './writers.ts';

/** The digests that an image goes by. */
export interface ImageIdentity {
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  /** What the reference resolved to: an index, perhaps. */
  readonly rootDigest: string | null;
  /** Manifests of the same index's other platforms. */
  readonly siblings: readonly string[];
  /** Of its layers, in order; null where one is not known. */
  readonly layers: readonly { readonly digest: string | null; readonly diffId: string | null }[];
}

/** Whether an SBOM is about an image. */
export interface SubjectVerdict {
  /**
   * `this`: it names this image, or the index that it is in. `platform`: it names another platform of that index. `other`: it
   * names another image. `unstated`: it names none. `undecided`: what it names cannot be held against the image.
   */
  readonly verdict: 'this' | 'platform' | 'other' | 'unstated' | 'undecided';
  /** Why, as a sentence. */
  readonly why: string;
}

/** Says whether an SBOM, or the statement around it, is about an image. */
export function judgeSubject(
  document: SbomDocument,
  statement: Pick<SbomStatement, 'subjects'> | null,
  image: ImageIdentity,
): SubjectVerdict {
  const attested = judgeStatement(statement?.subjects ?? [], image);
  if (attested !== null && attested.verdict !== 'this') return attested;
  const own = judgeDocument(document, image);
  return attested !== null && (own.verdict === 'unstated' || own.verdict === 'undecided') ? attested : own;
}

function judgeDocument(document: SbomDocument, image: ImageIdentity): SubjectVerdict {
  const { digests, layers, layerHints } = document.subject;
  const own = new Set(image.layers.flatMap(({ digest, diffId }) => [digest, diffId]).filter((one) => one !== null));
  const names = [image.manifestDigest, image.configDigest, image.rootDigest].filter((one) => one !== null);
  const found = digests.find((one) => names.includes(one) || own.has(one));
  if (found !== undefined) return { verdict: 'this', why: `It names ${found}, which is this image.` };
  const sibling = digests.find((one) => image.siblings.includes(one));
  if (sibling !== undefined)
    return { verdict: 'platform', why: `It names ${sibling}, another platform of this image.` };
  const foreign = [...layers, ...layerHints].find((one) => !own.has(one));
  if (foreign !== undefined) {
    return image.layers.some(({ digest, diffId }) => digest === null && diffId === null)
      ? { verdict: 'undecided', why: 'It names layers, and not all digests of this image’s layers are known.' }
      : { verdict: 'other', why: `It names layer ${foreign}, which is none of this image’s.` };
  }
  const isWhole =
    layers.length > 0 &&
    image.layers.every(({ digest, diffId }) => [digest, diffId].some((one) => one !== null && layers.includes(one)));
  if (isWhole) return { verdict: 'this', why: 'It names the layers of this image, and no others.' };
  const [first] = digests;
  if (first === undefined) {
    return layerHints.length > 0
      ? { verdict: 'undecided', why: 'It names no image; the layers that it names are this image’s.' }
      : { verdict: 'unstated', why: 'It names no image by a digest.' };
  }
  // The manifest of an image from a daemon or an archive is one that Syft makes up; layers say more.
  if (layerHints.length > 0 && writerOf(document).makesUpManifests) {
    return {
      verdict: 'undecided',
      why: `It names ${first}, which is not this image; the layers that it names are. Syft makes up a manifest for images out of daemons and archives; or it is of an image that this one was built upon.`,
    };
  }
  if (image.manifestDigest === null) {
    return {
      verdict: 'undecided',
      why: `It names ${first}, and the digest of this image’s manifest is not known here.`,
    };
  }
  return { verdict: 'other', why: `It names ${first}, and this image is ${image.manifestDigest}.` };
}

/** What was attested counts before what the document says: that is what a signature covers. */
function judgeStatement(subjects: readonly string[], image: ImageIdentity): SubjectVerdict | null {
  const [first] = subjects;
  if (first === undefined) return null;
  const names = [image.manifestDigest, image.configDigest, image.rootDigest];
  const own = subjects.find((one) => names.includes(one));
  if (own !== undefined) return { verdict: 'this', why: `Its statement is about ${own}, which is this image.` };
  if (subjects.some((one) => image.siblings.includes(one))) {
    return { verdict: 'platform', why: `Its statement is about ${first}, another platform of this image.` };
  }
  if (image.manifestDigest === null) {
    return {
      verdict: 'undecided',
      why: `Its statement is about ${first}, and the digest of this image’s manifest is not known here.`,
    };
  }
  return { verdict: 'other', why: `Its statement is about ${first}, and this image is ${image.manifestDigest}.` };
}
