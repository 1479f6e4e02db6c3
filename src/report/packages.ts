import type { Gap } from '../core/index.ts';
import type { Report } from './report.ts';

/**
 * What `audit packages` says: the packages of an image, by platform. A document as the report is one: names are a
 * contract with scripts.
 */
export interface PackagesReport {
  readonly schemaVersion: '1.0';
  readonly tool: Report['tool'];
  readonly subject: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  /** One for each platform, in the order of the index. */
  readonly images: readonly PackagesImage[];
  readonly gaps: readonly Gap[];
  /** Whether everything could be examined; without it packages may be missing. */
  readonly complete: boolean;
}

/** The packages of one image. */
export interface PackagesImage {
  readonly platform: string;
  readonly names: readonly string[];
  readonly manifestDigest: string | null;
  readonly configDigest: string | null;
  readonly created: string | null;
  readonly os: Report['images'][number]['os'];
  readonly layers: readonly {
    readonly index: number;
    readonly digest: string | null;
    readonly diffId: string | null;
    readonly instruction: string | null;
  }[];
  /** How many are installed of each type. */
  readonly counts: Readonly<Record<string, number>>;
  /** By type, name, version and place. */
  readonly packages: readonly ReportPackage[];
  /** Regular files that no package of a database owns. */
  readonly unmanaged: { readonly files: number; readonly bytes: number };
}

/** A package, and what says that it is there. */
export interface ReportPackage {
  readonly name: string;
  readonly version: string;
  /** `dpkg`, `apk`, `rpm`, `npm`, `pypi`; `generic` for a program that tells its version itself. */
  readonly type: string;
  readonly architecture: string;
  readonly license: string | null;
  readonly source: { readonly name: string; readonly version: string | null } | null;
  readonly purl: string | null;
  /** `installed`; `declared` by a lock file only; `removed` by a later layer. */
  readonly state: 'installed' | 'declared' | 'removed';
  /** The file that names it. */
  readonly path: string;
  /** Members of archives in that file that lead to it, outermost first. */
  readonly nestedPath: readonly string[];
  /** Index of the layer that brought it. */
  readonly layer: number;
  /** Of a removed package: index of the layer that removed or replaced it. */
  readonly removedIn: number | null;
}
