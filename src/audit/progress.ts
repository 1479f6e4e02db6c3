/** What an audit tells while it runs. */
export type AuditProgress =
  | { readonly type: 'opening'; readonly reference: string }
  /** How many layers there are to examine, and their stored bytes where known. */
  | { readonly type: 'layers'; readonly layers: number; readonly bytes: number | null }
  /** Stored bytes of one layer read so far. */
  | {
      readonly type: 'layer-progress';
      readonly layer: string;
      readonly bytes: number;
      readonly totalBytes: number | null;
    }
  | { readonly type: 'layer-done'; readonly layer: string }
  /** Files of a folder, or a stream, searched so far. */
  | { readonly type: 'files'; readonly files: number; readonly bytes: number }
  | { readonly type: 'judging' };

/** Takes progress; must not throw. */
export type OnProgress = (progress: AuditProgress) => void;
