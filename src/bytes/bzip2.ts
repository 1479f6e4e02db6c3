import { BitInput } from './bit-input.ts';
import { BlockOutput } from './bzip2-output.ts';
import { DecompressionError } from './decompression-error.ts';
import type { Decompressor, DecompressorOptions, Emit } from './decompressor.ts';
import { HuffmanTable, MAX_CODE_BITS } from './huffman-table.ts';

const STREAM_HEADER_BYTES = 4;
const BLOCK_SCALE = 100_000;
const MAGIC_HALF_BITS = 24;
/** The digits of pi stand in front of a block, those of its square root behind the last one. */
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
const GROUP_SYMBOLS = 50;
const RUN_A = 0;
const RUN_B = 1;
/** A run of more symbols than this is longer than a block. */
const MAX_RUN_SYMBOLS = 20;
/** Symbols are decoded only while so many bits are there: behind the last one stand eighty. */
const LOOK_AHEAD_BITS = 32;
/** A block's head has up to 34 KB: it is looked at again when so many more are there. */
const HEAD_STEP_BYTES = 256;
/** Uncompressed bytes given by one push: the rest is given by the next ones. */
const OUTPUT_BYTES = 4 * 1024 * 1024;

function broken(message = 'the bzip2 data is broken'): never {
  throw new DecompressionError(message, { truncated: false });
}

type State = 'stream-header' | 'block' | 'symbols' | 'output' | 'stream-end' | 'trailing';

/** What is known of a block while its symbols are being decoded. */
interface Block {
  readonly crc: number;
  readonly origin: number;
  readonly tables: readonly HuffmanTable[];
  readonly selectors: Uint8Array;
  /** Bytes that occur in the block, the most recent one first. */
  readonly recent: Uint8Array;
  readonly endSymbol: number;
  /** Symbols decoded so far. */
  symbols: number;
  runLength: number;
  runSymbols: number;
}

/**
 * Reads bzip2, any number of streams. A block is decoded symbol for symbol as its bytes come, and what comes out of it
 * is given in parts, because forty bytes may stand for forty-six million.
 */
export class Bzip2Decompressor implements Decompressor {
  trailingBytes = 0;
  takenBytes = 0;
  isBehind = false;
  readonly #options: DecompressorOptions;
  readonly #input = new BitInput();
  #state: State = 'stream-header';
  #streams = 0;
  #blockBytes = 0;
  #block: Block | undefined;
  #output: BlockOutput | undefined;
  /** Bytes that have to be there before the head of a block is looked at again. */
  #wanted = 0;

  constructor(options: DecompressorOptions) {
    this.#options = options;
  }

  push(input: Uint8Array, emit: Emit): void {
    this.#input.add(input);
    let given = 0;
    const counting: Emit = (piece) => {
      given += piece.byteLength;
      emit(piece);
    };
    let goesOn = true;
    while (goesOn && given < OUTPUT_BYTES) goesOn = this.#step(counting, OUTPUT_BYTES - given);
    this.isBehind = goesOn;
  }

  end(emit: Emit): void {
    this.#wanted = 0;
    do this.push(new Uint8Array(0), emit);
    while (this.isBehind);
    if (this.#state === 'trailing') return;
    if (this.#state === 'stream-header' && this.#streams > 0) {
      this.#trail();
      return;
    }
    throw new DecompressionError('the bzip2 stream ends too early', { truncated: true });
  }

  close(): void {
    this.#output?.close();
    this.#output = undefined;
  }

  /** Does what the bytes at hand are enough for; tells whether there may be more to do. */
  #step(emit: Emit, room: number): boolean {
    switch (this.#state) {
      case 'stream-header':
        return this.#readStreamHeader();
      case 'block':
        return this.#readBlockHead();
      case 'symbols':
        return this.#readSymbols(this.#block as Block, this.#output as BlockOutput);
      case 'output': {
        const output = this.#output as BlockOutput;
        if (output.give(emit, room)) this.#finishBlock(output);
        return true;
      }
      case 'stream-end':
        return this.#readStreamEnd();
      case 'trailing':
        this.#trail();
        return false;
    }
  }

