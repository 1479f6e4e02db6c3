import type { Filesystem, FilesystemEntry } from '../../filesystem/index.ts';

/**
 * Most segments of link targets walked for one SBOM. The attack: it lists a million files, each behind a chain of two
 * hundred links.
 */
const MAX_LINK_SEGMENTS = 16_000_000;

/** The files of an image, by paths as SBOMs write them. */
export class ImageFiles {
  readonly filesystem: Filesystem;
  readonly #places = new Map<string, string | null>();
  #segmentsLeft = MAX_LINK_SEGMENTS;

  constructor(filesystem: Filesystem) {
    this.filesystem = filesystem;
  }

  /** Whether more was asked than is looked up: from then on nothing behind a link is found. */
  get isExhausted(): boolean {
    return this.#segmentsLeft < 0;
  }

  /** Where a path leads once links are followed; null if nowhere. */
  realPath(path: string): string | null {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const real = this.filesystem.realPath(path, (segments) => {
      this.#segmentsLeft -= segments;
      return this.#segmentsLeft >= 0;
    });
    this.#places.set(path, real);
    return real;
  }

  /** What a container gets when it opens a path; null if nothing. */
  find(path: string): FilesystemEntry | null {
    const real = this.realPath(path);
    return real === null ? null : this.filesystem.lookUp(real);
  }
}

/** A path of an SBOM as a filesystem knows it: `./bin/ls` and `/bin/ls` are `bin/ls`. */
export function imagePath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
