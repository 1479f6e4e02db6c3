/** Annotations of a descriptor, a manifest or an index. */
export type Annotations = Readonly<Record<string, string>>;

/**
 * Annotations of an outer document and of one in it, for an image under both: the inner ones win, and the outer
 * ones they hide are kept under another key. The attack: a secret in an index's annotation is not seen where the
 * manifest has a harmless one of the same key.
 */
export function mergeAnnotations(outer: Annotations, inner: Annotations): Record<string, string> {
  const merged: Record<string, string> = Object.assign(Object.create(null), outer, inner);
  for (const [key, text] of Object.entries(outer)) {
    if (merged[key] === text) continue;
    let hidden = `${key} (of an outer document)`;
    while (merged[hidden] !== undefined && merged[hidden] !== text) hidden = `${hidden}′`;
    merged[hidden] = text;
  }
  return merged;
}
