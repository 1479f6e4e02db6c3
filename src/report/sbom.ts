import type { Gap } from '../core/index.ts';
import type { Report } from './report.ts';

/**
 * What `audit sbom` says: the SBOMs of an image, and how what they list stands to what its layers have. A document as the
 * report is one: names are a contract with scripts.
 */
export interface SbomReport {
  readonly schemaVersion: '1.0';
  readonly tool: Report['tool'];
  readonly subject: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  readonly sboms: readonly SbomReportDocument[];
  /** One for each platform, in the order of the index. */
  readonly images: readonly SbomReportImage[];
  readonly gaps: readonly Gap[];
  /** Whether everything could be examined. */
  readonly complete: boolean;
  readonly verdict: {
    /** What makes the run fail. `difference`: no SBOM, or one that differs; `unexplained`: programs that nothing explains, too. */
    readonly failOn: 'difference' | 'unexplained' | 'none';
    readonly failed: boolean;
    readonly exitStatus: number;
  };
}

/** An SBOM, and what it says of itself. */
export interface SbomReportDocument {
  /** The file that was given; null for what is attached. */
  readonly file: string | null;
  /** Manifest that it is attached in. */
  readonly attachment: string | null;
  readonly blob: string | null;
  readonly attachedTo: string | null;
  readonly foundBy: string | null;
  /** Type of the statement around it; null where it stands alone. Whether anybody signed it, `audit verify` tells. */
  readonly predicateType: string | null;
  /** Null where it could not be read. */
  readonly format: 'spdx' | 'cyclonedx' | null;
  readonly encoding: 'json' | 'json-ld' | 'tag-value' | 'xml' | null;
  readonly specVersion: string | null;
  readonly name: string | null;
  readonly tools: readonly string[];
  readonly created: string | null;
  /** Digests by which it names what it is about. */
  readonly about: readonly string[];
  readonly packages: number;
  readonly files: number;
  /** Why it could not be read. */
  readonly trouble: string | null;
}

/** The SBOMs of one image, each held against it. */
export interface SbomReportImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  readonly layers: readonly {
    readonly index: number;
    readonly digest: string | null;
    readonly diffId: string | null;
    readonly instruction: string | null;
  }[];
  /** Packages that are installed. */
  readonly installed: number;
  readonly comparisons: readonly SbomReportComparison[];
}

/** How one SBOM stands to an image. */
export interface SbomReportComparison {
  /** Index in `sboms`. */
  readonly sbom: number;
  /** Whether it is about this image: see the documentation of `audit sbom`. */
  readonly subject: {
    readonly verdict: 'this' | 'platform' | 'other' | 'unstated' | 'undecided';
    readonly why: string;
  };
  /** Why it was not compared; null where it was. */
  readonly notCompared: string | null;
  /** Whether anything is not as it says; programs that nothing explains do not count. */
  readonly differs: boolean;
  readonly packages: {
    /** Installed packages that it lists. */
    readonly matched: number;
    readonly missing: readonly SbomInstalledPackage[];
    readonly surplus: readonly SbomListedPackage[];
    readonly otherVersion: readonly (SbomInstalledPackage & {
      readonly listedVersion: string;
      readonly listedPurl: string | null;
    })[];
  };
  readonly files: {
    readonly matched: number;
    readonly absent: readonly SbomAbsentFile[];
    readonly changed: readonly SbomChangedFile[];
    /** Why they were not compared; null where they were. */
    readonly notCompared: string | null;
  };
  /** Programs that neither a package nor the SBOM explains. */
  readonly unexplained: readonly SbomProgram[];
  /** What stands on one side only, for a reason. */
  readonly leftOut: readonly {
    readonly side: 'sbom' | 'image';
    readonly reason: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
}

/** A package of the image. */
export interface SbomInstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly purl: string | null;
  /** The file that names it. */
  readonly path: string;
  /** Index of the layer that brought it. */
  readonly layer: number;
}

/** A package of the SBOM. */
export interface SbomListedPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string | null;
  /** Index of the layer that removed it, where a lower one had it. */
  readonly removedIn: number | null;
}

/** A file that is listed and not there. */
export interface SbomAbsentFile {
  readonly path: string;
  /** Index of the layer that removed it, where a lower one had it. */
  readonly removedIn: number | null;
}

/** A file that has other bytes than the SBOM says. */
export interface SbomChangedFile {
  readonly path: string;
  readonly digest: string;
  readonly listedDigest: string;
  /** Index of the layer that brought its bytes. */
  readonly layer: number;
}

/** A program that nothing explains. */
export interface SbomProgram {
  readonly path: string;
  /** `program`, `library`, `script`, `Java archive`. */
  readonly what: string;
  readonly bytes: number;
  readonly layer: number;
}
