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

/** SPDX 2.3 in tag-value form. */
export function tagValueOf({ packages, files = [], of, tool = 'syft-1.52.0', name = 'acme/api' }: SbomContent): string {
  return [
    '# A comment',
    'SPDXVersion: SPDX-2.3',
    'SPDXID: SPDXRef-DOCUMENT',
    `DocumentName: ${name}`,
    `Creator: Tool: ${tool}`,
    'Created: 2026-01-02T03:04:05Z',
    'CreatorComment: <text>of\nPackageName: nothing</text>',
    ...files.flatMap(({ path, sha256, layer }, i) => [
      `FileName: ${path}`,
      `SPDXID: SPDXRef-File-${i}`,
      ...(sha256 === undefined ? [] : [`FileChecksum: SHA256: ${sha256}`]),
      ...(layer === undefined ? [] : [`FileComment: <text>layerID: ${layer}</text>`]),
    ]),
    'PackageName: acme/api',
    'SPDXID: SPDXRef-DocumentRoot-Image-acme',
    `PackageVersion: ${of ?? 'latest'}`,
    'PrimaryPackagePurpose: CONTAINER',
    ...(of === undefined ? [] : [`PackageChecksum: SHA256: ${of.slice(7)}`]),
    ...packages.flatMap((one, i) => [
      `PackageName: ${one.name}`,
      `SPDXID: SPDXRef-Package-${i}`,
      `PackageVersion: ${one.version}`,
      'PackageLicenseDeclared: MIT',
      `ExternalRef: PACKAGE-MANAGER purl ${one.purl}`,
    ]),
    'Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-DocumentRoot-Image-acme',
    '',
  ].join('\n');
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** SPDX 2 in XML: a document's JSON, member by member. */
export function spdxXmlOf(content: SbomContent): string {
  const render = (name: string, value: unknown): string => {
    if (Array.isArray(value)) return value.map((one) => render(name, one)).join('');
    const inner =
      typeof value === 'object' && value !== null
        ? Object.entries(value)
            .map(([key, one]) => render(key, one))
            .join('')
        : escapeXml(String(value));
    return `<${name}>${inner}</${name}>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render('Document', spdxOf(content))}`;
}

/** CycloneDX 1.6 as Syft writes it. */
export function cycloneDxOf({
  packages,
  files = [],
  of,
  tool = 'syft-1.52.0',
  name = 'acme/api',
}: SbomContent): object {
  const [toolName = '', ...version] = tool.split('-');
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      timestamp: '2026-01-02T03:04:05Z',
      tools: { components: [{ type: 'application', name: toolName, version: version.join('-') }] },
      component: { type: 'container', name, version: of ?? 'latest' },
    },
    components: [
      ...packages.map((one, i) => ({
        'bom-ref': `package-${i}`,
        type: 'library',
        name: one.name,
        version: one.version,
        purl: one.purl,
        licenses: [{ license: { id: 'MIT' } }],
        properties: files.flatMap(({ layer }) =>
          layer === undefined ? [] : [{ name: 'syft:location:0:layerID', value: layer }],
        ),
      })),
      ...files.map(({ path, sha256 }, i) => ({
        'bom-ref': `file-${i}`,
        type: 'file',
        name: path,
        hashes: sha256 === undefined ? [] : [{ alg: 'SHA-256', content: sha256 }],
      })),
    ],
  };
}

/** CycloneDX 1.6 in XML. */
export function cycloneDxXmlOf({
  packages,
  files = [],
  of,
  tool = 'syft-1.52.0',
  name = 'acme/api',
}: SbomContent): string {
  const [toolName = '', ...version] = tool.split('-');
  const element = (tag: string, text: string): string => `<${tag}>${escapeXml(text)}</${tag}>`;
  const layers = files.flatMap(({ layer }) => layer ?? []);
  const properties = layers.map((layer) => `<property name="syft:location:0:layerID">${layer}</property>`).join('');
  return `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">
  <metadata><timestamp>2026-01-02T03:04:05Z</timestamp>
    <tools><components><component type="application">${element('name', toolName)}${element('version', version.join('-'))}</component></components></tools>
    <component type="container">${element('name', name)}${element('version', of ?? 'latest')}</component>
  </metadata>
  <components>
    ${packages
      .map(
        (one, i) =>
          `<component type="library" bom-ref="package-${i}">${element('name', one.name)}${element('version', one.version)}<licenses><license><id>MIT</id></license></licenses>${element('purl', one.purl)}<properties>${properties}</properties></component>`,
      )
      .join('\n')}
    ${files
      .map(
        ({ path, sha256 }, i) =>
          `<component type="file" bom-ref="file-${i}">${element('name', path)}<hashes>${sha256 === undefined ? '' : `<hash alg="SHA-256">${sha256}</hash>`}</hashes></component>`,
      )
      .join('\n')}
  </components>
</bom>
`;
}

