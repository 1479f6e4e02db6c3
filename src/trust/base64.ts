import { failed } from './check-failure.ts';

/**
 * Decodes base64 and nothing else. The attack: Node's decoder skips what it does not know, so many texts stand for one
 * signature, and two readers of one text see different bytes.
 * @throws CheckFailure `failed`
 */
export function decodeBase64(text: string | undefined, what: string): Buffer<ArrayBuffer> {
  if (text === undefined) throw failed(`${what} is missing`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw failed(`${what} is no base64`);
  return Buffer.from(bytes);
}

/**
 * Decodes base64url without padding, as JWS has it (RFC 7515, section 2).
 * @throws CheckFailure `failed`
 */
export function decodeBase64Url(text: string | undefined, what: string): Buffer<ArrayBuffer> {
  if (text === undefined) throw failed(`${what} is missing`);
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw failed(`${what} is no base64url`);
  return Buffer.from(bytes);
}
