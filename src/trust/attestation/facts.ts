/**
 * What attestations say, as far as a report shows it. All of it is somebody's word: of whoever signed it, where that is
 * verified, else of nobody.
 */
export type AttestationFacts = ProvenanceFacts | VexFacts | ScanFacts | TestFacts | SbomFacts;

/** Something that a build used. */
export interface Material {
  readonly uri: string;
  /** Digests by algorithm; none where it is not pinned. */
  readonly digests: Readonly<Record<string, string>>;
}

/** How an image was built (SLSA provenance v0.2 and v1). */
export interface ProvenanceFacts {
  readonly kind: 'provenance';
  readonly format: 'slsa-v0.1' | 'slsa-v0.2' | 'slsa-v1';
  /** Who built it; null where nobody is named, as BuildKit does at home. */
  readonly builder: string | null;
  readonly buildType: string | null;
  /** What was built: a repository at a commit, and the file that says how. */
  readonly source: (Material & { readonly entryPoint: string | null }) | null;
  readonly materials: readonly Material[];
  /** How many there are, shown or not. */
  readonly materialCount: number;
  /** What whoever asked for the build could set, as paths and texts. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly invocation: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Images that the steps of BuildKit began with, and the layers each brought, where provenance is of mode max. */
  readonly bases: readonly { readonly reference: string; readonly layers: readonly string[] }[];
}

/** Which vulnerabilities concern the image (OpenVEX, CycloneDX). */
export interface VexFacts {
  readonly kind: 'vex';
  readonly format: 'openvex' | 'cyclonedx';
  readonly author: string | null;
  readonly at: string | null;
  readonly statements: readonly {
    readonly vulnerability: string;
    /** As the format has it: `not_affected`, `exploitable`. */
    readonly status: string | null;
    readonly justification: string | null;
  }[];
  readonly statementCount: number;
}

/** What a scanner found, of whatever day (cosign's and in-toto's predicates for vulnerabilities). */
export interface ScanFacts {
  readonly kind: 'vulnerability-scan';
  readonly format: 'cosign-vuln' | 'in-toto-vulns';
  readonly scanner: string | null;
  readonly version: string | null;
  /** When its database was made. */
  readonly databaseAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** By severity as the scanner writes it; null where the result is of no known shape. */
  readonly found: Readonly<Record<string, number>> | null;
}

/** How tests of the image ended (in-toto test result v0.1). */
export interface TestFacts {
  readonly kind: 'test-result';
  readonly format: 'in-toto-test-result';
  readonly result: string | null;
  readonly url: string | null;
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly string[];
}

/** What is in the image, as somebody says. */
export interface SbomFacts {
  readonly kind: 'sbom';
  readonly format: 'spdx' | 'cyclonedx';
  readonly name: string | null;
  readonly version: string | null;
  /** Packages, or components. */
  readonly entries: number | null;
  readonly createdAt: string | null;
  /** Programs that made it. */
  readonly tools: readonly string[];
}
