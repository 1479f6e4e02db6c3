import type { Gap } from '../core/index.ts';
import type { Report } from './report.ts';

/**
 * What `audit stages` says: which build stage each layer of an image belongs to, how one knows, and what stages hold
 * that the image has not. A document as the report is one: names are a contract with scripts; they may be added to.
 */
export interface StagesReport {
  readonly schema: 'layer-audit/stages-1';
  readonly tool: Report['tool'];
  readonly subject: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  /** One for each platform, in the order of the index. */
  readonly images: readonly StagesImage[];
  readonly gaps: readonly Gap[];
  readonly verdict: { readonly complete: boolean; readonly exitStatus: number };
}

/** The stages of one image. */
export interface StagesImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  /**
   * `provenance`: BuildKit's, of mode=max, that names the layers; `provenance` says what it is worth. `dockerfile`: a
   * Dockerfile, given or in provenance, that fits the history. `history`: a guess from the history alone. `unknown`:
   * nothing tells.
   */
  readonly basis: 'provenance' | 'dockerfile' | 'history' | 'unknown';
  /** How one knows, or why one does not, in sentences. */
  readonly reasons: readonly string[];
  /** Provenance that is about the image or hangs on it, what was used first. */
  readonly provenance: readonly StagesProvenance[];
  /** Those that the image has layers of, lowest first. */
  readonly stages: readonly {
    /** Null for the base image. */
    readonly name: string | null;
    readonly isBase: boolean;
    readonly from: string | null;
    readonly layers: readonly number[];
    readonly storedBytes: number | null;
    readonly contentBytes: number;
    readonly liveBytes: number;
    readonly copies: readonly { readonly from: string; readonly line: number; readonly text: string }[];
  }[];
  /** What made each layer, as far as provenance or a Dockerfile tells. */
  readonly layers: readonly {
    readonly index: number;
    readonly digest: string | null;
    /** The step in the provenance. */
    readonly step: string | null;
    readonly line: number | null;
    readonly text: string | null;
  }[];
  /** Stages of the Dockerfile whose layers are not in the image. */
  readonly discarded: readonly {
    readonly name: string;
    readonly from: string;
    /** Whether it was built for the image; null where that is not known. */
    readonly built: boolean | null;
    /** Its instructions that were run, as far as provenance tells. */
    readonly steps: readonly { readonly line: number; readonly text: string }[];
    /** What it copied from elsewhere. */
    readonly copies: readonly { readonly from: string; readonly line: number; readonly text: string }[];
    /** Stored bytes of the image that it begins with; null where they are not known. */
    readonly baseStoredBytes: number | null;
  }[];
  /** Images of stages that were given, held against this one. */
  readonly builds: readonly StageBuild[];
}

/** A statement of how an image was built. */
export interface StagesProvenance {
  /** Manifest of the attachment, and the blob with the statement. */
  readonly attachment: string;
  readonly blob: string;
  /** `layers`: it names them. `dockerfile`: only the Dockerfile in it fits. `nothing`: `why` says why not. */
  readonly used: 'layers' | 'dockerfile' | 'nothing';
  readonly why: string | null;
  readonly predicateType: string | null;
  readonly mode: 'max' | 'min' | null;
  readonly builder: string | null;
  /** Where the sources are from, as the client of the builder says. */
  readonly vcs: { readonly source: string | null; readonly revision: string | null } | null;
  /** Images and sources that it was built from. */
  readonly materials: readonly { readonly uri: string; readonly digest: string | null }[];
  /** What it is worth: not `verified` unless somebody who was named signed it. */
  readonly trust: {
    readonly verdict: 'verified' | 'failed' | 'unverified' | 'unsigned' | 'not-checked';
    readonly reasons: readonly string[];
    readonly signer: string | null;
  };
}

/** An image of one stage, held against the final image. */
export interface StageBuild {
  readonly name: string;
  readonly reference: string;
  readonly manifestDigest: string | null;
  readonly stage: StageWeight;
  readonly final: StageWeight;
  /** Layers that both have. */
  readonly sharedLayers: number;
  /** Files of the final image, outside of shared layers, whose content the stage has, too. */
  readonly carried: {
    readonly files: number;
    readonly bytes: number;
    readonly largest: readonly { readonly path: string; readonly pathBase64?: string; readonly bytes: number }[];
    /** Findings of the final image in these files. */
    readonly findings: readonly {
      readonly rule: string;
      readonly severity: string;
      readonly message: string;
      readonly path: string;
    }[];
  };
  /** Installed packages by kind: only one side's, or of both in the same version or another. */
  readonly packages: {
    readonly onlyStage: Readonly<Record<string, number>>;
    readonly onlyFinal: Readonly<Record<string, number>>;
    readonly both: Readonly<Record<string, number>>;
  };
  /** Shells, package managers, compilers and the like, by name: of each side, and of both. */
  readonly tools: {
    readonly onlyStage: readonly string[];
    readonly onlyFinal: readonly string[];
    readonly both: readonly string[];
  };
  /** Secrets, each counted once, wherever it is: of each side, and those of both. */
  readonly secrets: { readonly onlyStage: number; readonly onlyFinal: number; readonly both: number };
  /** What a container of the stage sees, and one of the final image does not have by content. */
  readonly leftBehind: { readonly files: number; readonly bytes: number };
}

/** What an image weighs, and what is in it. */
export interface StageWeight {
  readonly files: number;
  readonly liveBytes: number;
  readonly storedBytes: number | null;
  /** Installed packages by kind. */
  readonly packages: Readonly<Record<string, number>>;
  /** Findings by family: `secrets`, `shell`, `leftover` …. */
  readonly findings: Readonly<Record<string, number>>;
}
