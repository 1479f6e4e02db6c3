import type {
  LayersBudget,
  LayersFolder,
  LayersImage,
  LayersLayer,
  LayersReport,
  LayersTreemap,
} from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import {
  diveEfficiency,
  type FolderSize,
  findDuplicates,
  folderTree,
  type LayerSize,
  largestFiles,
  layoutTreemap,
  measureLayers as measureEach,
  metadataRewrites,
  reclaimableBytes,
  sumSizes,
  wastedPaths,
} from '../stages/index.ts';
import { EXIT } from './assemble-report.ts';
import { shownImage, shownLayer, shownPath } from './document-places.ts';
import { documentHead, type ExamineOptions, examineSubject } from './examine-subject.ts';
import { isLayerComplete } from './gaps.ts';
import { budgetBytes, type SizeBudget } from './size-budget.ts';

/** What {@link measureLayers} is told. */
export interface MeasureLayersOptions extends ExamineOptions {
  readonly allowIncomplete?: boolean;
  /** How many of the largest are told of everything; 20 unless told. */
  readonly top?: number;
  /** Tell what folders hold, too. */
  readonly tree?: boolean;
  /** Lay out a picture of the final filesystem, too. */
  readonly treemap?: boolean;
  /** Most that the tars of all layers may take together. */
  readonly maxSize?: SizeBudget;
  /** Most that one layer's tar may take. */
  readonly maxLayerSize?: SizeBudget;
  /** Most that may be reclaimable, in bytes or as a share of all bytes of files. */
  readonly maxWaste?: SizeBudget;
}

/** Of a picture: large enough for names, and few enough parts for any viewer. */
const TREEMAP = { width: 1200, height: 720, maxPaths: 500 };

/**
 * Measures an image: what each layer brought, what of it nobody can use, and what takes most.
 * @throws AuditError where it cannot be run; what the image holds is never a reason to throw
 */
export async function measureLayers(options: MeasureLayersOptions): Promise<LayersReport> {
  const startedAt = new Date();
  const subject = await examineSubject(options);
  const images = subject.images.map((evidence) => toLayersImage(evidence, options));
  const budgets = images.flatMap((image) => checkBudgets(image, options));
  const failed = budgets.some(({ exceeded }) => exceeded);
  const passed = subject.complete || options.allowIncomplete === true ? EXIT.passed : EXIT.incomplete;
  return {
    schema: 'layer-audit/layers-1',
    ...documentHead(subject, options),
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    images,
    gaps: subject.gaps,
    budgets,
    verdict: { complete: subject.complete, failed, exitStatus: failed ? EXIT.findings : passed },
  };
}

function toLayersImage(
  evidence: ImageEvidence,
  { top = 20, tree = false, treemap = false }: MeasureLayersOptions,
): LayersImage {
  const { filesystem, image } = evidence;
  const sizes = measureEach(filesystem);
  const sum = sumSizes(sizes);
  const layers = sizes.map((size, index) => toLayer(evidence, index, size, sum.contentBytes));
  const path = (text: string): ReturnType<typeof shownPath> => shownPath(evidence, text);
  const duplicates = findDuplicates(filesystem, top);
  const dive = diveEfficiency(filesystem, top);
  return {
    ...shownImage(evidence),
    historyMismatch: image.historyMismatch,
    totals: {
      storedBytes: sumKnown(layers.map(({ storedBytes }) => storedBytes)),
      tarBytes: sumKnown(layers.map(({ tarBytes }) => tarBytes)),
      files: sum.files,
      contentBytes: sum.contentBytes,
      liveBytes: sum.liveBytes,
      hiddenBytes: hiddenBytes(sum),
      unreachedBytes: sum.unreachedBytes,
      reclaimableBytes: reclaimableBytes(sum),
      reclaimableStoredBytesEstimate: sumKnown(
        layers.map(({ reclaimableStoredBytesEstimate }) => reclaimableStoredBytesEstimate),
      ),
      efficiency: sum.contentBytes === 0 ? 1 : sum.liveBytes / sum.contentBytes,
    },
    layers,
    largest: largestFiles(filesystem, top).map(({ entry, fate }) => ({
      ...path(entry.path),
      layer: entry.layerIndex,
      bytes: entry.sizeBytes,
      state: fate,
      hiddenIn: fate === 'live' ? null : (entry.hiddenBy?.layerIndex ?? null),
    })),
    waste: {
      paths: wastedPaths(filesystem, top).map(({ versions, bytes, liveIn, ...one }) => ({
        ...path(one.path),
        bytes,
        versions: versions.map(({ layerIndex, ...version }) => ({ layer: layerIndex, ...version })),
        liveIn,
      })),
      rewrites: metadataRewrites(filesystem).map(({ layerIndex, ...rewrite }) => ({ layer: layerIndex, ...rewrite })),
      duplicates: {
        bytes: duplicates.bytes,
        contents: duplicates.contents,
        largest: duplicates.largest.map(({ digest, sizeBytes, files, places }) => ({
          digest: `sha256:${digest}`,
          sizeBytes,
          files,
          places: places.map((place) => ({ ...path(place.path), layer: place.layerIndex })),
        })),
      },
      dive: { ...dive, paths: dive.paths.map(({ count, bytes, ...one }) => ({ ...path(one.path), count, bytes })) },
    },
    ...(tree ? { tree: toFolder(evidence, folderTree(filesystem, top)) } : {}),
    ...(treemap ? { treemap: toTreemap(evidence) } : {}),
  };
}

