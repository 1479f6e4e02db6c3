import type { BlobFacts } from '../bytes/index.ts';
import type { DiffId } from '../core/index.ts';
import { type TarFacts, TarReader } from '../tar/index.ts';
import type { FileDigests } from './file-digests.ts';
import type { LayerGap, LayerJob, LayerRecord } from './layer-record.ts';
import { LayerVisitor } from './layer-visitor.ts';
import { rulesetId } from './ruleset.ts';
import type { SecretValues } from './secrets/index.ts';

/** What examining a layer gave: the record, and apart from it the secrets. */
export interface ExaminedLayer {
  readonly record: LayerRecord;
  readonly secrets: SecretValues;
}

/**
 * Examines a layer's uncompressed tar as it comes: digests each file, searches all of it for secrets,
 * keeps its entries and what rules need of its system files. Nothing is kept of the content itself.
 */
export class LayerExaminer {
  readonly #files: FileDigests;
  readonly #customRules: LayerJob['customRules'];
  readonly #visitor: LayerVisitor;
  readonly #reader: TarReader;
  #trailingBytes = 0;

  constructor(job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>, files: FileDigests) {
    this.#files = files;
    this.#customRules = job.customRules;
    this.#visitor = new LayerVisitor(job, files);
    this.#reader = new TarReader(this.#visitor, {
      maxExtendedHeaderBytes: job.limits.maxExtendedHeaderBytes,
      salvage: true,
    });
  }

  /** Takes the next bytes of the tar. They are changed in place: hand over what nobody else reads. */
  async push(chunk: Uint8Array): Promise<void> {
    await this.#reader.push(chunk);
    if (this.#visitor.isDue) await this.#visitor.judge();
  }

  /** Says that bytes of the tar are missing here, because the compressed stream is damaged. */
  hole(): void {
    this.#reader.hole();
  }

  /** Takes bytes from behind the end of the compressed stream: they are part of no tar, and searched all the same. */
  async pushTrailing(chunk: Uint8Array): Promise<void> {
    this.#visitor.hidden('behind-compression', chunk, this.#trailingBytes);
    this.#trailingBytes += chunk.byteLength;
    if (this.#visitor.isDue) await this.#visitor.judge();
  }

  /** Says that the layer is over. `blob` is what unpacking told about it, `diffId` the digest of the tar. */
  async end(blob: BlobFacts, diffId: DiffId): Promise<ExaminedLayer> {
    const tar = await this.#reader.end();
    const visitor = this.#visitor;
    const columns = visitor.finishColumns(await this.#files.settle());
    await visitor.judge();
    const gaps = [...blobGaps(blob), ...this.#tarGaps(tar, blob), ...visitor.gaps()];
    return {
      record: {
        ruleset: rulesetId(this.#customRules),
        blob,
        diffId,
        columns,
        contentBytes: visitor.contentBytes,
        anomalies: visitor.anomalies.inOrder(),
        anomalyCounts: visitor.anomalies.counts,
        secrets: visitor.secrets(),
        systemFiles: visitor.systemFiles.files,
        packageDatabases: visitor.packages.databases,
        packageFiles: visitor.packages.fileLists,
        programs: visitor.programs.programs,
        xattrs: visitor.xattrs,
        devices: visitor.devices,
        gaps,
      },
      secrets: visitor.secretValues(),
    };
  }

  #tarGaps({ failure, damages }: TarFacts, blob: BlobFacts): LayerGap[] {
    const gaps: LayerGap[] = damages.map(({ bytes, message }) => ({ reason: 'tar-damaged', bytes, message }));
    if (failure === null) return gaps;
    const { reason, message, offset } = failure;
    // A tar that was cut because its compression broke is one trouble, not two.
    if (reason === 'blob-truncated' && blob.failure === null) gaps.push({ reason, bytes: null, message });
    if (reason === 'tar-damaged' && damages.length === 0) {
      gaps.push({ reason, bytes: blob.uncompressedBytes - offset, message });
    }
    return gaps;
  }
}

function blobGaps({ failure, holes }: BlobFacts): LayerGap[] {
  const gaps = holes.map(({ offset, bytes, message }) => ({
    reason: 'decompression-failed' as const,
    bytes,
    message: `${message}; ${bytes} stored bytes from byte ${offset} on were not unpacked`,
  }));
  if (failure === null || (failure.reason === 'decompression-failed' && holes.length > 0)) return gaps;
  return [...gaps, { reason: failure.reason, bytes: null, message: failure.message }];
}
