/** Takes the bytes of a file or of a member of an archive, in order. */
export interface ByteSink {
  /** Takes the next bytes. They may be used for something else afterwards: copy what you keep. */
  push(bytes: Uint8Array): void;
  /** Says that there are no more: because it is over, or because it broke off. */
  end(): void;
}

/** Starts a member of an archive. */
export type OpenMember = (name: string) => ByteSink;

/** Takes nothing. */
export const NOWHERE: ByteSink = { push: () => undefined, end: () => undefined };

/** Why an archive cannot be read any further. Content, not environment. */
export class NestedFormatError extends Error {}
