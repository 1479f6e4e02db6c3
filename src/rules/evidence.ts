import type { LayerRecord, SecretMatch } from '../examine/index.ts';
import type { Filesystem, FilesystemSizes, FoldedLayers } from '../filesystem/index.ts';
import type { Image, ImageLayer } from '../image/index.ts';
import type { SbomComparison } from '../sbom/index.ts';
import type { SourceKind, SourceOrphan, SourceProblem } from '../source/index.ts';
import type { System } from '../system/index.ts';
import type { CheckedAttachment, ImageTrust } from '../trust/index.ts';

/** A layer in its place, with what examining it told; no record where it was not examined. */
export interface LayerEvidence {
  readonly layer: ImageLayer;
  readonly record: LayerRecord | null;
}

/** A secret in a text of the configuration, the history or an annotation. */
export interface MetadataSecret {
  /** `config.Env[3]`, `history[2].created_by`, `annotation:org.example`. */
  readonly field: string;
  /** Step of the history it is in, and the layer that step made, where there is one. */
  readonly layerIndex: number | null;
  readonly match: SecretMatch;
}

/** An SBOM that is attached to an image. */
export interface AttachedSbom {
  /** Digest of the attachment's manifest. */
  readonly digest: string;
  readonly comparison: SbomComparison;
}

/** All that is known of one image. Rules see this, and neither streams nor network. */
export interface ImageEvidence {
  readonly image: Image;
  readonly layers: readonly LayerEvidence[];
  readonly filesystem: Filesystem;
  /** What the stack of layers shows that its layers alone do not. */
  readonly stack: Pick<FoldedLayers, 'anomalies' | 'anomalyCounts'>;
  readonly sizes: FilesystemSizes;
  readonly system: System;
  readonly metadataSecrets: readonly MetadataSecret[];
  /** Who signed it, and what is attested of it; absent where nobody looked. */
  readonly trust?: TrustEvidence;
  /** SBOMs that are attached to it, held against what its layers have; absent where they were not looked for. */
  readonly sboms?: readonly AttachedSbom[];
  /** The day of the audit, `2026-01-31`; absent where the report has to be the same on any other. */
  readonly today?: string;
  /** Removes secrets that were found anywhere from a text that is going to be shown. */
  redact(text: string): string;
  /** The same for names and versions of packages, in which a word is no secret. */
  redactName(name: string): string;
  /** A secret's value, where the user asked for values. */
  reveal(fingerprint: string): string | null;
}

/** What is known of one image's signatures and attestations. */
export interface TrustEvidence extends Omit<ImageTrust, 'image'> {
  /**
   * Whether the user said whom to trust: only then anything is wanted. `no-rule`: a policy was given that says nothing of
   * this image.
   */
  readonly policy: 'none' | 'given' | 'no-rule';
  /** Whether the place where it is from keeps signatures: archives of `docker save` and daemons do not. */
  readonly canCarry: boolean;
  readonly sourceKind: SourceKind;
  /** What hangs on the image, on an index above it, or is attested beside it. */
  readonly attachments: readonly CheckedAttachment[];
  /** Documents on the way to the image, by digest. */
  readonly roles: ReadonlyMap<string, 'index' | 'image' | 'attestation-manifest'>;
  /** Digests of the layers as they are stored. */
  readonly layers: readonly string[];
}

/** A blob of the source that no manifest names. */
export interface OrphanEvidence {
  /** Its name in the archive or layout. */
  readonly name: string;
  readonly kind: SourceOrphan['kind'];
  readonly digest: string | null;
  readonly sizeBytes: number;
  /** What examining it as a layer told; null where it was not examined. */
  readonly record: LayerRecord | null;
  /** Its entries as the only layer there is. */
  readonly filesystem: Filesystem;
}

/** Files that belong to no image: of a folder, or what standard input gave. */
export interface FilesEvidence {
  readonly secrets: readonly SecretMatch[];
  /** What they are files of, for sentences: `folder`. */
  readonly holder: 'folder' | 'file' | 'stream';
  /** The path of a file below the folder; null where there is only one, without a name. */
  pathOf(row: number): string | null;
}

/** A secret in something that hangs on the subject: a signature, an SBOM, provenance. */
export interface AttachmentSecret {
  /** Digest of the attachment's manifest. */
  readonly digest: string;
  /** Where in it, in base64: the payload of its envelope, or the Dockerfile that provenance holds. Null for as it stands. */
  readonly within: 'payload' | 'dockerfile' | null;
  readonly match: SecretMatch;
}

/** All that is known of what the reference resolved to. */
export interface SubjectEvidence {
  readonly reference: string;
  readonly sourceKind: SourceKind | FilesEvidence['holder'];
  readonly problems: readonly SourceProblem[];
  /** Whether `images` are all that the subject has: false where the user chose platforms. */
  readonly allPlatforms: boolean;
  readonly images: readonly ImageEvidence[];
  readonly orphans: readonly OrphanEvidence[];
  readonly attachmentSecrets?: readonly AttachmentSecret[];
  /** Digests of manifests that hang on the images, and of what these name. */
  readonly attached?: ReadonlySet<string>;
  readonly files?: FilesEvidence;
  /** Removes secrets that were found anywhere from a text that is going to be shown. */
  redact(text: string): string;
  /** A secret's value, where the user asked for values. */
  reveal(fingerprint: string): string | null;
}
