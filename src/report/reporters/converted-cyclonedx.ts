import type * as CycloneDx from '@cyclonedx/cyclonedx-library';
import type { SbomDocument, SbomPackage } from '../../sbom/index.ts';
import type { Report } from '../report.ts';
import { toCycloneDxLicense } from './cyclonedx-license.ts';
import { toJson } from './json.ts';
import { convertedTime, documentUuid, rootOf } from './sbom-facts.ts';

/** What CycloneDX calls algorithms. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/** An SBOM that was read, whatever it was written in, as CycloneDX 1.6. Who wrote it first stays among its tools. */
export async function convertToCycloneDx(document: SbomDocument, tool: Report['tool']): Promise<string> {
  // Start-up that only this format is to pay for.
  const library = await import('@cyclonedx/cyclonedx-library');
  const { Enums, Models, Serialize, Spec } = library;
  const { root, rest } = rootOf(document);
  const tools = [...document.tools.map((name) => ({ name, version: undefined })), tool];
  const subject = toComponent(library, root);
  for (const layer of document.subject.layerHints)
    subject.properties.add(new Models.Property('layer-audit:layerID', layer));
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${documentUuid(document, 'converted-cyclonedx')}`,
    metadata: new Models.Metadata({
      timestamp: convertedTime(document),
      component: subject,
      tools: new Models.Tools({
        components: new Models.ComponentRepository(
          tools.map(
            ({ name, version }) =>
              new Models.Component(Enums.ComponentType.Application, name, version === undefined ? {} : { version }),
          ),
        ),
      }),
    }),
  });
  for (const one of rest) bom.components.add(toComponent(library, one));
  for (const { id, path, checksums } of document.files) {
    const component = new Models.Component(Enums.ComponentType.File, path, { bomRef: id });
    addHashes(component, checksums);
    bom.components.add(component);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return toJson(JSON.parse(serializer.serialize(bom, { sortLists: false })) as object);
}

function toComponent(library: typeof CycloneDx, one: SbomPackage): CycloneDx.Models.Component {
  const { Enums, Models } = library;
  const types = {
    package: Enums.ComponentType.Library,
    image: Enums.ComponentType.Container,
    'operating-system': Enums.ComponentType.OperatingSystem,
    file: Enums.ComponentType.File,
    other: Enums.ComponentType.Application,
  } as const;
  const cpe = one.cpes.find((text) => /^cpe:(?:2\.3:[aho*-](?::[^\s:]+){10}|\/[aho]?(?::[^\s:]*){1,6})$/i.test(text));
  const component = new Models.Component(types[one.role], one.name, {
    bomRef: one.id,
    ...(one.version === '' ? {} : { version: one.version }),
    ...(one.purl === null ? {} : { purl: one.purl }),
    ...(cpe === undefined ? {} : { cpe }),
    ...(one.supplier === null ? {} : { supplier: new Models.OrganizationalEntity({ name: one.supplier }) }),
  });
  addHashes(component, one.checksums);
  if (one.license !== null) component.licenses.add(toCycloneDxLicense(library, one.license));
  for (const path of one.locations) component.properties.add(new Models.Property('layer-audit:package:path', path));
  return component;
}

function addHashes(component: CycloneDx.Models.Component, checksums: SbomPackage['checksums']): void {
  for (const { algorithm, value } of checksums) {
    const name = ALGORITHMS[algorithm];
    if (name !== undefined) component.hashes.set(name as CycloneDx.Enums.HashAlgorithm, value);
  }
}
