/** Opens images as the audit does, from folders, files and streams that a test writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { AuditError, DEFAULT_LIMITS, type Limits, parseDigest } from '../../../src/core/index.ts';
import { openSource, parseLocation, type SourceContent } from '../../../src/source/index.ts';
import { type Files, sha256, writeFolder } from '../../support/image-builder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-source-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

/** A new path in a folder that is removed afterwards. */
export function newPath(name: string): string {
  count += 1;
  return join(scratch, `${count}-${name}`);
}

/** Writes files as a folder, and gives its path. */
export function onDisk(files: Files): string {
  const folder = newPath('layout');
  writeFolder(files, folder);
  return folder;
}

/** Writes bytes as a file, and gives its path. */
export function asFile(bytes: Uint8Array, name = 'image.tar'): string {
  const path = newPath(name);
  writeFileSync(path, bytes);
  return path;
}

/** What opening a source gave, and the blobs that passed by on the way. */
export interface Opened {
  readonly content: SourceContent;
  readonly passed: ReadonlyMap<string, Buffer>;
  /** Of those, the ones that ended too early. */
  readonly cut: readonly string[];
}

/** What a test may change about opening. */
export interface OpenSettings {
  readonly stdin?: Iterable<Uint8Array>;
  readonly limits?: Partial<Limits>;
}

/** Opens a location; `-` reads the chunks given. */
export async function open(text: string, { stdin = [], limits = {} }: OpenSettings = {}): Promise<Opened> {
  const passed = new Map<string, Buffer>();
  const cut: string[] = [];
  using source = await openSource(parseLocation(text), {
    limits: { ...DEFAULT_LIMITS, ...limits },
    onPassingBlob: async (name, chunks) => {
      const pieces: Uint8Array[] = [];
      try {
        for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk));
      } catch (error) {
        if (!(error instanceof AuditError)) throw error;
        cut.push(name);
      }
      const bytes = Buffer.concat(pieces);
      passed.set(name, bytes);
      return parseDigest(sha256(bytes));
    },
    registry: { env: {} },
    stdin: toAsync(stdin),
    signal: new AbortController().signal,
  });
  return { content: source.content, passed, cut };
}

/** Opens bytes as standard input, in chunks of a size. */
export function openStream(bytes: Uint8Array, limits: Partial<Limits> = {}, chunkBytes = 65536): Promise<Opened> {
  return open('-', { stdin: inChunks(bytes, chunkBytes), limits });
}

/** The coded error that something ends with; any other end is a failure of the test. */
export async function errorOf(work: Promise<unknown>): Promise<AuditError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AuditError) return error;
    throw error;
  }
  throw new Error('it ended without an error');
}

function* inChunks(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

async function* toAsync(chunks: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
