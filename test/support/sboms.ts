/** SBOMs in the shapes of the programs that write them, and images that they are attached to. */
import { type BuiltBlob, type BuiltImage, descriptor, type Files, jsonBlob, ociLayout } from './image-builder.ts';

/** A package of an SBOM. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** A file of an SBOM. */
export interface ListedFile {
  readonly path: string;
  readonly sha256?: string;
  /** `sha256:…` of the layer that it is said to come from. */
  readonly layer?: string;
}

/** What goes into an SBOM. */
export interface SbomContent {
  readonly packages: readonly ListedPackage[];
  readonly files?: readonly ListedFile[];
  /** Digest of the image that it says it is of. */
  readonly of?: string;
  readonly tool?: string;
  readonly name?: string;
}

/** A package of Debian, as it is listed. */
export function deb(name: string, version = '1.0'): ListedPackage {
  return { name, version, purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=amd64&distro=debian-13` };
}

/** SPDX 2.3 as Syft writes it. */
export function spdxOf({ packages, files = [], of, tool = 'syft-1.52.0', name = 'acme/api' }: SbomContent): object {
  const root = {
    name,
    SPDXID: 'SPDXRef-DocumentRoot-Image-acme',
    versionInfo: of ?? 'latest',
    ...(of === undefined ? {} : { checksums: [{ algorithm: 'SHA256', checksumValue: of.slice(7) }] }),
    primaryPackagePurpose: 'CONTAINER',
  };
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: 'https://acme.test/sbom',
    creationInfo: { created: '2026-01-02T03:04:05Z', creators: ['Organization: Acme', `Tool: ${tool}`] },
    packages: [
      ...packages.map((one, i) => ({
        name: one.name,
        SPDXID: `SPDXRef-Package-${i}`,
        versionInfo: one.version,
        licenseDeclared: 'MIT',
        externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: one.purl }],
      })),
      root,
    ],
    files: files.map(({ path, sha256, layer }, i) => ({
      fileName: path,
      SPDXID: `SPDXRef-File-${i}`,
      checksums: sha256 === undefined ? [] : [{ algorithm: 'SHA256', checksumValue: sha256 }],
      ...(layer === undefined ? {} : { comment: `layerID: ${layer}` }),
    })),
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: root.SPDXID },
    ],
  };
}

/** The same as BuildKit attaches it: a statement that nobody signed. */
export function statementOf(predicate: unknown, subject?: string): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://spdx.dev/Document',
    subject: subject === undefined ? [] : [{ name: 'pkg:docker/acme/api', digest: { sha256: subject.slice(7) } }],
    predicate,
  };
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** A layout of an image and the documents that BuildKit attested beside it. */
export function attested(image: BuiltImage, ...documents: readonly object[]): Files {
  const blobs = documents.map((one) => jsonBlob(one, 'application/vnd.in-toto+json'));
  const config = jsonBlob({}, 'application/vnd.oci.empty.v1+json');
  const manifest = jsonBlob(
    { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: descriptor(config), layers: blobs.map(descriptor) },
    MANIFEST_TYPE,
  );
  const manifests = [
    { ...descriptor(image.manifest), platform: image.platform },
    {
      ...descriptor(manifest),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': image.manifest.digest,
      },
    },
  ];
  return withIndex(ociLayout([image]), { schemaVersion: 2, mediaType: INDEX_TYPE, manifests }, [
    manifest,
    config,
    ...blobs,
  ]);
}

function withIndex(files: Files, index: object, blobs: readonly BuiltBlob[]): Files {
  const blob = jsonBlob(index, INDEX_TYPE);
  for (const { digest, bytes } of [blob, ...blobs]) files.set(`blobs/${digest.replace(':', '/')}`, bytes);
  files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(blob)] })));
  return files;
}
