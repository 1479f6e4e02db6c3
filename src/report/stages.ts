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
   * `dockerfile`: a Dockerfile that was given and fits the history. `history`: a guess from the history alone.
   * `unknown`: nothing tells.
   */
  readonly basis: 'dockerfile' | 'history' | 'unknown';
  /** How one knows, or why one does not, in sentences. */
  readonly reasons: readonly string[];
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
  /** Stages of the Dockerfile whose layers are not in the image. */
  readonly discarded: readonly { readonly name: string; readonly from: string }[];
  /** Images of stages that were given, held against this one. */
  readonly builds: readonly StageBuild[];
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