/** SPDX 3.0 in JSON-LD. */
export function spdx3Of({ packages, files = [], of, tool = 'syft-1.52.0', name = 'acme/api' }: SbomContent): object {
  return {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      {
        '@id': '_:creation',
        type: 'CreationInfo',
        specVersion: '3.0.1',
        created: '2026-01-02T03:04:05Z',
        createdUsing: ['urn:tool'],
      },
      { type: 'Tool', spdxId: 'urn:tool', name: tool },
      { type: 'SpdxDocument', spdxId: 'urn:document', name, rootElement: ['urn:image'] },
      {
        type: 'software_Package',
        spdxId: 'urn:image',
        name: 'acme/api',
        software_primaryPurpose: 'container',
        software_packageVersion: of ?? 'latest',
      },
      ...packages.flatMap((one, i) => [
        {
          type: 'software_Package',
          spdxId: `urn:package-${i}`,
          name: one.name,
          software_packageVersion: one.version,
          software_packageUrl: one.purl,
        },
        {
          type: 'simplelicensing_LicenseExpression',
          spdxId: `urn:license-${i}`,
          simplelicensing_licenseExpression: 'MIT',
        },
        {
          type: 'Relationship',
          spdxId: `urn:relation-${i}`,
          relationshipType: 'hasDeclaredLicense',
          from: `urn:package-${i}`,
          to: [`urn:license-${i}`],
        },
      ]),
      ...files.map(({ path, sha256, layer }, i) => ({
        type: 'software_File',
        spdxId: `urn:file-${i}`,
        name: path,
        ...(layer === undefined ? {} : { comment: `layerID: ${layer}` }),
        verifiedUsing: sha256 === undefined ? [] : [{ type: 'Hash', algorithm: 'sha256', hashValue: sha256 }],
      })),
    ],
  };
}

/** Every form that is read, with what a document says of its form. */
export const SBOM_FORMS: readonly {
  readonly form: string;
  readonly write: (content: SbomContent) => Buffer;
  readonly says: { readonly format: string; readonly encoding: string; readonly specVersion: string };
}[] = [
  {
    form: 'SPDX 2.3 in JSON',
    write: (one) => json(spdxOf(one)),
    says: { format: 'spdx', encoding: 'json', specVersion: '2.3' },
  },
  {
    form: 'SPDX 2.3 in tag-value form',
    write: (one) => Buffer.from(tagValueOf(one)),
    says: { format: 'spdx', encoding: 'tag-value', specVersion: '2.3' },
  },
  {
    form: 'SPDX 2.3 in XML',
    write: (one) => Buffer.from(spdxXmlOf(one)),
    says: { format: 'spdx', encoding: 'xml', specVersion: '2.3' },
  },
  {
    form: 'SPDX 3.0 in JSON-LD',
    write: (one) => json(spdx3Of(one)),
    says: { format: 'spdx', encoding: 'json-ld', specVersion: '3.0.1' },
  },
  {
    form: 'CycloneDX 1.6 in JSON',
    write: (one) => json(cycloneDxOf(one)),
    says: { format: 'cyclonedx', encoding: 'json', specVersion: '1.6' },
  },
  {
    form: 'CycloneDX 1.6 in XML',
    write: (one) => Buffer.from(cycloneDxXmlOf(one)),
    says: { format: 'cyclonedx', encoding: 'xml', specVersion: '1.6' },
  },
];

function json(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}
