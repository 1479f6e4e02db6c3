import { AuditError } from '../core/index.ts';
import { isLocalAddress, isLoopback } from './endpoint.ts';

const MAX_REDIRECTS = 5;

/** Where a redirect goes; null where the answer is none. */
export function redirectTarget(status: number, location: string | null): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? location : null;
}

/**
 * The URL that a redirect goes to, if it is followed: to HTTPS anywhere, to HTTP only from HTTP. The attack besides
 * lost secrecy: a registry on the internet redirects to an address that only the auditor can reach, such as a
 * cloud's metadata service, and reads the answer from the report.
 * @param followed how many redirects there were before
 * @throws AuditError `REDIRECT_REFUSED`
 */
export function checkedRedirect(from: URL, location: string, followed: number): URL {
  if (followed >= MAX_REDIRECTS) throw redirectRefused(from, `it redirects more than ${MAX_REDIRECTS} times`);
  if (!URL.canParse(location, from)) throw redirectRefused(from, 'it redirects to something that is no URL');
  const to = new URL(location, from);
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    throw redirectRefused(from, `it redirects to ${to.protocol}`);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw redirectRefused(from, `it redirects to ${to.host} over plain HTTP`);
  if (to.username !== '' || to.password !== '') throw redirectRefused(from, 'it redirects to a URL with a user name');
  if (isLocalAddress(to.host) && !isLoopback(from.host) && to.hostname !== from.hostname)
    throw redirectRefused(from, `it redirects to ${to.host}, an address of this machine`);
  return to;
}

/** A redirect that is not followed. */
export function redirectRefused(url: URL, why: string): AuditError {
  return new AuditError('REDIRECT_REFUSED', `${url.host} was not followed: ${why}`);
}

/** Headers for another host: all but credentials. */
export function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}
