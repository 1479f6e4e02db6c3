import type { LayersReport } from '../layers.ts';
import { renderCsv } from './csv.ts';

const HEADER = [
  'platform',
  'layer',
  'digest',
  'diff_id',
  'compression',
  'stored_bytes',
  'tar_bytes',
  'content_bytes',
  'live_bytes',
  'deleted_bytes',
  'overwritten_bytes',
  'metadata_only_bytes',
  'unreached_bytes',
  'reclaimable_stored_bytes_estimate',
  'share',
  'files',
  'folders',
  'links',
  'whiteouts',
  'origin',
  'origin_basis',
  'history_index',
  'created',
  'instruction',
  'complete',
];

/** The layers, a line each, with a header; what is not known is empty. */
export function renderLayersCsv(report: LayersReport): string {
  const text = (value: string | number | boolean | null): string => (value === null ? '' : String(value));
  const rows = report.images.flatMap(({ platform, layers }) =>
    layers.map((layer) =>
      [
        platform,
        layer.index,
        layer.digest,
        layer.diffId,
        layer.compression,
        layer.storedBytes,
        layer.tarBytes,
        layer.contentBytes,
        layer.liveBytes,
        layer.hiddenBytes.deleted,
        layer.hiddenBytes.overwritten,
        layer.hiddenBytes.metadataOnly,
        layer.unreachedBytes,
        layer.reclaimableStoredBytesEstimate,
        layer.share.toFixed(6),
        layer.files,
        layer.folders,
        layer.links,
        layer.whiteouts,
        layer.origin,
        layer.originBasis,
        layer.historyIndex,
        layer.created,
        layer.instruction,
        layer.complete,
      ].map(text),
    ),
  );
  return renderCsv([HEADER, ...rows]);
}
