import { type Chunks, SNIFF_BYTES, sniffCompression, Unpacker } from '../bytes/index.ts';
import { AuditError, cleanPath, decodeBytes, type Limits } from '../core/index.ts';
import { type TarEntry, TarReader, type TarVisitor } from '../tar/index.ts';
import { ArchiveFiles, type ArchiveMember, linkedMember } from './archive-files.ts';
import { documentTooLarge } from './file-set.ts';
import type { PassingBlobs } from './source.ts';

/** First bytes of a member that tell what it is: smaller ones are no layers. */
const PROBE_BYTES = 512;
/**
 * Largest documents kept of one archive, as a multiple of the largest single one. The attack: a thousand members
 * that begin like JSON and are as large as a document may be fill the memory.
 */
const MAX_DOCUMENTS = 8;

/**
 * Reads an archive that can be read only once: standard input, or a compressed file. Documents are kept;
 * everything else may be a layer and is handed on as it passes, because in archives of `docker save` the manifest
 * comes behind the layers it names. Nothing is written to disk.
 */
export async function readPassingArchive(
  place: string,
  chunks: Chunks,
  limits: Limits,
  onBlob: PassingBlobs,
): Promise<ArchiveFiles> {
  const unpacker = new Unpacker({ limits, checksum: true });
  const members = new MemberCollector(place, limits, onBlob);
  const reader = new TarReader(members);
  const pieces: Uint8Array[] = [];
  const read = async (): Promise<void> => {
    for (const piece of pieces.splice(0)) {
      await reader.push(piece);
      await members.settle();
    }
  };
  try {
    for await (const chunk of chunks) {
      unpacker.push(chunk, (piece) => pieces.push(piece));
      await read();
    }
    const blob = unpacker.end((piece) => pieces.push(piece));
    await read();
    const tar = await reader.end();
    await members.settle();
    if (blob.failure?.reason === 'compression-unsupported') {
      throw new AuditError('SOURCE_UNSUPPORTED', `${place}: ${blob.failure.message}`, {
        hint: `Decompress it first, for example: ${blob.compression} -dc ${place} | audit image -`,
      });
    }
    const damage = blob.failure?.message ?? tar.failure?.message ?? members.damage;
    if (members.size === 0) {
      throw new AuditError('SOURCE_UNRECOGNISED', `${place} is no archive of an image: ${damage ?? 'it is empty'}`, {
        hint: 'Give an archive made by docker save, skopeo or buildah, or an OCI image layout.',
      });
    }
    return new ArchiveFiles(place, members.members, damage, limits.maxDocumentBytes);
  } finally {
    await members.abandon();
  }
}

/** Sorts members into documents to keep and blobs to hand on. */
class MemberCollector implements TarVisitor {
  readonly members = new Map<string, ArchiveMember>();
  /** Why members are not all there, if they are not. */
  damage: string | null = null;
  readonly #place: string;
  readonly #limits: Limits;
  readonly #onBlob: PassingBlobs;
  #documentBytes = 0;
  #name = '';
  #sizeBytes = 0;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #fate: 'undecided' | 'document' | 'blob' | 'none' = 'none';
  #queue: ChunkQueue | undefined;
  #current: Promise<void> | undefined;
  /** Blobs handed on and not yet taken to their end. */
  readonly #underWay = new Set<Promise<void>>();
  #failed: { error: unknown } | undefined;

  constructor(place: string, limits: Limits, onBlob: PassingBlobs) {
    this.#place = place;
    this.#limits = limits;
    this.#onBlob = onBlob;
  }

  get size(): number {
    return this.members.size;
  }

