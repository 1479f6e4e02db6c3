import type { PackageKind } from '../../examine/index.ts';
import type { SbomDocument } from '../inventory.ts';

/** What is known of a program that writes SBOMs: why something of an image is not in what it writes. */
export interface SbomWriter {
  readonly name: string;
  /** Kinds of packages that it knows; null for all. */
  readonly kinds: ReadonlySet<PackageKind> | null;
  /** Whether it leaves out what a language installed and a package of the distribution owns. */
  readonly leavesOutOwned: boolean;
  /** Whether the files that it lists are paths in an image. */
  readonly listsImagePaths: boolean;
  /** Whether digests of a manifest may be those of one that it made itself, of an image from a daemon or an archive. */
  readonly makesUpManifests: boolean;
}

const KNOWS_ALL = { kinds: null, leavesOutOwned: false, listsImagePaths: true, makesUpManifests: false } as const;

const WRITERS: readonly (readonly [RegExp, SbomWriter])[] = [
  // What cargo installed is known by a file of cargo's own, and to both only where a program has its list built in.
  [
    /^(?:trivy|aquasecurity)/i,
    {
      ...KNOWS_ALL,
      name: 'Trivy',
      kinds: new Set(['dpkg', 'apk', 'rpm', 'npm', 'pypi', 'gem', 'composer', 'maven', 'nuget', 'conda', 'golang']),
      leavesOutOwned: true,
    },
  ],
  [
    /^apko\b/i,
    // It lists the packages that it was told to install, by the SBOM that each brings.
    { ...KNOWS_ALL, name: 'apko', kinds: new Set(['apk']) },
  ],
  [
    /^Microsoft\.SBOMTool/i,
    // It looks for packages of distributions with Syft, and for languages in a folder of the build.
    { ...KNOWS_ALL, name: 'Microsoft’s sbom-tool', kinds: new Set(['dpkg', 'apk', 'rpm']), listsImagePaths: false },
  ],
  [
    /^(?:syft|buildkit)/i,
    {
      ...KNOWS_ALL,
      name: 'Syft',
      kinds: new Set([
        'dpkg',
        'apk',
        'rpm',
        'pacman',
        'opkg',
        'npm',
        'pypi',
        'gem',
        'composer',
        'maven',
        'nuget',
        'conda',
        'golang',
      ]),
      makesUpManifests: true,
    },
  ],
];

/** The program that wrote an SBOM, as far as it says; one that nobody here knows is taken to know everything. */
export function writerOf({ tools }: Pick<SbomDocument, 'tools'>): SbomWriter {
  for (const [pattern, writer] of WRITERS) if (tools.some((tool) => pattern.test(tool))) return writer;
  return { ...KNOWS_ALL, name: tools[0] ?? 'its writer' };
}

/**
 * What an SBOM is of, where that is not the image: BuildKit attests the stages of a build and its context beside the image,
 * and calls these documents so (docker/buildkit-syft-scanner).
 */
export function stageOf({ name, tools }: Pick<SbomDocument, 'name' | 'tools'>): string | null {
  const stage = /^sbom-((?!sha256)[\w.-]+)$/.exec(name ?? '')?.[1] ?? null;
  return tools.some((tool) => /^(?:syft|buildkit)/i.test(tool)) ? stage : null;
}
