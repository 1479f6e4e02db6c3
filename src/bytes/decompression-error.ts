/** A compressed stream that is broken or ends too early. Content, not environment: it becomes a gap. */
export class DecompressionError extends Error {
  /** Whether the stream merely ended before it was complete. */
  readonly truncated: boolean;

  constructor(message: string, options: { truncated: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'DecompressionError';
    this.truncated = options.truncated;
  }
}