function toTreemap(evidence: ImageEvidence): LayersTreemap {
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  const cells = layoutTreemap(evidence.filesystem, TREEMAP).map(({ path, kind, layerIndex, bytes, ...area }) => ({
    ...shownPath(evidence, path),
    kind,
    layer: layerIndex,
    bytes,
    x: rounded(area.x),
    y: rounded(area.y),
    width: rounded(area.width),
    height: rounded(area.height),
  }));
  return { width: TREEMAP.width, height: TREEMAP.height, cells };
}

function toLayer(evidence: ImageEvidence, index: number, size: LayerSize, allBytes: number): LayersLayer {
  const { layer, record } = evidence.layers[index] as ImageEvidence['layers'][number];
  const storedBytes = record?.blob.sizeBytes ?? layer.sizeBytes;
  const tarBytes = record?.blob.uncompressedBytes ?? null;
  const { digest, diffId, instruction, historyIndex, created } = shownLayer(evidence, index);
  return {
    index,
    digest,
    diffId,
    compression: record?.blob.compression ?? null,
    storedBytes,
    tarBytes,
    contentBytes: record === null ? null : size.contentBytes,
    liveBytes: size.liveBytes,
    hiddenBytes: hiddenBytes(size),
    unreachedBytes: size.unreachedBytes,
    reclaimableStoredBytesEstimate:
      storedBytes === null || tarBytes === null || tarBytes === 0
        ? null
        : Math.round(storedBytes * Math.min(1, size.hiddenTarBytes / tarBytes)),
    share: allBytes === 0 ? 0 : size.contentBytes / allBytes,
    files: size.files,
    folders: size.folders,
    links: size.links,
    whiteouts: size.whiteouts,
    instruction,
    historyIndex,
    created,
    origin: layer.origin,
    originBasis: layer.originBasis,
    complete: isLayerComplete({ layer, record }),
  };
}

function hiddenBytes(
  size: Pick<LayerSize, 'deletedBytes' | 'overwrittenBytes' | 'metadataOnlyBytes'>,
): LayersLayer['hiddenBytes'] {
  return { deleted: size.deletedBytes, overwritten: size.overwrittenBytes, metadataOnly: size.metadataOnlyBytes };
}

function toFolder(evidence: ImageEvidence, { path, folders, ...sizes }: FolderSize): LayersFolder {
  return { ...shownPath(evidence, path), ...sizes, folders: folders.map((folder) => toFolder(evidence, folder)) };
}

/** A sum; null where a part of it is not known. */
function sumKnown(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** What is not known counts as nothing: such an image is told to be incomplete. */
function checkBudgets(image: LayersImage, options: MeasureLayersOptions): LayersBudget[] {
  const { platform, layers, totals } = image;
  const { maxSize, maxLayerSize, maxWaste } = options;
  const tars = layers.map(({ tarBytes }) => tarBytes ?? 0);
  const checked: LayersBudget[] = [];
  const check = (
    kind: LayersBudget['kind'],
    budget: SizeBudget,
    bytes: number,
    wholeBytes: number,
    layer: number | null = null,
  ): void => {
    const limitBytes = budgetBytes(budget, wholeBytes);
    checked.push({ kind, platform, layer, limit: budget.text, limitBytes, bytes, exceeded: bytes > limitBytes });
  };
  const all = tars.reduce((sum, bytes) => sum + bytes, 0);
  if (maxSize !== undefined) check('size', maxSize, all, all);
  if (maxLayerSize !== undefined && tars.length > 0) {
    const largest = tars.reduce((best, bytes, i) => (bytes > (tars[best] as number) ? i : best), 0);
    check('layer-size', maxLayerSize, tars[largest] as number, all, largest);
  }
  if (maxWaste !== undefined) check('waste', maxWaste, totals.reclaimableBytes, totals.contentBytes);
  return checked;
}
