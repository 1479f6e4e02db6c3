/** The image that real clients have signed (fixtures/signed), whole or with something changed in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTrust, type TrustOptions, verifyImage } from '../../src/audit/index.ts';
import type { TrustReport } from '../../src/report/index.ts';
import type { Files } from './image-builder.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/signed/', import.meta.url));

/** A file of it. */
export const recordedPath = (...names: readonly string[]): string => join(FOLDER, ...names);
/** The repository in which it was signed. */
export const RECORDED_REPOSITORY = 'localhost:5910/acme/signed';

/** All of the layout, to be changed. */
export function recordedLayout(): Files {
  const root = recordedPath('layout');
  const files: Files = new Map();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path));
  }
  return files;
}

/** Verifies the image as a user would, by files on the disk. */
export function verifyRecorded(options: TrustOptions, reference = `${recordedPath('layout')}:1`): Promise<TrustReport> {
  return verifyImage({
    reference,
    trust: loadTrust(options),
    registry: { env: {}, anonymous: true },
    reproducible: true,
    version: '0.0.0-test',
  });
}

/** Verdicts by formats, sorted. */
export function verdictsOf(report: TrustReport, format: string): string[] {
  return report.attachments
    .filter((one) => one.format === format)
    .map(({ verdict }) => verdict)
    .sort();
}
