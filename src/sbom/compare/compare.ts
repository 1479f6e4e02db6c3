import { baseName } from '../../core/index.ts';
import type { Filesystem, FilesystemEntry } from '../../filesystem/index.ts';
import type { ImagePackage, System } from '../../system/index.ts';
import type { SbomDocument, SbomPackage } from '../inventory.ts';
import type { ReadSbom } from '../read/read-sbom.ts';
import { compareFiles, type FileComparison } from './files.ts';
import { isComparedKind } from './identity.ts';
import { ImageFiles, imagePath } from './image-files.ts';
import { comparePackages, type Excuses, type PackageComparison } from './packages.ts';
import { type UnexplainedProgram, unexplainedPrograms } from './programs.ts';
import { type ImageIdentity, judgeSubject, type SubjectVerdict } from './subject.ts';
import { type SbomWriter, stageOf, writerOf } from './writers.ts';

/** An image, as far as an SBOM is held against it. */
export interface ComparedImage {
  readonly identity: ImageIdentity;
  readonly filesystem: Filesystem;
  readonly system: System;
  /** Whether every layer was examined: of one that was not, nobody knows what it has. */
  readonly isWhole: boolean;
}

/** How an SBOM is held against an image. */
export interface CompareOptions {
  /** Whether it is about several platforms together, so that what it lists need not be in this one. */
  readonly isShared?: boolean;
  /** Whether to look for programs that nothing explains. */
  readonly withPrograms?: boolean;
}

/** What came of holding an SBOM against an image. */
export interface SbomComparison {
  readonly subject: SubjectVerdict;
  /** Why nothing of it was compared; null where it was. */
  readonly notCompared: string | null;
  readonly packages: PackageComparison;
  readonly files: FileComparison;
  readonly unexplained: readonly UnexplainedProgram[];
  /** Whether anything of it is not as it is in the image; unexplained programs do not count. */
  readonly differs: boolean;
}

const NO_PACKAGES: PackageComparison = { matched: [], missing: [], surplus: [], otherVersion: [], leftOut: [] };
const NO_FILES: FileComparison = { matched: 0, absent: [], changed: [], notCompared: null };

/**
 * Holds an SBOM against what the layers of an image have: packages, files, and programs that nothing explains. What its
 * writer is known to leave out or to call otherwise is no difference, and is told with the reason.
 */
export function compareSbom(
  { document, statement }: ReadSbom,
  image: ComparedImage,
  { isShared = false, withPrograms = true }: CompareOptions = {},
): SbomComparison {
  const subject = judgeSubject(document, statement, image.identity);
  const notCompared = whyNotCompared(document, subject);
  if (notCompared !== null) {
    return { subject, notCompared, packages: NO_PACKAGES, files: NO_FILES, unexplained: [], differs: false };
  }
  const { system, filesystem } = image;
  const writer = writerOf(document);
  const found = new ImageFiles(filesystem);
  const packages = comparePackages(
    document.packages,
    system.packages.all,
    new WriterExcuses(writer, image, found, isShared),
  );
  const files: FileComparison = writer.listsImagePaths
    ? compareFiles(document.files, found)
    : { ...NO_FILES, notCompared: document.files.length === 0 ? null : `${writer.name} lists files of a build` };
  const inImage = packages.matched.map(({ installed }) => installed);
  const differs =
    subject.verdict === 'other' ||
    packages.missing.length + packages.surplus.length + packages.otherVersion.length > 0 ||
    files.absent.length + files.changed.length > 0;
  return {
    subject,
    notCompared,
    packages,
    files,
    unexplained: withPrograms ? unexplainedPrograms(document, inImage, filesystem, system) : [],
    differs,
  };
}

/** Why there is nothing to compare; null where there is. */
function whyNotCompared(document: SbomDocument, { verdict }: SubjectVerdict): string | null {
  const stage = stageOf(document);
  if (stage !== null) {
    return `It is of ${stage === 'build-context' ? 'the context of the build' : `the build stage ${stage}`}, and not of the image.`;
  }
  if (verdict === 'platform') return 'It is of another platform.';
  // apko writes one for an index, which leads to the others.
  const images = document.packages.filter(({ role }) => role === 'image').length;
  const isIndex =
    images > 1 && !document.packages.some(({ role }) => role === 'package') && document.files.length === 0;
  return isIndex ? 'It lists images, and none of their packages.' : null;
}

/** What a writer is known to leave out of an SBOM, and what cannot be told from the layers. */
class WriterExcuses implements Excuses {
  readonly #writer: SbomWriter;
  readonly #image: ComparedImage;
  readonly #files: ImageFiles;
  readonly #isShared: boolean;
  #owned: { has(one: ImagePackage['database']): boolean } | undefined;
  #read: ReadonlySet<string> | undefined;

  constructor(writer: SbomWriter, image: ComparedImage, files: ImageFiles, isShared: boolean) {
    this.#files = files;
    this.#writer = writer;
    this.#image = image;
    this.#isShared = isShared;
  }

  listed({ name, purl, locations }: SbomPackage): string | null {
    if (!this.#image.isWhole) return 'may be in a layer that was not examined';
    if (this.#isShared) return 'may be in another platform: the SBOM is of all of them';
    this.#read ??= new Set(this.#image.system.packages.all.map(({ database }) => database.path));
    const read = this.#read;
    // A jar that does not say what it is is called like its file, or not at all.
    const artifact = purl?.startsWith('pkg:maven/') === true ? name.slice(name.lastIndexOf(':') + 1) : null;
    const isFile = locations.some((path) => baseName(path).startsWith(artifact ?? '\0') && this.#isThere(path));
    if (isFile) return 'is called like the file of a Java archive, which does not say what it is';
    // Go's own commands are of no module; Syft lists them by the path of their package.
    const isCommand = purl?.startsWith('pkg:golang/') === true && !purl.includes('@');
    if (isCommand && locations.some((path) => this.#isThere(path) && this.#goProgram(path)))
      return 'is the path of a Go program that is of no module';
    // A file that is there, and that nothing here reads packages from, may well say so.
    const unread = locations
      .filter((path) => this.#isThere(path))
      .find((path) => !read.has(this.#fileAt(path)?.path ?? ''));
    return unread === undefined ? null : 'was read from a file of the image in which no packages are looked for here';
  }

  #goProgram(path: string): boolean {
    const file = this.#fileAt(path);
    return file !== null && (this.#image.system.programs.factsOf(file)?.go ?? null) !== null;
  }

  #isThere(path: string): boolean {
    return this.#fileAt(path) !== null;
  }

  #fileAt(path: string): FilesystemEntry | null {
    const entry = this.#files.find(imagePath(path));
    return entry?.content == null ? null : entry;
  }

  installed({ kind, name, database }: ImagePackage): string | null {
    const { name: tool, kinds, leavesOutOwned } = this.#writer;
    if (!isComparedKind(kind)) return `is of a kind that tools name each in their own way (${kind})`;
    if (kinds !== null && !kinds.has(kind)) return `is of a kind that ${tool} does not list (${kind})`;
    if (kind === 'rpm' && name === 'gpg-pubkey') return 'is a key, which rpm keeps among the packages';
    if (!leavesOutOwned) return null;
    this.#owned ??= this.#image.system.packages.ownedBySystem();
    return this.#owned.has(database) ? `belongs to a package of the distribution, which ${tool} lists alone` : null;
  }
}
