import { invalid, tooLarge } from '../failure.ts';
import {
  type Checksum,
  SBOM_LIMITS,
  type SbomDocument,
  type SbomFile,
  type SbomPackage,
  type SbomRole,
} from '../inventory.ts';
import { checksumOf, digestsIn, listOf, madeUpId, memberOf, statedOf, textOf, textsOf } from './json-values.ts';

/** SPDX 2.3, 7.24; what has none of these is a package. Trivy called some by their identifiers before SPDX 2.3. */
const ROLES: Readonly<Record<string, SbomRole>> = {
  CONTAINER: 'image',
  'OPERATING-SYSTEM': 'operating-system',
  OPERATING_SYSTEM: 'operating-system',
  FILE: 'file',
  SOURCE: 'other',
  DEVICE: 'other',
  FIRMWARE: 'other',
  OTHER: 'other',
};
const IDS: readonly (readonly [RegExp, SbomRole])[] = [
  [/^SPDXRef-ContainerImage-/, 'image'],
  [/^SPDXRef-OperatingSystem-/, 'operating-system'],
  [/^SPDXRef-Application-/, 'other'],
  [/^SPDXRef-Filesystem-/, 'other'],
];

/**
 * Reads SPDX 2.2 and 2.3 (https://spdx.github.io/spdx-spec/v2.3/) in the shape of its JSON, which tag-value and XML are
 * brought into first.
 * @throws AuditError `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function readSpdx2(document: unknown, encoding: SbomDocument['encoding']): SbomDocument {
  const specVersion = /^SPDX-(2\.\d+)$/.exec(textOf(document, 'spdxVersion'))?.[1];
  if (specVersion === undefined)
    throw invalid(`is SPDX of no known version: ${textOf(document, 'spdxVersion').slice(0, 20)}`);
  const listed = listOf(document, 'packages');
  const files = listOf(document, 'files');
  if (listed.length > SBOM_LIMITS.packages) throw tooLarge(`lists more than ${SBOM_LIMITS.packages} packages`);
  if (files.length > SBOM_LIMITS.files) throw tooLarge(`lists more than ${SBOM_LIMITS.files} files`);
  const relations = readRelations(document);
  const described = new Set([...textsOf(document, 'documentDescribes'), ...relations.described]);
  const packages = listed.map((one) => readPackage(one, described, relations.locations));
  const owners = new Map(relations.owners);
  for (const one of listed) for (const file of textsOf(one, 'hasFiles')) owners.set(file, textOf(one, 'SPDXID'));
  const creation = memberOf(document, 'creationInfo');
  return {
    format: 'spdx',
    encoding,
    specVersion,
    name: statedOf(document, 'name'),
    tools: textsOf(creation, 'creators').flatMap((one) => /^Tool:\s*(.+)$/s.exec(one)?.[1]?.trim() ?? []),
    created: statedOf(creation, 'created'),
    subject: subjectOf(listed, packages, files),
    packages,
    files: files.map((one) => readFile(one, owners)),
  };
}

interface Relations {
  /** What the document is about. */
  readonly described: readonly string[];
  /** Packages by the identifiers of their files. */
  readonly owners: readonly (readonly [string, string])[];
  /** Identifiers of the files that a package was read from. */
  readonly locations: ReadonlyMap<string, readonly string[]>;
}

function readRelations(document: unknown): Relations {
  const described: string[] = [];
  const owners: [string, string][] = [];
  const evidence: [string, string][] = [];
  for (const one of listOf(document, 'relationships')) {
    const from = textOf(one, 'spdxElementId');
    const to = textOf(one, 'relatedSpdxElement');
    switch (textOf(one, 'relationshipType').toUpperCase()) {
      case 'DESCRIBES':
        if (from === 'SPDXRef-DOCUMENT') described.push(to);
        break;
      case 'DESCRIBED_BY':
        if (to === 'SPDXRef-DOCUMENT') described.push(from);
        break;
      case 'CONTAINS':
        owners.push([to, from]);
        break;
      case 'CONTAINED_BY':
        owners.push([from, to]);
        break;
      case 'OTHER':
        // Syft: "evident-by: indicates the package's existence is evident by the given file".
        if (textOf(one, 'comment').startsWith('evident-by')) evidence.push([from, to]);
        break;
      default:
    }
  }
  const paths = new Map(listOf(document, 'files').map((file) => [textOf(file, 'SPDXID'), textOf(file, 'fileName')]));
  const locations = new Map<string, string[]>();
  for (const [owner, file] of evidence) {
    const path = paths.get(file);
    if (path !== undefined) locations.set(owner, [...(locations.get(owner) ?? []), path].slice(0, 100));
  }
  return { described, owners, locations };
}

