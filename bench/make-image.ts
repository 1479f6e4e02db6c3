/** Makes an image for the benchmark: a few layers of many files, with content that compresses as real ones do. */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { dir, writeHeader, writeMember } from '../test/support/tar-writer.ts';

/** What to make. */
export interface BenchImage {
  readonly folder: string;
  readonly megabytes: number;
  readonly files: number;
  /** Of gzip; 6 unless given, as Docker uses. */
  readonly level?: number;
  /** Make the next version of the same image: its last layer is another one. */
  readonly next?: boolean;
}

const WRITE_BYTES = 1024 * 1024;

/** Shares of the image's bytes, layer by layer: one dominates, as the layer of a package manager does. */
const LAYER_SHARES = [0.12, 0.58, 0.3];
/** How often each kind of content occurs: text, program code, and what is compressed already. */
const KINDS = ['text', 'text', 'text', 'code', 'code', 'code', 'code', 'noise'] as const;

/** Numbers that look random and are the same in every run. */
function* random(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

/** A megabyte of each kind of content; files are parts of them. */
function makePools(): Record<(typeof KINDS)[number], Buffer> {
  const size = 4 * 1024 * 1024;
  const numbers = random(7);
  const next = (): number => numbers.next().value as number;
  const words = Array.from({ length: 4000 }, () => (next() >>> 4).toString(36).slice(0, 2 + (next() % 7)));
  const text = Buffer.alloc(size);
  for (let at = 0; at < size; ) at += text.write(`${words[next() % words.length]}${next() % 9 === 0 ? '\n' : ' '}`, at);
  const code = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) code.writeUInt32LE(next() % 5 === 0 ? next() : (next() % 200) << 8, at);
  const noise = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) noise.writeUInt32LE(next(), at);
  return { text, code, noise };
}

/** Writes an OCI layout and returns its stored and uncompressed size. */
export async function makeImage({
  folder,
  megabytes,
  files,
  level = 6,
  next = false,
}: BenchImage): Promise<{ storedBytes: number; tarBytes: number; files: number }> {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const pools = makePools();
  const numbers = random(11);
  const layers: { digest: string; diffId: string; size: number; tarBytes: number }[] = [];
  for (const [i, share] of LAYER_SHARES.entries()) {
    const source = next && i === LAYER_SHARES.length - 1 ? random(13) : numbers;
    layers.push(
      await writeLayer(blobs, pools, source, megabytes * 1e6 * share, Math.round(files * share), layers.length, level),
    );
  }
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { User: '10001' },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: layers.map((_, i) => ({ created_by: `COPY part-${i} /` })),
    }),
  );
  const store = (bytes: Buffer): { digest: string; size: number } => {
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, digest), bytes);
    return { digest: `sha256:${digest}`, size: bytes.byteLength };
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...store(config) },
      layers: layers.map(({ digest, size }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest,
        size,
      })),
    }),
  );
  const root = { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...store(manifest) };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [root] }));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return {
    storedBytes: layers.reduce((sum, { size }) => sum + size, 0),
    tarBytes: layers.reduce((sum, { tarBytes }) => sum + tarBytes, 0),
    files,
  };
}

async function writeLayer(
  blobs: string,
  pools: ReturnType<typeof makePools>,
  numbers: Generator<number>,
  bytes: number,
  files: number,
  index: number,
  level: number,
): Promise<{ digest: string; diffId: string; size: number; tarBytes: number }> {
  const tar = createHash('sha256');
  const stored = createHash('sha256');
  let size = 0;
  let tarBytes = 0;
  const source = new PassThrough({ highWaterMark: 1024 * 1024 });
  const path = join(blobs, `writing-${index}`);
  const gzip = createGzip({ level });
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      stored.update(chunk);
      size += chunk.byteLength;
      yield chunk;
    }
  };
  const written = pipeline(source as Readable, gzip, counted, createWriteStream(path) as Writable);
  const write = async (chunk: Buffer): Promise<void> => {
    tar.update(chunk);
    tarBytes += chunk.byteLength;
    if (!source.write(chunk)) await new Promise((resolve) => source.once('drain', resolve));
  };
  // Written in large pieces: a hop through three streams for each header would take longer than compressing.
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  for (const chunk of layerChunks(pools, numbers, bytes, files, index)) {
    waiting.push(chunk);
    waitingBytes += chunk.byteLength;
    if (waitingBytes < WRITE_BYTES) continue;
    await write(Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  }
  await write(Buffer.concat(waiting));
  source.end();
  await written;
  const digest = stored.digest('hex');
  renameSync(path, join(blobs, digest));
  return { digest: `sha256:${digest}`, diffId: `sha256:${tar.digest('hex')}`, size, tarBytes };
}

/** A layer's tar: sizes are spread as in real layers, many small files and few large ones. */
function* layerChunks(
  pools: ReturnType<typeof makePools>,
  numbers: Generator<number>,
  bytes: number,
  files: number,
  index: number,
): Generator<Buffer> {
  const next = (): number => numbers.next().value as number;
  const weights = Array.from({ length: files }, () => 1 / (1 + (next() % 1000) / 10) ** 2 + 0.01);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    if (i % 50 === 0) yield writeMember(dir(`usr/lib/part-${index}/module-${i}`));
    const size = Math.max(1, Math.round((bytes * weight) / total));
    const name = `usr/lib/part-${index}/module-${i - (i % 50)}/file-${i}.dat`;
    yield writeHeader({ name }, size);
    const pool = pools[KINDS[next() % KINDS.length] as (typeof KINDS)[number]];
    for (let left = size; left > 0; ) {
      const from = next() % (pool.byteLength - 65_536);
      const piece = pool.subarray(from, from + Math.min(left, 65_536));
      yield piece;
      left -= piece.byteLength;
    }
    yield Buffer.alloc((512 - (size % 512)) % 512);
  }
  yield Buffer.alloc(1024);
}
