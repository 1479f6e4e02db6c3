import type { FilesystemEntry } from '../../filesystem/index.ts';
import type { SbomFile } from '../inventory.ts';
import { type ImageFiles, imagePath } from './image-files.ts';

/** How the files that an SBOM lists stand to those of an image. */
export interface FileComparison {
  /** Files that are there, and have the digest that is stated, if one is. */
  readonly matched: number;
  readonly absent: readonly AbsentFile[];
  readonly changed: readonly ChangedFile[];
  /** Why none was held against the image; null where they were. */
  readonly notCompared: string | null;
}

/** A file that is listed and not there. */
export interface AbsentFile {
  readonly file: SbomFile;
  /** The last version of it that any layer had; null if none had one. */
  readonly last: FilesystemEntry | null;
}

/** A file that has other bytes than the SBOM says. */
export interface ChangedFile {
  readonly file: SbomFile;
  readonly entry: FilesystemEntry;
  /** `sha256:…` of the bytes that it has. */
  readonly digest: string;
}

/** Holds the files that an SBOM lists against the final filesystem, by path and by SHA-256. */
export function compareFiles(files: readonly SbomFile[], image: ImageFiles): FileComparison {
  const { filesystem } = image;
  let matched = 0;
  const absent: AbsentFile[] = [];
  const changed: ChangedFile[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const path = imagePath(file.path);
    if (path === '' || seen.has(path)) continue;
    seen.add(path);
    const real = image.realPath(path);
    if (image.isExhausted) return { matched, absent: [], changed, notCompared: 'they stand behind too many links' };
    const entry = real === null ? null : filesystem.lookUp(real);
    if (entry === null) {
      // A link that leads nowhere is there itself; so is a folder that other files are in.
      if (
        filesystem.lookUp(path) !== null ||
        (real !== null && filesystem.isImplicitFolder(filesystem.pathIdAt(real)))
      ) {
        matched += 1;
      } else {
        absent.push({ file, last: filesystem.versions(path).at(-1) ?? null });
      }
      continue;
    }
    const stated = file.checksums.find(({ algorithm }) => algorithm === 'sha256')?.value;
    const content = entry.content;
    const actual = content === null ? null : content.table.contentDigest(content.row);
    if (stated !== undefined && actual !== null && stated !== actual) {
      changed.push({ file, entry, digest: `sha256:${actual}` });
    } else {
      matched += 1;
    }
  }
  const isElsewhere =
    matched === 0 && changed.length === 0 && absent.length > 0 && absent.every(({ last }) => last === null);
  return isElsewhere
    ? { matched, absent: [], changed, notCompared: 'no layer has any of these paths: they are of something else' }
    : { matched, absent, changed, notCompared: null };
}
