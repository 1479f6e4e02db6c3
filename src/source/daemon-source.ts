import { AuditError, type Limits } from '../core/index.ts';
import {
  DaemonClient,
  type DaemonEndpoint,
  type DaemonImage,
  type DaemonPatience,
  type Engine,
  type Environment,
  findDaemon,
} from '../daemon/index.ts';
import { readManifestDocument } from '../oci/index.ts';
import type { FileSet } from './file-set.ts';
import { readPassingArchive } from './passing-archive.ts';
import type { PassingBlobs, SourceContent, SourceImage, SourceProblem } from './source.ts';

/** What {@link readDaemon} is told. */
export interface DaemonOptions {
  readonly limits: Limits;
  /** The environment, for the address of the daemon. */
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onPassingBlob: PassingBlobs;
  /** Reads the archive that the daemon gave, as one that came in any other way. */
  readonly readArchive: (files: FileSet) => Promise<SourceContent>;
  /** How long the daemon may take. */
  readonly patience?: DaemonPatience;
}

/**
 * Reads an image out of a daemon, as `docker save` streams it: nothing is written to disk, and layers are examined
 * as they pass by. The name is resolved once, and the image asked for by its ID.
 * @throws AuditError
 */
export async function readDaemon(engine: Engine, name: string, options: DaemonOptions): Promise<SourceContent> {
  const { limits, env, signal, onPassingBlob, patience } = options;
  const endpoint = findDaemon(engine, env);
  const client = new DaemonClient(endpoint, { limits, env, ...(patience === undefined ? {} : { patience }) });
  const image = await client.inspect(name, signal);
  const place = `${engine === 'docker' ? 'docker-daemon' : engine}:${name}`;
  try {
    const files = await readPassingArchive(place, client.save(image, name, signal), limits, onPassingBlob);
    return fromDaemon(await options.readArchive(files), { files, image, endpoint });
  } catch (error) {
    throw isAboutArchive(error) ? badArchive(error, endpoint, name) : error;
  }
}

/** What the daemon's own word adds to the archive it gave, and where the two disagree. */
function fromDaemon(
  content: SourceContent,
  from: { readonly files: FileSet; readonly image: DaemonImage; readonly endpoint: DaemonEndpoint },
): SourceContent {
  const { files, image, endpoint } = from;
  const isIt =
    content.digest === image.id ||
    content.images.some(
      ({ configDigest, manifestDigest }) => configDigest === image.id || manifestDigest === image.id,
    ) ||
    isRoot(files, image);
  const problem: SourceProblem = {
    kind: 'digest-mismatch',
    subject: `image ${image.id}`,
    detail: `the daemon at ${endpoint.address} was asked for it and gave ${describeImages(content)}`,
  };
  return {
    ...content,
    kind: 'daemon',
    digest: content.digest ?? (isIt ? image.id : null),
    images: content.images.map((one) => withNames(one, image)),
    problems: isIt ? content.problems : [...content.problems, problem],
  };
}

/**
 * Whether the archive starts from the image: where containerd keeps the images, the ID is the digest of the
 * manifest or index, and two tags of one image are two entries with the same digest.
 */
function isRoot(files: FileSet, { id }: DaemonImage): boolean {
  const bytes = files.document('index.json');
  if (bytes === undefined) return false;
  const index = readManifestDocument(bytes, `index.json of ${files.place}`);
  return index.kind === 'index' && index.manifests.some(({ digest }) => digest === id);
}

/** The names that the daemon told: an image saved by its ID goes without, or with its tag alone. */
function withNames(image: SourceImage, { names }: DaemonImage): SourceImage {
  return names.length === 0 ? image : { ...image, names };
}

function describeImages({ images }: SourceContent): string {
  const ids = images.map(({ configDigest, manifestDigest }) => configDigest ?? manifestDigest ?? 'one without an ID');
  return ids.length === 0 ? 'no image' : ids.slice(0, 5).join(', ');
}

function isAboutArchive(error: unknown): error is AuditError {
  return error instanceof AuditError && ['SOURCE_UNRECOGNISED', 'ARCHIVE_DAMAGED'].includes(error.code);
}

/** The user has no archive to fetch again: it is the daemon that gives a wrong one. */
function badArchive(error: AuditError, { engine, address }: DaemonEndpoint, name: string): AuditError {
  return new AuditError(error.code, error.message, {
    hint: `The daemon at ${address} gave it so. Try again, and see whether ${engine} save ${name} works.`,
    cause: error,
  });
}
