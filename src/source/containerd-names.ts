import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AuditError, type Digest, isDigest } from '../core/index.ts';
import { BoltFile } from './bolt-file.ts';

/** A name that containerd knows an image by. */
export interface ContainerdName {
  readonly namespace: string;
  readonly name: string;
  /** Digest of the manifest or index. */
  readonly digest: Digest;
}

/** Where containerd keeps what it knows of its content, beside the store (containerd, core/metadata/buckets.go). */
const DATABASE = join('..', 'io.containerd.metadata.v1.bolt', 'meta.db');
/** Most names read; nodes have some hundreds. */
const MAX_NAMES = 100_000;
const MAX_TRIES = 5;

/**
 * Reads the names of images beside a content store: `v1/NAMESPACE/images/NAME/target/digest`.
 * @param store the folder with `blobs`
 * @returns null where there is no database
 * @throws AuditError where it cannot be read
 */
export function readContainerdNames(store: string): readonly ContainerdName[] | null {
  const path = join(store, DATABASE);
  // What is no file is none: opening a pipe would wait for whoever writes into it.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const names = readOnce(path);
    if (names !== null) return names;
  }
  throw new AuditError('SOURCE_UNREADABLE', `${path} changes faster than it can be read`, {
    hint: 'Try again, or name the image by its digest: containerd:FOLDER@sha256:….',
  });
}

/** The names; null where containerd wrote in between. */
function readOnce(path: string): readonly ContainerdName[] | null {
  using file = new BoltFile(path);
  const names: ContainerdName[] = [];
  try {
    file.root.bucket('v1')?.forEach((namespace, entry) => {
      if (!('bucket' in entry)) return;
      entry.bucket.bucket('images')?.forEach((name, image) => {
        const target = 'bucket' in image ? image.bucket.bucket('target') : undefined;
        const digest = target?.value('digest')?.toString('utf8');
        if (isDigest(digest) && names.length < MAX_NAMES) names.push({ namespace, name, digest });
      });
    });
  } catch (error) {
    // Pages that were written over while they were read make no sense.
    if (error instanceof AuditError && !file.isUnchanged()) return null;
    throw error;
  }
  return file.isUnchanged() ? names : null;
}
