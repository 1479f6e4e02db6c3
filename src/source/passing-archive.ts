import { type Chunks, digestOf, Unpacker } from '../bytes/index.ts';
import { AuditError, cleanPath, type Digest, decodeBytes, type Limits } from '../core/index.ts';
import { type HiddenRegion, type TarAnomaly, type TarEntry, TarReader, type TarVisitor } from '../tar/index.ts';
import { ArchiveFiles, linkedMember, TRAILING_NAME } from './archive-files.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { type ContentLook, documentTooLarge, LOOK_BYTES, lookOf } from './file-set.ts';
import { filesystemError, isImageName, isSystemName } from './filesystem-archive.ts';
import { type MemberContent, MemberTable } from './member-table.ts';
import type { PassingBlobs } from './source.ts';

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
      if (members.isFilesystem) throw filesystemError(place, 'manifest.json or index.json', false);
    }
  };
  try {
    for await (const chunk of chunks) {
      unpacker.push(chunk, (piece) => pieces.push(piece.slice()));
      await read();
      while (unpacker.isBehind) {
        unpacker.resume((piece) => pieces.push(piece.slice()));
        await read();
      }
    }
    const blob = unpacker.end((piece) => pieces.push(piece.slice()));
    await read();
    const tar = await reader.end();
    members.endTrailing();
    await members.settle();
    if (blob.failure?.reason === 'compression-unsupported') {
      throw new AuditError('SOURCE_UNSUPPORTED', `${place}: ${blob.failure.message}`, {
        hint: `Decompress it first, for example: ${blob.compression} -dc ${place === 'standard input' ? '' : `${place} `}| audit image -`,
      });
    }
    const damage = blob.failure?.message ?? tar.failure?.message ?? members.damage;
    if (members.table.size === 0) {
      throw new AuditError('SOURCE_UNRECOGNISED', `${place} is no archive of an image: ${damage ?? 'it is empty'}`, {
        hint: 'Give an archive made by docker save, skopeo or buildah, or an OCI image layout.',
      });
    }
    return new ArchiveFiles(members.table, {
      place,
      damage,
      endMarked: tar.endMarked,
      trailing: members.trailing(),
      maxDocumentBytes: limits.maxDocumentBytes,
    });
  } finally {
    await members.abandon();
  }
}

/** So many names of a running system, and none of an image, and it is the filesystem of one. */
const SYSTEM_NAMES = 20;

/** What is behind the end of an archive is handed on under a name that no member has. */
const TRAILING_IN_PASSING = `//${TRAILING_NAME}`;

/** Sorts members into documents to keep and blobs to hand on. */
class MemberCollector implements TarVisitor {
  readonly table = new MemberTable();
  /** Why members are not all there, if they are not. */
  damage: string | null = null;
  readonly #place: string;
  readonly #limits: Limits;
  readonly #onBlob: PassingBlobs;
  /** Names of a running system so far; less than none as soon as there is one of an image. */
  #systemNames = 0;
  #documentBytes = 0;
  #name = '';
  /** What the member is called where it is handed on: no two of them the same, so with `//` that no name has. */
  #passingName = '';
  #sizeBytes = 0;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #look: ContentLook = 'other';
  #fate: 'undecided' | 'document' | 'blob' | 'none' = 'none';
  /** The blob that is being handed on, and what is behind the end of the archive. */
  #blob: BlobInPassing | undefined;
  #trailing: BlobInPassing | undefined;
  /** Blobs handed on and not yet taken to their end. */
  readonly #underWay = new Set<Promise<void>>();
  #failed: { error: unknown } | undefined;
  #trailingBytes = 0;
  /** Digests of blobs that were taken, by their names in passing. */
  readonly #digests = new Map<string, Digest>();

  constructor(place: string, limits: Limits, onBlob: PassingBlobs) {
    this.#place = place;
    this.#limits = limits;
    this.#onBlob = onBlob;
  }

  /**
   * Whether this is the filesystem of an image. It is told early: each of its files would be examined as a layer, to
   * be told at the end that there is none.
   */
  get isFilesystem(): boolean {
    return this.#systemNames >= SYSTEM_NAMES;
  }

