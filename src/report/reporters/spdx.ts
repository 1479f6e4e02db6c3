import type { PackagesImage, PackagesReport, ReportPackage } from '../packages.ts';
import { toJson } from './json.ts';
import { documentTime, documentUuid, imageName, placeOf, toSpdxExpression } from './sbom-facts.ts';

const NO_ASSERTION = 'NOASSERTION';

/** A package of the document, as SPDX spells it. */
interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly downloadLocation: string;
  readonly filesAnalyzed: false;
  readonly licenseConcluded: string;
  readonly licenseDeclared: string;
  readonly copyrightText: string;
  readonly primaryPackagePurpose: string;
  readonly sourceInfo?: string;
  readonly comment?: string;
  readonly externalRefs?: readonly object[];
}

/** Licenses that are on no list, each once, by their text. */
export class ExtractedLicenses {
  readonly #ids = new Map<string, string>();

  idOf(text: string): string {
    const id = this.#ids.get(text) ?? `LicenseRef-${this.#ids.size + 1}`;
    this.#ids.set(text, id);
    return id;
  }

  toDocument(): { readonly licenseId: string; readonly extractedText: string }[] {
    return [...this.#ids].map(([extractedText, licenseId]) => ({ licenseId, extractedText }));
  }
}

/** The packages as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/). */
export async function renderSpdx(report: PackagesReport): Promise<string> {
  const { isSupportedSpdxId } = await import('@cyclonedx/cyclonedx-library/SPDX');
  const licenses = new ExtractedLicenses();
  const declared = (license: string | null): string =>
    license === null ? NO_ASSERTION : (toSpdxExpression(license, isSupportedSpdxId) ?? licenses.idOf(license));
  const packages: SpdxPackage[] = [];
  const relationships: object[] = [];
  for (const [i, image] of report.images.entries()) {
    const container = toContainer(report, image, i);
    packages.push(container);
    relationships.push(relation('SPDXRef-DOCUMENT', 'DESCRIBES', container.SPDXID));
    for (const [n, one] of image.packages.entries()) {
      const id = `SPDXRef-Package-${i}-${n}`;
      packages.push(toPackage(image, one, id, declared(one.license)));
      relationships.push(relation(container.SPDXID, 'CONTAINS', id));
    }
  }
  const extracted = licenses.toDocument();
  return toJson({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: report.subject.reference,
    documentNamespace: `https://layer-audit.dev/spdx/${documentUuid(report, 'spdx')}`,
    creationInfo: {
      created: documentTime(report)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${report.tool.name}-${report.tool.version}`],
    },
    ...(extracted.length === 0 ? {} : { hasExtractedLicensingInfos: extracted }),
    packages,
    relationships,
  });
}

function relation(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function toContainer(report: PackagesReport, image: PackagesImage, index: number): SpdxPackage {
  return {
    SPDXID: `SPDXRef-Image-${index}`,
    name: imageName(report, image),
    ...(image.manifestDigest === null ? {} : { versionInfo: image.manifestDigest }),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: NO_ASSERTION,
    copyrightText: NO_ASSERTION,
    primaryPackagePurpose: 'CONTAINER',
    comment: `platform ${image.platform}`,
  };
}

function toPackage({ layers }: PackagesImage, one: ReportPackage, id: string, license: string): SpdxPackage {
  const layer = layers[one.layer];
  const digest = layer?.digest ?? layer?.diffId ?? null;
  const source = one.source === null ? '' : `; built from ${one.source.name} ${one.source.version ?? one.version}`;
  return {
    SPDXID: id,
    name: one.name,
    ...(one.version === '' ? {} : { versionInfo: one.version }),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: license,
    copyrightText: NO_ASSERTION,
    primaryPackagePurpose: 'LIBRARY',
    sourceInfo: `${one.type} package named by ${placeOf(one)}, brought by layer ${one.layer}${digest === null ? '' : ` ${digest}`}${source}`,
    ...(one.state === 'installed' ? {} : { comment: one.state }),
    ...(one.purl === null
      ? {}
      : {
          externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: one.purl }],
        }),
  };
}
