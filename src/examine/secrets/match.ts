import type { HiddenRegion } from '../../tar/index.ts';
import type { CustomKind } from './custom/custom-rules.ts';

/** Bytes of a layer that belong to no file: of its tar, or behind the end of its compressed stream. */
export type LayerRegion = HiddenRegion | 'behind-compression';

/** What in a layer carries a secret. */
export type Carrier =
  /** The content of an entry. */
  | { readonly kind: 'content'; readonly row: number }
  /** The content of a member of an archive in an entry; outermost first. Offsets are offsets in the member. */
  | { readonly kind: 'nested'; readonly row: number; readonly members: readonly string[] }
  /** The name of an entry, or what it links to. */
  | { readonly kind: 'path' | 'link'; readonly row: number }
  /** An extended attribute of an entry. */
  | { readonly kind: 'xattr'; readonly row: number; readonly name: string }
  /** Bytes that belong to no file; offsets are offsets in the tar, or from the end of the compressed stream. */
  | { readonly kind: 'hidden'; readonly region: LayerRegion }
  /** A text that is no part of a layer, such as an environment variable. */
  | { readonly kind: 'text' };

/** How a secret is written, where it is not written as it is. */
export type SecretEncoding = 'base64' | 'utf-16le' | 'utf-16be';

/** A secret found in a carrier. Plain data, without the secret. */
export interface SecretMatch {
  /** Which detector found it; the rule is `secrets/<detector>`. */
  readonly detector: string;
  readonly carrier: Carrier;
  /** First byte of the secret in its carrier, and the byte behind its last; of base64 the whole text. */
  readonly byteRange: readonly [number, number];
  /** Outermost first; empty where it is written as it is. */
  readonly encodings: readonly SecretEncoding[];
  /** Line of its first byte, from 1; null in binary content and hidden bytes. */
  readonly line: number | null;
  readonly redacted: string;
  /** Why it may be no secret after all; null where nothing speaks against it. */
  readonly doubt: string | null;
  /** HMAC-SHA256 of the secret: tells the same secret in another place, and nothing to who lacks the key. */
  readonly fingerprint: string;
  readonly lengthChars: number;
  /** What the finding says of itself, where a rule of the user's found it; `detector` is that rule's id. */
  readonly custom?: CustomKind;
}

/** Secrets by their fingerprint: kept apart from matches, so that no record or cache ever holds one. */
export type SecretValues = Map<string, string>;
