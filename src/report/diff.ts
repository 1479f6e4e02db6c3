import type { Gap, Severity } from '../core/index.ts';
import type { Finding } from '../rules/index.ts';
import type { EntryFacts } from './entry-facts.ts';
import type { Report } from './report.ts';

/**
 * What `audit diff` says: what containers of two images see otherwise, and which findings are new. A document as the
 * report is one: names are a contract with scripts; they may be added to.
 *
 * `a` is the image before, `b` the one after. Nothing that differs in time only is listed.
 */
export interface DiffReport {
  readonly schema: 'layer-audit/diff-1';
  readonly tool: Report['tool'];
  readonly a: Report['subject'];
  readonly b: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  /** `new`: only what `b` has and `a` has not is listed; counts and sums are of everything. */
  readonly only: 'everything' | 'new';
  /** Pairs of images that were compared. */
  readonly pairs: readonly DiffPair[];
  /** Platforms that only one side has. */
  readonly unpaired: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly findings: {
    readonly new: readonly Finding[];
    readonly fixed: readonly Finding[];
    /** How many both have. */
    readonly unchanged: number;
  };
  readonly gaps: { readonly a: readonly Gap[]; readonly b: readonly Gap[] };
  readonly verdict: {
    readonly complete: boolean;
    readonly failOn: Severity | 'none';
    /** Whether a new finding is at or above the threshold. */
    readonly failed: boolean;
    readonly exitStatus: number;
  };
}

/** Two images that were compared. */
export interface DiffPair {
  readonly a: DiffImage;
  readonly b: DiffImage;
  readonly files: {
    readonly counts: {
      readonly added: DiffCount;
      readonly removed: DiffCount;
      /** `bytes` is how much larger they became. */
      readonly changed: DiffCount;
      readonly unchanged: number;
      /** Paths that differ in nothing but their time. */
      readonly mtimeOnly: number;
      /** Files that could not be read to their end on one side, and are compared by size. */
      readonly unread: number;
    };
    /** By path. */
    readonly added: readonly DiffFile[];
    readonly removed: readonly DiffFile[];
    readonly changed: readonly DiffChange[];
    /** Paths that differ and are in no list, because there are too many. */
    readonly omitted: number;
  };
  /** By how many bytes folders of the two highest levels grew, those that changed most first. */
  readonly folders: readonly { readonly path: string; readonly pathBase64?: string; readonly bytes: number }[];
  readonly layers: {
    /** Layers with the same bytes on both sides. */
    readonly shared: readonly {
      readonly a: number;
      readonly b: number;
      readonly diffId: string;
      readonly contentBytes: number | null;
    }[];
    readonly onlyA: readonly DiffLayer[];
    readonly onlyB: readonly DiffLayer[];
  };
  /** Installed packages that are not the same. */
  readonly packages: {
    readonly counts: {
      readonly added: number;
      readonly removed: number;
      readonly upgraded: number;
      readonly downgraded: number;
      readonly changed: number;
      /** In the same version on both sides, wherever they are. */
      readonly unchanged: number;
    };
    /** By kind, name and version. */
    readonly changes: readonly DiffPackage[];
    /** Changes that are in no list, because there are too many. */
    readonly omitted: number;
  };
  /** Members of the configuration, by name; times are no difference. */
  readonly config: readonly DiffSetting[];
  /** Steps of the history that only one side has. */
  readonly history: readonly {
    readonly change: 'added' | 'removed';
    readonly instruction: string;
    readonly historyIndex: number;
  }[];
}

/** One side of a pair. */
export interface DiffImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  /** The last of the layers that were compared; null for all of them. */
  readonly upToLayer: number | null;
  readonly storedBytes: number | null;
  /** Of all layers' files, and of those that a container sees. */
  readonly contentBytes: number;
  readonly liveBytes: number;
}

/** Paths, and the bytes of regular files among them. */
export interface DiffCount {
  readonly paths: number;
  readonly bytes: number;
}

/** What one side has at a path. */
export interface DiffVersion extends EntryFacts {
  readonly layer: number;
}

/** A path that only one side has. */
export interface DiffFile extends DiffVersion {
  readonly path: string;
  readonly pathBase64?: string;
}

/** A path that both sides have, otherwise. */
export interface DiffChange {
  readonly path: string;
  readonly pathBase64?: string;
  /** `content` is a link's target and a device's numbers, too. */
  readonly differences: readonly ('type' | 'content' | 'mode' | 'owner' | 'xattr' | 'mtime')[];
  readonly a: DiffVersion;
  readonly b: DiffVersion;
}

/** A package that only one side has, or each in another version. */
export interface DiffPackage {
  /** `changed`: another version, and which is the higher one is not known. */
  readonly change: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';
  readonly type: string;
  readonly name: string;
  readonly a: DiffPackageVersion | null;
  readonly b: DiffPackageVersion | null;
}

/** What one side has of a package. */
export interface DiffPackageVersion {
  readonly version: string;
  readonly architecture: string;
  /** The layer that brought it. */
  readonly layer: number;
  /** The file that names it. */
  readonly path: string;
  readonly pathBase64?: string;
}

/** A layer that only one side has. */
export interface DiffLayer {
  readonly index: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly instruction: string | null;
  readonly storedBytes: number | null;
  readonly contentBytes: number | null;
}

/** A member of the configuration: `User`, `Env.PATH`, `Labels.org.example`. */
export interface DiffSetting {
  readonly field: string;
  /** As JSON; null where that side has none. */
  readonly a: string | null;
  readonly b: string | null;
}