  entry(entry: TarEntry): void {
    this.#name = cleanPath(decodeBytes(entry.name)).path;
    this.#sizeBytes = entry.sizeBytes;
    this.#head = [];
    this.#headBytes = 0;
    this.#fate = 'none';
    if (this.members.size >= this.#limits.maxArchiveMembers) {
      this.damage = `more than ${this.#limits.maxArchiveMembers} members`;
      return;
    }
    if (entry.kind === 'symlink' || entry.kind === 'hardlink') {
      this.members.set(this.#name, { link: linkedMember(this.#name, entry.kind, decodeBytes(entry.linkName)) });
    } else if (entry.kind === 'file') {
      this.#fate = 'undecided';
    }
  }

  content(_entry: TarEntry, bytes: Uint8Array): void {
    if (this.#fate === 'blob') {
      this.#queue?.push(bytes);
    } else if (this.#fate === 'document' || this.#fate === 'undecided') {
      this.#head.push(bytes.slice());
      this.#headBytes += bytes.byteLength;
      if (this.#fate === 'undecided' && this.#headBytes >= PROBE_BYTES) this.#decide();
    }
  }

  finish(_entry: TarEntry, complete: boolean): void {
    if (this.#fate === 'undecided') this.#decide();
    const name = this.#name;
    const sizeBytes = this.#sizeBytes;
    if (this.#fate === 'document') {
      const bytes = Buffer.concat(this.#head);
      const blob = { kind: 'remote', sizeBytes, open: () => [bytes] } as const;
      this.members.set(name, { content: { sizeBytes, document: () => bytes, blob } });
    } else if (this.#fate === 'blob') {
      this.#queue?.end(complete ? undefined : new AuditError('BLOB_TRUNCATED', `the archive ends inside ${name}`));
      this.#queue = undefined;
      this.#current = undefined;
      const document = (): never => {
        if (sizeBytes > this.#limits.maxDocumentBytes)
          throw documentTooLarge(name, this.#place, sizeBytes, this.#limits.maxDocumentBytes);
        throw new AuditError('DOCUMENT_INVALID', `${name} in ${this.#place} is no document`);
      };
      this.members.set(name, { content: { sizeBytes, document, blob: { kind: 'passed', name, sizeBytes } } });
    }
    this.#fate = 'none';
  }

  hole(): void {
    // Archives of images hold no sparse files; what stands behind a hole would have the wrong digest anyway.
  }

  anomaly(): void {
    // Oddities of the outer archive hide nothing from the audit of its layers.
  }

  hidden(): void {
    // Likewise.
  }

  /** Waits until what was handed on has been taken, so that a slow taker slows the reading down. */
  async settle(): Promise<void> {
    const complete = [...this.#underWay].filter((taken) => taken !== this.#current);
    await Promise.all([...complete, this.#queue?.drained()]);
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  /** Ends a blob that will get no more bytes, because reading the archive failed. */
  async abandon(): Promise<void> {
    this.#queue?.end(new AuditError('BLOB_TRUNCATED', `the archive ends inside ${this.#name}`));
    this.#queue = undefined;
    await Promise.all(this.#underWay);
  }

  #decide(): void {
    const head = Buffer.concat(this.#head);
    if (this.#isDocument(head)) {
      this.#fate = 'document';
      this.#documentBytes += this.#sizeBytes;
    } else {
      this.#fate = 'blob';
      this.#handOn(head);
    }
  }

  /** Whether a member is kept: it is small, or begins like JSON, and there is room for it. */
  #isDocument(head: Uint8Array): boolean {
    const { maxDocumentBytes } = this.#limits;
    const looksLikeJson = head[0] === 0x7b || head[0] === 0x5b;
    return (
      (looksLikeJson || head.byteLength < PROBE_BYTES) &&
      sniffCompression(head.subarray(0, SNIFF_BYTES)) === 'none' &&
      this.#sizeBytes <= maxDocumentBytes &&
      this.#documentBytes + this.#sizeBytes <= maxDocumentBytes * MAX_DOCUMENTS
    );
  }

  #handOn(head: Uint8Array): void {
    const queue = new ChunkQueue();
    this.#queue = queue;
    queue.push(head);
    this.#head = [];
    const taken = this.#onBlob(this.#name, queue)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        queue.stop();
        this.#underWay.delete(taken);
      });
    this.#underWay.add(taken);
    this.#current = taken;
  }
}

/** Chunks pushed on one side and iterated on the other. */
class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #over = false;
  #stopped = false;
  #error: Error | undefined;
  #onPush: () => void = () => undefined;
  #onDrain: () => void = () => undefined;

  push(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#waiting.push(bytes);
    this.#onPush();
  }

  end(error: Error | undefined): void {
    this.#over = true;
    this.#error = error;
    this.#onPush();
  }

  /** Says that nobody takes any more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#onDrain();
  }

  async drained(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrain = resolve;
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        yield chunk;
        if (this.#waiting.length === 0) this.#onDrain();
      } else if (this.#over) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#onPush = resolve;
        });
      }
    }
  }
}
