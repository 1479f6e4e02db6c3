import { type Digest, type Limits, shortDigest } from '../core/index.ts';
import {
  type CustomRules,
  defaultLanes,
  type ExaminedLayer,
  ExaminerPool,
  type LayerJob,
  type LayerRecord,
  type SecretValues,
} from '../examine/index.ts';
import type { Image, ImageLayer } from '../image/index.ts';
import type { BlobHandle, SourceOrphan } from '../source/index.ts';
import type { OnProgress } from './progress.ts';
import { untilAborted } from './until-aborted.ts';

/** Records of layers by what names their blob in the source; see {@link blobKey}. */
export type LayerRecords = Map<string, LayerRecord>;

/** What an image says its blob is; nothing where it says nothing. */
type ExpectedDigests = Partial<Pick<ImageLayer, 'digest' | 'diffId'>>;

/** What {@link LayerWork} is told. */
export interface LayerWorkOptions {
  readonly limits: Limits;
  readonly fingerprintKey: Uint8Array;
  /** Rules that the user brings. */
  readonly customRules?: CustomRules | undefined;
  /** Most layers examined at once; null lets the machine decide. */
  readonly jobs: number | null;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/**
 * Examines layers of one audit, each blob once however many platforms and positions share it, also those that
 * pass by while a stream is read.
 */
export class LayerWork implements AsyncDisposable {
  readonly records: LayerRecords = new Map();
  readonly secrets: SecretValues = new Map();
  readonly #options: LayerWorkOptions;
  #pool: ExaminerPool | undefined;

  constructor(options: LayerWorkOptions) {
    this.#options = options;
  }

  /** Examines a blob that passes by, and tells its digest. It may be no layer; then nobody will ask for its record. */
  async examinePassing(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
    this.#pool ??= this.#startPool(null);
    const layer = await this.#run(this.#job({}), chunks, name, null);
    this.#keep(`passed ${name}`, layer);
    return layer.record.blob.digest;
  }

  /** Examines all layers of some images. */
  async examineImages(images: readonly Image[]): Promise<void> {
    const wanted = new Map<string, ImageLayer & { blob: BlobHandle }>();
    for (const layer of images.flatMap((image) => image.layers)) {
      if (layer.blob === null || this.records.has(blobKey(layer.blob, layer))) continue;
      wanted.set(blobKey(layer.blob, layer), { ...layer, blob: layer.blob });
    }
    const sizes = [...wanted.values()].map(({ blob, sizeBytes }) => storedBytes(blob) ?? sizeBytes);
    const bytes = sizes.some((size) => size === null)
      ? null
      : sizes.reduce<number>((sum, size) => sum + (size as number), 0);
    this.#options.onProgress({ type: 'layers', layers: wanted.size, bytes });
    this.#pool ??= this.#startPool(bytes);
    // The largest first: what is left for the end then fits into the gaps.
    const ordered = [...wanted].sort(([, a], [, b]) => (storedBytes(b.blob) ?? 0) - (storedBytes(a.blob) ?? 0));
    await Promise.all(ordered.map(([key, layer]) => this.#examine(key, layer)));
  }

  /** Examines blobs that nothing names, as if they were layers: whatever they are, their bytes are searched. */
  async examineOrphans(orphans: readonly SourceOrphan[]): Promise<void> {
    const work = orphans.map(async ({ name, digest, blob }) => {
      // What passed by has been examined already.
      if (blob.kind === 'passed') return;
      this.#pool ??= this.#startPool(null);
      await this.#examineBlob(orphanKey({ name, blob }), blob, { digest }, name);
    });
    await Promise.all(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
  }

  async #examine(key: string, layer: ImageLayer & { blob: BlobHandle }): Promise<void> {
    const { blob } = layer;
    if (blob.kind === 'passed') return;
    const name = shortDigest(layer.digest ?? layer.diffId ?? `layer ${layer.index}`);
    await this.#examineBlob(key, blob, layer, name);
    this.#options.onProgress({ type: 'layer-done', layer: name });
  }

  async #examineBlob(
    key: string,
    blob: Exclude<BlobHandle, { kind: 'passed' }>,
    expected: ExpectedDigests,
    name: string,
  ): Promise<void> {
    const job = { ...this.#job(expected), location: blob.kind === 'file' ? blob.range : ('stream' as const) };
    const chunks = blob.kind === 'remote' ? blob.open(this.#options.signal) : undefined;
    this.#keep(key, await this.#run(job, chunks, name, storedBytes(blob)));
  }

  async #run(
    job: LayerJob,
    chunks: Parameters<ExaminerPool['examine']>[1],
    name: string,
    totalBytes: number | null,
  ): Promise<ExaminedLayer> {
    const { signal, onProgress } = this.#options;
    signal.throwIfAborted();
    const pool = this.#pool as ExaminerPool;
    return untilAborted(
      pool.examine(job, chunks, (bytes) => onProgress({ type: 'layer-progress', layer: name, bytes, totalBytes })),
      signal,
    );
  }

  #job(expected: ExpectedDigests): LayerJob {
    const { limits, fingerprintKey, customRules } = this.#options;
    return {
      location: 'stream',
      expectedDigest: expected.digest ?? null,
      expectedDiffId: expected.diffId ?? null,
      limits,
      fingerprintKey,
      customRules,
    };
  }

  #keep(key: string, { record, secrets }: ExaminedLayer): void {
    this.records.set(key, record);
    for (const [fingerprint, value] of secrets) this.secrets.set(fingerprint, value);
  }

  #startPool(expectedBytes: number | null): ExaminerPool {
    const lanes = this.#options.jobs ?? defaultLanes();
    return new ExaminerPool({ lanes, ...(expectedBytes === null ? {} : { expectedBytes }) });
  }
}

/** Names a blob within one source: the same for all layers that have the same bytes. */
export function blobKey(blob: BlobHandle, layer: Pick<ImageLayer, 'digest' | 'index'>): string {
  switch (blob.kind) {
    case 'file':
      return `file ${blob.range.path} ${blob.range.offset}`;
    case 'passed':
      return `passed ${blob.name}`;
    case 'remote':
      return layer.digest === null ? `remote ${layer.index}` : `remote ${layer.digest}`;
  }
}

/** Names the record of a blob that nothing names. */
export function orphanKey({ name, blob }: Pick<SourceOrphan, 'name' | 'blob'>): string {
  return blob.kind === 'passed' ? `passed ${blob.name}` : `orphan ${name}`;
}

function storedBytes(blob: BlobHandle): number | null {
  return blob.kind === 'file' ? blob.range.lengthBytes : blob.sizeBytes;
}
