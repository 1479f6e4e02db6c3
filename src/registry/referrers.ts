import { AuditError, type Digest } from '../core/index.ts';
import { type Descriptor, type Index, readManifestDocument } from '../oci/index.ts';
import type { HttpAnswer } from './http-answer.ts';

/** Manifests that name another one as their subject. */
export interface Referrers {
  readonly manifests: readonly Descriptor[];
  /** How they were found: by asking, or by the tag that is kept for registries that cannot be asked. */
  readonly foundBy: 'referrers-api' | 'fallback-tag';
  /** Whether there are more than were read. */
  readonly more: boolean;
}

/** Most pages and manifests read. The attack: a list whose last page never comes. */
const MAX_PAGES = 20;
const MAX_REFERRERS = 1000;

/**
 * Follows the pages of a list of referrers (OCI distribution specification, "Listing Referrers").
 * @param first where the list begins
 * @param fetch gets a page
 * @throws AuditError; `DOCUMENT_INVALID` where a page is no list
 */
export async function listReferrers(
  first: URL,
  fetch: (url: URL) => Promise<HttpAnswer>,
  limitBytes: number,
): Promise<Referrers> {
  const manifests = new Map<Digest, Descriptor>();
  let url: URL | null = first;
  for (let pages = 0; url !== null; pages += 1) {
    if (pages >= MAX_PAGES || manifests.size >= MAX_REFERRERS)
      return { manifests: [...manifests.values()], foundBy: 'referrers-api', more: true };
    const answer = await fetch(url);
    for (const entry of readIndex(await answer.bytes(limitBytes)).manifests) manifests.set(entry.digest, entry);
    url = nextPage(answer.response.headers.get('link'), url);
  }
  const more = manifests.size > MAX_REFERRERS;
  return { manifests: [...manifests.values()].slice(0, MAX_REFERRERS), foundBy: 'referrers-api', more };
}

/**
 * Reads a list of referrers.
 * @throws AuditError `DOCUMENT_INVALID`
 */
export function readIndex(bytes: Uint8Array): Index {
  const document = readManifestDocument(bytes, 'the list of referrers');
  if (document.kind === 'index') return document;
  throw new AuditError('DOCUMENT_INVALID', 'the list of referrers is no list');
}

/** The tag under which clients keep the list where a registry cannot ("Referrers Tag Schema"); cosign's begin with it. */
export function referrersTag(digest: Digest): string {
  return digest.replace(':', '-').slice(0, 64 + 'sha256-'.length);
}

/**
 * The next page that a `Link` header names (RFC 8288); null where there is none.
 * @throws AuditError `REDIRECT_REFUSED` where it is on another host
 */
export function nextPage(link: string | null, page: URL): URL | null {
  for (const [, target = '', parameters = ''] of (link ?? '').matchAll(/<([^<>]*)>([^,<]*)/g)) {
    if (!/;\s*rel\s*=\s*"?next"?(?:\s*;|\s*$)/i.test(parameters)) continue;
    const url = URL.canParse(target, page) ? new URL(target, page) : null;
    // The attack: a list goes on at another host, which is sent the token for this one.
    if (url === null || url.origin !== page.origin || url.username !== '' || url.password !== '') {
      throw new AuditError(
        'REDIRECT_REFUSED',
        `${page.host} was not followed: its list of referrers goes on elsewhere`,
      );
    }
    return url;
  }
  return null;
}
