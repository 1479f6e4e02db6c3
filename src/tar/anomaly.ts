/**
 * Something in a layer's tar that tar readers disagree about, or that no honest builder writes.
 *
 * - `size-on-header-only`: a link, directory or device states a size. tar-stream, node-tar and GNU tar skip
 *   that many bytes (GNU tar for symlinks); Go, and so containerd, does not. A file placed there exists in
 *   the container and is unseen by those scanners.
 * - `pax-size-mismatch`: the PAX size and the header's size differ although both could be written in the
 *   header. Readers that forget the former read file content as headers (CVE-2025-62518).
 * - `name-conflict`: a GNU long name and a PAX path name different files.
 * - `global-header-override`: a PAX global header sets names, sizes or links. GNU tar applies it to what
 *   follows; Go does not. Or it stands between an extended header and its entry, and Go forgets the former.
 * - `type-unknown`, `contiguous-file`, `old-gnu-sparse`: record types that containerd refuses.
 * - `lone-zero-block`: one zero block and then more records. GNU tar goes on, Go fails.
 * - `data-after-end`: bytes behind the end-of-archive marker. Most readers never look there.
 * - `sparse-map-invalid`: a sparse map that makes no sense, or leaves out stored bytes. Go refuses it.
 * - `data-in-padding`: bytes in the padding behind a file's content, an extended header or a sparse map.
 */
export type TarAnomalyKind =
  | 'size-on-header-only'
  | 'pax-size-mismatch'
  | 'pax-invalid'
  | 'name-conflict'
  | 'global-header-override'
  | 'extended-header-too-large'
  | 'number-invalid'
  | 'type-unknown'
  | 'contiguous-file'
  | 'old-gnu-sparse'
  | 'sparse-map-invalid'
  | 'absolute-path'
  | 'escaping-path'
  | 'path-too-long'
  | 'lone-zero-block'
  | 'data-after-end'
  | 'data-in-padding';

/** One {@link TarAnomalyKind} seen in one place. */
export interface TarAnomaly {
  readonly kind: TarAnomalyKind;
  /** Position among the layer's entries; null where it belongs to none. */
  readonly sequence: number | null;
  /** Offset of the header, or of the bytes, in the uncompressed tar. */
  readonly offset: number;
  /** Bytes concerned, where the anomaly is about bytes. */
  readonly bytes: number | null;
  /** What exactly was seen. Holds text out of the image: escape it before printing. */
  readonly detail: string;
}
