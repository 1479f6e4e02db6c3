import type { SbomDocument, SbomPackage } from '../../sbom/index.ts';
import type { Report } from '../report.ts';
import { toJson } from './json.ts';
import { convertedTime, documentUuid, rootOf, toSpdxExpression } from './sbom-facts.ts';
import { ExtractedLicenses } from './spdx.ts';

const NO_ASSERTION = 'NOASSERTION';

/** SPDX 2.3, 7.24. */
const PURPOSES: Readonly<Record<SbomPackage['role'], string>> = {
  package: 'LIBRARY',
  image: 'CONTAINER',
  'operating-system': 'OPERATING-SYSTEM',
  file: 'FILE',
  other: 'OTHER',
};

/**
 * An SBOM that was read, whatever it was written in, as SPDX 2.3 in JSON. Who wrote it first stays among its creators.
 *
 * SPDX wants a SHA-1 of every file; one that was not listed is not made up.
 */
export async function convertToSpdx(document: SbomDocument, tool: Report['tool']): Promise<string> {
  const { isSupportedSpdxId } = await import('@cyclonedx/cyclonedx-library/SPDX');
  const licenses = new ExtractedLicenses();
  const ids = new Map<string, string>();
  const { root, rest } = rootOf(document);
  const packages = [root, ...rest].map((one, i) => {
    const id = `SPDXRef-Package-${i}`;
    ids.set(one.id, id);
    const declared =
      one.license === null
        ? NO_ASSERTION
        : (toSpdxExpression(one.license, isSupportedSpdxId) ?? licenses.idOf(one.license));
    const layers = one === root ? document.subject.layerHints : [];
    return toPackage(one, id, declared, layers);
  });
  const files = document.files.map(({ path, checksums, packageId }, i) => ({
    entry: {
      SPDXID: `SPDXRef-File-${i}`,
      fileName: path.startsWith('/') || path.startsWith('./') ? path : `./${path}`,
      checksums: toChecksums(checksums),
      licenseConcluded: NO_ASSERTION,
      licenseInfoInFiles: [NO_ASSERTION],
      copyrightText: NO_ASSERTION,
    },
    owner: packageId === null ? undefined : ids.get(packageId),
  }));
  const extracted = licenses.toDocument();
  return toJson({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: document.name ?? 'unknown',
    documentNamespace: `https://layer-audit.dev/spdx/${documentUuid(document, 'converted-spdx')}`,
    creationInfo: {
      created: convertedTime(document)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      creators: [...document.tools, `${tool.name}-${tool.version}`].map((name) => `Tool: ${name}`),
    },
    ...(extracted.length === 0 ? {} : { hasExtractedLicensingInfos: extracted }),
    packages,
    ...(files.length === 0 ? {} : { files: files.map(({ entry }) => entry) }),
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-Package-0'),
      ...rest.map((_, i) => relation('SPDXRef-Package-0', 'CONTAINS', `SPDXRef-Package-${i + 1}`)),
      ...files.flatMap(({ entry, owner }) => (owner === undefined ? [] : [relation(owner, 'CONTAINS', entry.SPDXID)])),
    ],
  });
}

function relation(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function toPackage(
  one: SbomPackage,
  id: string,
  license: string,
  layers: readonly string[],
): { readonly SPDXID: string } {
  const references = [
    ...one.cpes.map((cpe) => ({
      referenceCategory: 'SECURITY',
      referenceType: cpe.startsWith('cpe:2.3:') ? 'cpe23Type' : 'cpe22Type',
      referenceLocator: cpe,
    })),
    ...(one.purl === null
      ? []
      : [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: one.purl }]),
  ];
  return {
    SPDXID: id,
    name: one.name,
    ...(one.version === '' ? {} : { versionInfo: one.version }),
    ...(one.supplier === null
      ? {}
      : { supplier: /^(?:Person|Organization): /.test(one.supplier) ? one.supplier : `Organization: ${one.supplier}` }),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    ...(one.checksums.length === 0 ? {} : { checksums: toChecksums(one.checksums) }),
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: license,
    copyrightText: NO_ASSERTION,
    primaryPackagePurpose: PURPOSES[one.role],
    ...(layers.length === 0 ? {} : { attributionTexts: layers.map((layer) => `LayerDiffID: ${layer}`) }),
    ...(one.locations.length === 0 ? {} : { sourceInfo: `acquired package info from: ${one.locations.join(', ')}` }),
    ...(references.length === 0 ? {} : { externalRefs: references }),
  } as { readonly SPDXID: string };
}

function toChecksums(checksums: SbomPackage['checksums']): object[] {
  return checksums.map(({ algorithm, value }) => ({ algorithm: algorithm.toUpperCase(), checksumValue: value }));
}