function readPackage(one: unknown, described: ReadonlySet<string>, locations: Relations['locations']): SbomPackage {
  const name = textOf(one, 'name');
  const version = textOf(one, 'versionInfo');
  const id = textOf(one, 'SPDXID') || madeUpId(name, version);
  const references = listOf(one, 'externalRefs').map((reference) => ({
    type: textOf(reference, 'referenceType').replace(/^.*[/#]/, ''),
    locator: textOf(reference, 'referenceLocator'),
  }));
  const purl = references.find(({ type }) => type === 'purl')?.locator ?? null;
  const source = textOf(one, 'sourceInfo');
  return {
    id,
    role: roleOf(one, { id, name, purl, isDescribed: described.has(id) }),
    name,
    version: version === 'NOASSERTION' ? '' : version,
    purl,
    cpes: references.filter(({ type }) => /^cpe2[23]Type$/.test(type)).map(({ locator }) => locator),
    license: statedOf(one, 'licenseDeclared') ?? statedOf(one, 'licenseConcluded'),
    supplier: statedOf(one, 'supplier') ?? statedOf(one, 'originator'),
    checksums: readChecksums(one),
    kind: /^acquired package info from (.*?)(?: file)?: /.exec(source)?.[1] ?? null,
    locations: [...locationsIn(source), ...(locations.get(id) ?? [])].slice(0, 100),
  };
}

/** Where Syft, and what is written here, say that they have a package from. */
function locationsIn(sourceInfo: string): string[] {
  if (sourceInfo.startsWith('acquired package info from')) {
    const at = sourceInfo.indexOf(': /');
    return at < 0 ? [] : sourceInfo.slice(at + 2).split(', ');
  }
  const own = /^\w+ package named by (?=\/)/.exec(sourceInfo)?.[0];
  if (own === undefined) return [];
  return [sourceInfo.slice(own.length).split(', brought by layer ', 1)[0]?.split(' > ', 1)[0] as string];
}

function roleOf(
  one: unknown,
  { id, name, purl, isDescribed }: { id: string; name: string; purl: string | null; isDescribed: boolean },
): SbomRole {
  const purpose = textOf(one, 'primaryPackagePurpose').toUpperCase();
  const stated = Object.hasOwn(ROLES, purpose) ? ROLES[purpose] : IDS.find(([pattern]) => pattern.test(id))?.[1];
  if (stated !== undefined) return stated;
  if (purl !== null && /^pkg:(?:oci|docker)\//.test(purl)) return 'image';
  // What the document is about holds the packages, and is none of them, unless it is one by its URL.
  if (isDescribed && purl === null) return /^sha256:[0-9a-f]{64}$/.test(textOf(one, 'versionInfo')) ? 'image' : 'other';
  if (/^sha256:[0-9a-f]{64}$/.test(name)) return 'other';
  return purpose === 'APPLICATION' && purl === null ? 'other' : 'package';
}

function readChecksums(one: unknown): Checksum[] {
  return listOf(one, 'checksums').flatMap((checksum) =>
    checksumOf(textOf(checksum, 'algorithm'), textOf(checksum, 'checksumValue')),
  );
}

function readFile(one: unknown, owners: ReadonlyMap<string, string>): SbomFile {
  const path = textOf(one, 'fileName');
  const id = textOf(one, 'SPDXID') || madeUpId(path);
  return { id, path, checksums: readChecksums(one), packageId: owners.get(id) ?? null };
}

/**
 * The digests by which writers name the image: Syft the manifest's as checksum, version and package URL, apko likewise,
 * Trivy the configuration's and the layers' in texts beside it.
 */
function subjectOf(
  listed: readonly unknown[],
  packages: readonly SbomPackage[],
  files: readonly unknown[],
): SbomDocument['subject'] {
  const names = new Set<string>();
  const digests = new Set<string>();
  const layers = new Set<string>();
  const hints = new Set<string>();
  for (const [i, one] of packages.entries()) {
    const notes = [
      ...textsOf(listed[i], 'attributionTexts'),
      ...listOf(listed[i], 'annotations').map((note) => textOf(note, 'comment')),
    ];
    const isImage = one.role === 'image';
    if (isImage) {
      names.add(one.name);
      for (const digest of digestsIn(`${one.version} ${one.purl ?? ''}`)) digests.add(digest);
      for (const { algorithm, value } of one.checksums) if (algorithm === 'sha256') digests.add(`sha256:${value}`);
    }
    for (const note of notes) {
      const [, key = '', value = ''] = /^(\w+): ?(.*)$/.exec(note) ?? [];
      if (isImage && /^(?:ImageID|RepoDigest)$/.test(key)) for (const digest of digestsIn(value)) digests.add(digest);
      if (isImage && key === 'DiffID') for (const digest of digestsIn(value)) layers.add(digest);
      if (/^Layer(?:DiffID|Digest)$/.test(key)) for (const digest of digestsIn(value)) hints.add(digest);
    }
  }
  for (const file of files) {
    const comment = textOf(file, 'comment');
    if (comment.includes('layerID: ')) for (const digest of digestsIn(comment)) hints.add(digest);
  }
  return { names: [...names], digests: [...digests], layers: [...layers], layerHints: [...hints] };
}
