/**
 * The same bytes as a plain `Uint8Array`. A `Buffer` is one too, but its `slice` copies nothing: code that
 * keeps a slice would see it change under its hands.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
