import type { Gap } from '../core/index.ts';
import type { Report, ReportLayer } from './report.ts';

/**
 * What `audit layers` says: where the bytes of an image are, and which of them nobody can use. A document as the
 * report is one: names are a contract with scripts; they may be added to.
 *
 * Bytes are those of regular files in a container, unless a name says otherwise: `stored` is as the registry has it,
 * `tar` the uncompressed layer with its headers.
 */
export interface LayersReport {
  readonly schema: 'layer-audit/layers-1';
  readonly tool: Report['tool'];
  readonly subject: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  /** One for each platform, in the order of the index. */
  readonly images: readonly LayersImage[];
  readonly gaps: readonly Gap[];
  /** Limits that the user set, each with what was measured. */
  readonly budgets: readonly LayersBudget[];
  readonly verdict: { readonly complete: boolean; readonly failed: boolean; readonly exitStatus: number };
}

/** The layers of one image. */
export interface LayersImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  /** Set where history and layers disagree about how many there are; then no layer has an instruction. */
  readonly historyMismatch: { readonly historyLayers: number; readonly layers: number } | null;
  readonly totals: LayersTotals;
  readonly layers: readonly LayersLayer[];
  /** The largest regular files of all layers, hidden ones included. */
  readonly largest: readonly LayersFile[];
  readonly waste: {
    /** Paths whose hidden versions take most. */
    readonly paths: readonly {
      readonly path: string;
      readonly pathBase64?: string;
      readonly bytes: number;
      readonly versions: readonly {
        readonly layer: number;
        readonly bytes: number;
        readonly cause: HiddenBytesCause;
      }[];
      /** Layer of the version that a container sees; null if it sees none. */
      readonly liveIn: number | null;
    }[];
    /** Layers that hold content again only because attributes changed. */
    readonly rewrites: readonly {
      readonly layer: number;
      readonly files: number;
      readonly bytes: number;
      /** Files by what changed; one may count for several. */
      readonly changed: {
        readonly mode: number;
        readonly owner: number;
        readonly mtime: number;
        /** Copies of the very same file. */
        readonly nothing: number;
      };
    }[];
    /** The same content in several files of the final filesystem; hard links are one file. */
    readonly duplicates: {
      readonly bytes: number;
      readonly contents: number;
      readonly largest: readonly {
        readonly digest: string;
        readonly sizeBytes: number;
        readonly files: number;
        readonly places: readonly { readonly path: string; readonly pathBase64?: string; readonly layer: number }[];
      }[];
    };
    /** What dive says of the same image. It counts otherwise: see `diveEfficiency` in the sources. */
    readonly dive: {
      readonly score: number;
      readonly wastedBytes: number;
      readonly userBytes: number;
      readonly paths: readonly {
        readonly path: string;
        readonly pathBase64?: string;
        readonly count: number;
        readonly bytes: number;
      }[];
    };
  };
  /** Folders that hold at least a hundredth of what a container sees; left out unless asked for. */
  readonly tree?: LayersFolder;
  /** A picture of the final filesystem; left out unless asked for. */
  readonly treemap?: LayersTreemap;
}

/** The final filesystem as a squarified treemap: areas are as the bytes that a container reaches. */
export interface LayersTreemap {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly {
    readonly path: string;
    readonly pathBase64?: string;
    /** `rest`: what of a folder has no cells of its own. */
    readonly kind: 'file' | 'folder' | 'rest';
    readonly layer: number;
    readonly bytes: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** Why bytes are hidden: `metadata-only` where the same bytes took their place. */
export type HiddenBytesCause = 'deleted' | 'overwritten' | 'metadata-only';

/** Sums over the layers of an image. */
export interface LayersTotals {
  /** Null where a layer's size is not known. */
  readonly storedBytes: number | null;
  readonly tarBytes: number | null;
  readonly files: number;
  /** `live`, `deleted`, `overwritten`, `metadataOnly` and `unreached` together. */
  readonly contentBytes: number;
  readonly liveBytes: number;
  readonly hiddenBytes: LayersHidden;
  /** Behind damage, and so in no filesystem. */
  readonly unreachedBytes: number;
  /** `deleted`, `overwritten` and `metadataOnly`: what a rebuild without them would not have. */
  readonly reclaimableBytes: number;
  /** The stored bytes of these, estimated from their share of the tar. */
  readonly reclaimableStoredBytesEstimate: number | null;
  /** Live bytes against all bytes: 1 is best. */
  readonly efficiency: number;
}

/** Bytes that later entries hide, by cause. */
export interface LayersHidden {
  readonly deleted: number;
  readonly overwritten: number;
  readonly metadataOnly: number;
}

/** A layer in its place. */
export interface LayersLayer {
  readonly index: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly compression: string | null;
  readonly storedBytes: number | null;
  readonly tarBytes: number | null;
  readonly contentBytes: number | null;
  readonly liveBytes: number;
  readonly hiddenBytes: LayersHidden;
  readonly unreachedBytes: number;
  readonly reclaimableStoredBytesEstimate: number | null;
  /** Of the bytes of all layers, 0 to 1. */
  readonly share: number;
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly whiteouts: number;
  readonly instruction: string | null;
  readonly historyIndex: number | null;
  readonly created: string | null;
  readonly origin: ReportLayer['origin'];
  readonly originBasis: string;
  readonly complete: boolean;
}

/** A version of a regular file. */
export interface LayersFile {
  readonly path: string;
  readonly pathBase64?: string;
  readonly layer: number;
  readonly bytes: number;
  /** What became of its bytes; live ones may be live under another name. */
  readonly state: 'live' | HiddenBytesCause;
  readonly hiddenIn: number | null;
}

/** A folder of the final filesystem, with all that a container sees below it. */
export interface LayersFolder {
  readonly path: string;
  readonly pathBase64?: string;
  readonly bytes: number;
  readonly files: number;
  /** Bytes by the layer that holds them, largest first. */
  readonly layers: readonly { readonly index: number; readonly bytes: number }[];
  readonly folders: readonly LayersFolder[];
}

/** A limit that the user set for one image or layer. */
export interface LayersBudget {
  /** `size`: the tars of all layers together; `layer-size`: of the largest; `waste`: reclaimable bytes. */
  readonly kind: 'size' | 'layer-size' | 'waste';
  readonly platform: string;
  /** The layer it is about, for `layer-size`. */
  readonly layer: number | null;
  /** As it was given. */
  readonly limit: string;
  readonly limitBytes: number;
  readonly bytes: number;
  readonly exceeded: boolean;
}