  entry(entry: TarEntry): void {
    this.#name = cleanPath(decodeBytes(entry.name)).path;
    this.#countName();
    this.#sizeBytes = entry.sizeBytes;
    this.#head = [];
    this.#headBytes = 0;
    this.#fate = 'none';
    if (this.table.size >= this.#limits.maxArchiveMembers) {
      this.damage = `more than ${this.#limits.maxArchiveMembers} members`;
      return;
    }
    if (entry.kind === 'symlink' || entry.kind === 'hardlink') {
      this.table.add(this.#name, { link: linkedMember(this.#name, entry.kind, decodeBytes(entry.linkName)) });
    } else if (entry.kind === 'file') {
      this.#fate = 'undecided';
    }
  }

  content(_entry: TarEntry, bytes: Uint8Array): void {
    if (this.#fate === 'blob') {
      this.#blob?.queue.push(bytes);
    } else if (this.#fate === 'document' || this.#fate === 'undecided') {
      this.#head.push(bytes.slice());
      this.#headBytes += bytes.byteLength;
      if (this.#fate === 'undecided' && this.#headBytes >= LOOK_BYTES) this.#decide();
    }
  }

  finish(_entry: TarEntry, complete: boolean): void {
    if (this.#fate === 'undecided') this.#decide();
    const name = this.#name;
    const sizeBytes = this.#sizeBytes;
    if (this.#fate === 'document') {
      const bytes = Buffer.concat(this.#head);
      this.table.add(name, {
        content: {
          sizeBytes,
          document: () => bytes,
          blob: { kind: 'remote', sizeBytes, open: () => [bytes] },
          look: () => lookOf(bytes.subarray(0, LOOK_BYTES)),
          digest: () => digestOf(bytes),
        },
      });
    } else if (this.#fate === 'blob') {
      this.#endBlob(complete ? undefined : new AuditError('BLOB_TRUNCATED', `the archive ends inside ${name}`));
      this.table.add(name, { content: this.#passed(name, this.#passingName, sizeBytes, this.#look) });
    }
    this.#fate = 'none';
  }

  hole(): void {
    // Archives of images hold no sparse files; what stands behind a hole would have the wrong digest anyway.
  }

  anomaly(_anomaly: TarAnomaly): void {
    // Oddities of the outer archive hide nothing from the audit of its layers; what stands behind it is below.
  }

  /**
   * Bytes behind the end of the archive are handed on like a member: they may be another image. They can come before
   * the last members do.
   */
  hidden(region: HiddenRegion, bytes: Uint8Array): void {
    if (region !== 'after-end') return;
    this.#trailing ??= this.#handOn(TRAILING_IN_PASSING);
    this.#trailing.queue.push(bytes.slice());
    this.#trailingBytes += bytes.byteLength;
  }

  /** Says that no more bytes come behind the end of the archive. */
  endTrailing(): void {
    this.#trailing?.queue.end(undefined);
    this.#trailing = undefined;
  }

  /** What was behind the end of the archive; call it at the end. */
  trailing(): MemberContent | null {
    if (this.#trailingBytes === 0) return null;
    return this.#passed(TRAILING_NAME, TRAILING_IN_PASSING, this.#trailingBytes, 'other');
  }

  /** Waits until what was handed on has been taken, so that a slow taker slows the reading down. */
  async settle(): Promise<void> {
    const open = [this.#blob, this.#trailing];
    const complete = [...this.#underWay].filter((taken) => open.every((one) => one?.taken !== taken));
    await Promise.all([...complete, ...open.map((one) => one?.queue.drained())]);
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  /** Ends blobs that will get no more bytes, because reading the archive failed. */
  async abandon(): Promise<void> {
    this.#endBlob(new AuditError('BLOB_TRUNCATED', `the archive ends inside ${this.#name}`));
    this.endTrailing();
    await Promise.all(this.#underWay);
  }

  #endBlob(error: AuditError | undefined): void {
    this.#blob?.queue.end(error);
    this.#blob = undefined;
  }

  #passed(name: string, passingName: string, sizeBytes: number, look: ContentLook): MemberContent {
    const document = (): never => {
      if (sizeBytes > this.#limits.maxDocumentBytes)
        throw documentTooLarge(name, this.#place, sizeBytes, this.#limits.maxDocumentBytes);
      throw new AuditError('DOCUMENT_INVALID', `${name} in ${this.#place} is no document`);
    };
    return {
      sizeBytes,
      document,
      blob: { kind: 'passed', name: passingName, sizeBytes },
      look: () => look,
      digest: () => this.#digests.get(passingName) ?? null,
    };
  }

  #countName(): void {
    if (isImageName(this.#name)) this.#systemNames = Number.NEGATIVE_INFINITY;
    else if (isSystemName(this.#name)) this.#systemNames += 1;
  }

  #decide(): void {
    const head = Buffer.concat(this.#head);
    this.#look = lookOf(head.subarray(0, LOOK_BYTES));
    if (this.#isDocument(head)) {
      this.#fate = 'document';
      this.#documentBytes += this.#sizeBytes;
    } else {
      this.#fate = 'blob';
      const copies = this.table.copies(this.#name);
      this.#passingName = copies === 0 ? this.#name : `${this.#name}//${copies + 1}`;
      this.#blob = this.#handOn(this.#passingName);
      this.#blob.queue.push(head);
      this.#head = [];
    }
  }

  /** Whether a member is kept: it is small, or begins like JSON, and there is room for it. */
  #isDocument(head: Uint8Array): boolean {
    const { maxDocumentBytes } = this.#limits;
    const looksLikeJson = head[0] === 0x7b || head[0] === 0x5b;
    return (
      (looksLikeJson || head.byteLength < LOOK_BYTES) &&
      this.#look !== 'compressed' &&
      this.#sizeBytes <= maxDocumentBytes &&
      this.#documentBytes + this.#sizeBytes <= maxDocumentBytes * MAX_DOCUMENTS
    );
  }

  async #take(name: string, queue: ChunkQueue): Promise<void> {
    const digest = await this.#onBlob(name, queue);
    if (digest !== undefined) this.#digests.set(name, digest);
  }

  #handOn(name: string): BlobInPassing {
    const queue = new ChunkQueue();
    const taken = this.#take(name, queue)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        queue.stop();
        this.#underWay.delete(taken);
      });
    this.#underWay.add(taken);
    return { queue, taken };
  }
}

/** A blob on its way to who takes it. */
interface BlobInPassing {
  readonly queue: ChunkQueue;
  /** Done when it was taken to its end. */
  readonly taken: Promise<void>;
}