  #trail(): void {
    const bytes = this.#input.takeRest();
    if (bytes.byteLength === 0) return;
    this.trailingBytes += bytes.byteLength;
    this.#options.onTrailing?.(bytes);
  }

  #readStreamHeader(): boolean {
    if (this.#input.bitsLeft < STREAM_HEADER_BYTES * 8) return false;
    const magic = this.#input.peek(24);
    const level = (this.#input.peek(32) & 0xff) - 0x30;
    if (magic !== 0x425a68 || level < 1 || level > 9) {
      if (this.#streams === 0) broken('the bzip2 header is broken');
      this.#state = 'trailing';
      return true;
    }
    this.#input.skip(32);
    this.#taken();
    this.#blockBytes = level * BLOCK_SCALE;
    this.#state = 'block';
    this.#wanted = 0;
    return true;
  }

  /** Reads a block's head as soon as all of it is there, or the end of the stream. */
  #readBlockHead(): boolean {
    const input = this.#input;
    if (input.bitsLeft < Math.max(this.#wanted * 8, 2 * MAGIC_HALF_BITS)) return false;
    const start = input.mark();
    const magic = [input.read(MAGIC_HALF_BITS), input.read(MAGIC_HALF_BITS)];
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      this.#state = 'stream-end';
      return true;
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1]) broken();
    const block = readBlock(input, this.#blockBytes);
    if (input.isOverrun) {
      input.rewind(start);
      this.#wanted = Math.ceil(input.bitsLeft / 8) + HEAD_STEP_BYTES;
      return false;
    }
    this.#wanted = 0;
    this.#block = block;
    this.#output = new BlockOutput(this.#blockBytes);
    this.#state = 'symbols';
    return true;
  }

  #readSymbols(block: Block, output: BlockOutput): boolean {
    const { tables, selectors, recent, endSymbol } = block;
    const input = this.#input;
    while (input.bitsLeft >= LOOK_AHEAD_BITS) {
      const selector = Math.floor(block.symbols / GROUP_SYMBOLS);
      if (selector >= selectors.byteLength) broken();
      const table = tables[selectors[selector] as number] as HuffmanTable;
      // As many as follow the same table and are there for sure.
      let left = Math.min(
        GROUP_SYMBOLS - (block.symbols % GROUP_SYMBOLS),
        Math.floor((input.bitsLeft - LOOK_AHEAD_BITS) / MAX_CODE_BITS) + 1,
      );
      block.symbols += left;
      for (; left > 0; left -= 1) {
        const symbol = table.read(input);
        if (symbol <= RUN_B) {
          if (block.runSymbols > MAX_RUN_SYMBOLS) broken();
          block.runLength += (symbol === RUN_A ? 1 : 2) << block.runSymbols;
          block.runSymbols += 1;
          continue;
        }
        if (block.runSymbols > 0) {
          output.addRun(recent[0] as number, block.runLength);
          block.runLength = 0;
          block.runSymbols = 0;
        }
        if (symbol === endSymbol) {
          output.finish(block.origin);
          this.#state = 'output';
          return true;
        }
        const index = symbol - 1;
        const byte = recent[index] as number;
        recent.copyWithin(1, 0, index);
        recent[0] = byte;
        output.add(byte);
      }
    }
    return false;
  }

  #finishBlock(output: BlockOutput): void {
    if (output.crc !== (this.#block as Block).crc) broken('the bzip2 checksum does not match');
    output.close();
    this.#output = undefined;
    this.#block = undefined;
    this.#taken();
    this.#state = 'block';
  }

  #readStreamEnd(): boolean {
    // The checksum over all blocks says nothing that those of the blocks have not said.
    if (this.#input.bitsLeft < 32) return false;
    this.#input.skip(32);
    this.#input.alignToByte();
    this.#taken();
    this.#streams += 1;
    this.#state = 'stream-header';
    return true;
  }

  #taken(): void {
    this.takenBytes = this.#input.takenBytes;
  }
}

/** What stands in front of a block's symbols. Where bits are missing, the input says so, and the block is nonsense. */
function readBlock(input: BitInput, blockBytes: number): Block {
  const crc = input.read(16) * 0x10000 + input.read(16);
  if (input.read(1) === 1) broken('the bzip2 data is in a form that was given up in 1997');
  const origin = input.read(24);
  if (origin >= blockBytes) broken();
  const recent = readUsedBytes(input);
  if (recent.byteLength === 0 && !input.isOverrun) broken();
  const groups = input.read(3);
  const selectorCount = input.read(15);
  if (!input.isOverrun && (groups < 2 || groups > 6 || selectorCount === 0)) broken();
  const selectors = readSelectors(input, groups, selectorCount);
  const tables: HuffmanTable[] = [];
  for (let i = 0; i < groups && !input.isOverrun; i += 1) {
    const lengths = readLengths(input, recent.byteLength + 2);
    if (!input.isOverrun) tables.push(new HuffmanTable(lengths));
  }
  const endSymbol = recent.byteLength + 1;
  return { crc, origin, tables, selectors, recent, endSymbol, symbols: 0, runLength: 0, runSymbols: 0 };
}

/** Sixteen bits say which sixteens of bytes occur, and for each of these sixteen more say which of them. */
function readUsedBytes(input: BitInput): Uint8Array {
  const used: number[] = [];
  const rows = input.read(16);
  for (let row = 0; row < 16; row += 1) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = input.read(16);
    for (let column = 0; column < 16; column += 1) {
      if ((columns & (0x8000 >> column)) !== 0) used.push(row * 16 + column);
    }
  }
  return Uint8Array.from(used);
}

/** Which table each group of symbols follows, as places in a list of those that came last. */
function readSelectors(input: BitInput, groups: number, count: number): Uint8Array {
  const recent = Uint8Array.from({ length: groups }, (_, i) => i);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count && !input.isOverrun; i += 1) {
    let index = 0;
    while (input.read(1) === 1) {
      index += 1;
      if (index >= groups) broken();
    }
    const selector = recent[index] as number;
    recent.copyWithin(1, 0, index);
    recent[0] = selector;
    selectors[i] = selector;
  }
  return selectors;
}

/** The lengths of the codes of a table, each as what it differs from the one in front. */
function readLengths(input: BitInput, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = input.read(5);
  for (let i = 0; i < symbols && !input.isOverrun; i += 1) {
    while (input.read(1) === 1) length += input.read(1) === 0 ? 1 : -1;
    if (length < 1 || length > MAX_CODE_BITS) {
      if (!input.isOverrun) broken();
      break;
    }
    lengths[i] = length;
  }
  return lengths;
}
