import { type BlobFacts, ContentDigest } from '../bytes/index.ts';
import { digestAlgorithm, parseDiffId } from '../core/index.ts';
import { TarReader } from '../tar/index.ts';
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
 * Examines a layer's uncompressed tar as it comes: digests it and each file, searches all of it for secrets,
 * keeps its entries and what rules need of its system files. Nothing is kept of the content itself.
 */
export class LayerExaminer {
  readonly #diffId: ContentDigest;
  readonly #visitor: LayerVisitor;
  readonly #reader: TarReader;
  #trailingBytes = 0;

  constructor(job: Pick<LayerJob, 'limits' | 'expectedDiffId' | 'fingerprintKey'>) {
    this.#diffId = new ContentDigest(job.expectedDiffId === null ? 'sha256' : digestAlgorithm(job.expectedDiffId));
    this.#visitor = new LayerVisitor(job);
    this.#reader = new TarReader(this.#visitor, { maxExtendedHeaderBytes: job.limits.maxExtendedHeaderBytes });
  }

  /** Takes the next bytes of the tar. They are changed in place: hand over what nobody else reads. */
  async push(chunk: Uint8Array): Promise<void> {
    this.#diffId.update(chunk);
    await this.#reader.push(chunk);
    if (this.#visitor.isDue) await this.#visitor.judge();
  }

  /** Takes bytes from behind the end of the compressed stream: they are part of no tar, and searched all the same. */
  async pushTrailing(chunk: Uint8Array): Promise<void> {
    this.#visitor.hidden('behind-compression', chunk, this.#trailingBytes);
    this.#trailingBytes += chunk.byteLength;
    if (this.#visitor.isDue) await this.#visitor.judge();
  }

  /** Says that the layer is over. `blob` is what unpacking told about it. */
  async end(blob: BlobFacts): Promise<ExaminedLayer> {
    const tar = await this.#reader.end();
    const visitor = this.#visitor;
    const columns = visitor.finishColumns();
    await visitor.judge();
    const gaps: LayerGap[] = [];
    // A tar that was cut because its compression broke is one trouble, not two.
    if (blob.failure !== null) {
      gaps.push({ reason: blob.failure.reason, bytes: null, message: blob.failure.message });
    } else if (tar.failure !== null) {
      const { reason, message, offset } = tar.failure;
      gaps.push({ reason, message, bytes: reason === 'tar-damaged' ? this.#diffId.sizeBytes - offset : null });
    }
    gaps.push(...visitor.gaps());
    return {
      record: {
        ruleset: rulesetId(),
        blob,
        diffId: parseDiffId(this.#diffId.finish()),
        columns,
        contentBytes: visitor.contentBytes,
        anomalies: visitor.anomalies.inOrder(),
        anomalyCounts: visitor.anomalies.counts,
        secrets: visitor.secrets(),
        systemFiles: visitor.systemFiles.files,
        packageDatabases: visitor.systemFiles.databases,
        xattrs: visitor.xattrs,
        devices: visitor.devices,
        gaps,
      },
      secrets: visitor.secretValues(),
    };
  }
}
