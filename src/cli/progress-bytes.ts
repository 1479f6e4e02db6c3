/** Bytes in megabytes, with one digit behind the point: steady enough for a line that is drawn ten times a second. */
export function formatProgressBytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
