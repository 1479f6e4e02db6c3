/** What an entry of an SBOM stands for. Only packages are held against the packages of layers. */
export type SbomRole = 'package' | 'image' | 'operating-system' | 'file' | 'other';

/** A package, or what is listed like one. What is not stated is null or empty. */
export interface SbomPackage {
  /** Its identifier within the document. */
  readonly id: string;
  readonly role: SbomRole;
  readonly name: string;
  readonly version: string;
  /** As it is written there: it need not be one. */
  readonly purl: string | null;
  readonly cpes: readonly string[];
  /** As it is stated; `NOASSERTION` counts as nothing. */
  readonly license: string | null;
  readonly supplier: string | null;
  readonly checksums: readonly Checksum[];
  /** What the writer calls the kind of package, in its own words: `deb`, `python-pkg`. */
  readonly kind: string | null;
  /** Paths in the image that the writer learned of it from. */
  readonly locations: readonly string[];
}

/** A digest of content: the algorithm in lower case without a hyphen, the value in lower-case hex. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
}

/** A file that is listed by itself. */
export interface SbomFile {
  readonly id: string;
  /** As it is written there. */
  readonly path: string;
  readonly checksums: readonly Checksum[];
  /** The package that it belongs to, by its identifier. */
  readonly packageId: string | null;
}

/** What one SBOM says, whatever it is written in. Every text in it was written by somebody else. */
export interface SbomDocument {
  readonly format: 'spdx' | 'cyclonedx';
  readonly encoding: 'json' | 'json-ld' | 'tag-value' | 'xml';
  /** `2.3`, `3.0.1`, `1.6`. */
  readonly specVersion: string;
  readonly name: string | null;
  /** Programs that wrote it: `syft-1.2.3`. */
  readonly tools: readonly string[];
  /** As it is written there. */
  readonly created: string | null;
  /** What it says it is about. */
  readonly subject: SbomSubject;
  readonly packages: readonly SbomPackage[];
  readonly files: readonly SbomFile[];
}

/** What an SBOM says it is about. */
export interface SbomSubject {
  readonly names: readonly string[];
  /** Digests of an image: of its manifest or of its configuration. */
  readonly digests: readonly string[];
  /** Digests of all its layers, stored or unpacked; empty where they are not all listed. */
  readonly layers: readonly string[];
  /** Digests of layers that entries are said to come from. */
  readonly layerHints: readonly string[];
}

/** Bounds of one SBOM; the largest seen in practice list some ten thousand packages. */
export const SBOM_LIMITS = {
  bytes: 64 * 1024 * 1024,
  depth: 100,
  values: 4_000_000,
  packages: 200_000,
  files: 1_000_000,
} as const;
