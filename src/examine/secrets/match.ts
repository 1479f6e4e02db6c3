import type { HiddenRegion } from '../../tar/index.ts';

/** What in a layer carries a secret. */
export type Carrier =
  /** The content of an entry. */
  | { readonly kind: 'content'; readonly row: number }
  /** The name of an entry, or what it links to. */
  | { readonly kind: 'path' | 'link'; readonly row: number }
  /** Bytes of the tar that belong to no file; offsets are offsets in the tar. */
  | { readonly kind: 'hidden'; readonly region: HiddenRegion }
  /** A text that is no part of a layer, such as an environment variable. */
  | { readonly kind: 'text' };

/** A secret found in a carrier. Plain data, without the secret. */
export interface SecretMatch {
  /** Which detector found it; the rule is `secrets/<detector>`. */
  readonly detector: string;
  readonly carrier: Carrier;
  /** First byte of the secret in its carrier, and the byte behind its last. */
  readonly byteRange: readonly [number, number];
  /** Line of its first byte, from 1; null in binary content and hidden bytes. */
  readonly line: number | null;
  readonly redacted: string;
  /** Why it may be no secret after all; null where nothing speaks against it. */
  readonly doubt: string | null;
  /** HMAC-SHA256 of the secret: tells the same secret in another place, and nothing to who lacks the key. */
  readonly fingerprint: string;
  readonly lengthChars: number;
}

/** Secrets by their fingerprint: kept apart from matches, so that no record or cache ever holds one. */
export type SecretValues = Map<string, string>;
