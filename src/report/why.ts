import type { Gap } from '../core/index.ts';
import type { EntryFacts } from './entry-facts.ts';
import type { Report } from './report.ts';

/**
 * What `audit why` says: every version of a path, what became of each, and what would go with it. A document as the
 * report is one: names are a contract with scripts; they may be added to.
 */
export interface WhyReport {
  readonly schema: 'layer-audit/why-1';
  readonly tool: Report['tool'];
  readonly subject: Report['subject'];
  /** The path that was asked about. */
  readonly path: string;
  /** One for each platform, in the order of the index. */
  readonly images: readonly WhyImage[];
  readonly gaps: readonly Gap[];
  readonly verdict: { readonly complete: boolean; readonly exitStatus: number };
}

/** A path in one image. */
export interface WhyImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  /** Where the path is once links were followed; the same path where there are none; null if it leads nowhere now. */
  readonly resolved: string | null;
  /** Lowest layer first; empty where no layer of this image has it. */
  readonly versions: readonly WhyVersion[];
  /** What is below it, where it is a folder: of the final filesystem, by the layer that holds it, largest first. */
  readonly below: {
    readonly files: number;
    readonly bytes: number;
    readonly layers: readonly { readonly layer: WhyLayer; readonly files: number; readonly bytes: number }[];
  } | null;
  /** Packages that the file there now belongs to; `omitted` counts those that are not listed. */
  readonly owners: { readonly packages: readonly WhyOwner[]; readonly omitted: number };
  /** What a build that never had it would not have; null where no layer has it. */
  readonly removal: WhyRemoval | null;
}

/** A layer, as far as it says where something comes from. */
export interface WhyLayer {
  readonly index: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly instruction: string | null;
  readonly created: string | null;
  readonly origin: 'base' | 'app' | 'unknown';
  /** The build stage it belongs to, and what that is known from; null where it is not known. */
  readonly stage: { readonly name: string; readonly basis: 'provenance' | 'dockerfile' | 'history' } | null;
}

/** A package that a file belongs to. */
export interface WhyOwner {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** The layer that brought the package. */
  readonly layer: number;
  /** `listed` by it; the `database` that says that it is there, as a jar does; or in its `folder`. */
  readonly how: 'listed' | 'database' | 'folder';
}

/** A version of a path. */
export interface WhyVersion extends EntryFacts {
  readonly layer: WhyLayer;
  readonly state: 'live' | 'deleted' | 'overwritten' | 'never-effective';
  /** What hides it; `sameContent` where the same bytes took its place. */
  readonly hiddenBy: {
    readonly layer: WhyLayer;
    readonly how: 'whiteout' | 'opaque' | 'overwrite' | 'type-change';
    readonly sameContent: boolean;
  } | null;
  /** Other names of the same bytes: hard links, whatever became of them. */
  readonly otherNames: readonly { readonly path: string; readonly pathBase64?: string; readonly layer: number }[];
}

/** What removing a path from where it was made would save. */
export interface WhyRemoval {
  /** Files and bytes that a container would no longer see. Bytes that another name keeps are not among them. */
  readonly liveFiles: number;
  readonly liveBytes: number;
  /** Bytes of all layers, hidden versions included. */
  readonly allBytes: number;
  /** The stored bytes of these, estimated from their share of each layer's tar; null where it is not known. */
  readonly storedBytesEstimate: number | null;
  /** Bytes that stay because hard links outside of it have them. */
  readonly keptByLinksBytes: number;
}
