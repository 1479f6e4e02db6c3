/** What each part of examining layers costs alone, in one thread: `npm run bench` prints it below the whole. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFileRange, Unpacker } from '../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../src/core/index.ts';
import { Prefilter } from '../src/examine/prefilter/index.ts';
import { BINARY_LITERALS, TEXT_LITERALS } from '../src/examine/secrets/literal-sets.ts';
import { TarReader, type TarVisitor } from '../src/tar/index.ts';

/** A part, and the seconds of processor time that it took over all layers. */
export interface Part {
  readonly name: string;
  readonly seconds: number;
  /** Uncompressed bytes that it went over. */
  readonly bytes: number;
}

const PIECE_BYTES = 1024 * 1024;
/** Layers are held in memory while their parts are measured: no more of one than this. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Measures the parts over the gzip layers of an OCI layout. */
export async function measureParts(layout: string): Promise<Part[]> {
  const totals = new Map<string, { seconds: number; bytes: number }>();
  const folder = join(layout, 'blobs', 'sha256');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stored = [...readFileRange({ path, offset: 0, lengthBytes: statSync(path).size })];
    const first = stored[0];
    if (first?.[0] !== 0x1f || first[1] !== 0x8b) continue;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    unpack(stored, (piece) => {
      bytes += piece.byteLength;
      if (bytes <= MAX_BYTES) pieces.push(piece.slice());
    });
    const kept = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const add = async (part: string, over: number, run: () => void | Promise<void>): Promise<void> => {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      const total = totals.get(part) ?? { seconds: 0, bytes: 0 };
      totals.set(part, { seconds: total.seconds + (user + system) / 1e6, bytes: total.bytes + over });
    };
    await add('inflate, and digest what is stored', bytes, () => unpack(stored, () => undefined));
    await add('digest what comes out', kept, () => {
      const digest = createHash('sha256');
      for (const piece of pieces) digest.update(piece);
      digest.digest();
    });
    for (const [set, literals] of [
      ['text', TEXT_LITERALS],
      ['binary', BINARY_LITERALS],
    ] as const) {
      const prefilter = new Prefilter(literals.literals, literals.placements);
      await add(`prefilter, ${literals.literals.length} literals for ${set} content`, kept, () => {
        for (const piece of joined(pieces)) prefilter.scan(piece, false, () => undefined);
      });
    }
    await add('read the tar', kept, () => readTar(pieces));
  }
  return [...totals].map(([name, total]) => ({ name, ...total }));
}

function unpack(stored: readonly Uint8Array[], emit: (piece: Uint8Array) => void): void {
  const unpacker = new Unpacker({ limits: DEFAULT_LIMITS });
  for (const chunk of stored) unpacker.push(chunk, emit);
  unpacker.end(emit);
}

/** Pieces as large as those that go from thread to thread. */
function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  const whole = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.byteLength > PIECE_BYTES) {
      yield whole.subarray(0, filled);
      filled = 0;
    }
    whole.set(piece, filled);
    filled += piece.byteLength;
  }
  yield whole.subarray(0, filled);
}

/** Changes the pieces: the last of the parts. */
async function readTar(pieces: readonly Uint8Array[]): Promise<void> {
  const nothing = (): void => undefined;
  const visitor: TarVisitor = {
    entry: nothing,
    content: nothing,
    hole: nothing,
    finish: nothing,
    anomaly: nothing,
    hidden: nothing,
  };
  const reader = new TarReader(visitor);
  for (const piece of pieces) await reader.push(piece);
  await reader.end();
}
