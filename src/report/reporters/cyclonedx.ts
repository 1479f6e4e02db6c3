import type * as CycloneDx from '@cyclonedx/cyclonedx-library';
import type { PackagesImage, PackagesReport, ReportPackage } from '../packages.ts';
import { toCycloneDxLicense } from './cyclonedx-license.ts';
import { toJson } from './json.ts';
import { documentTime, documentUuid, imageName, placeOf } from './sbom-facts.ts';

/**
 * The packages as CycloneDX 1.6. One platform is the document's component; of several each is a container that holds
 * its packages. The layer that brought a package stands in its properties.
 */
export async function renderCycloneDx(report: PackagesReport): Promise<string> {
  // Start-up that only this format is to pay for.
  const library = await import('@cyclonedx/cyclonedx-library');
  const { Enums, Models, Serialize, Spec } = library;
  const [only, ...others] = report.images;
  const containers = report.images.map((image, i) => toContainer(library, report, image, i));
  const several = others.length > 0 || only === undefined;
  const subject = several
    ? new Models.Component(Enums.ComponentType.Container, report.subject.reference, {
        bomRef: 'image',
        ...(report.subject.digest === null ? {} : { version: report.subject.digest }),
      })
    : (containers[0] as CycloneDx.Models.Component);
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${documentUuid(report, 'cyclonedx')}`,
    metadata: new Models.Metadata({
      timestamp: documentTime(report),
      component: subject,
      tools: new Models.Tools({
        components: new Models.ComponentRepository([
          new Models.Component(Enums.ComponentType.Application, report.tool.name, { version: report.tool.version }),
        ]),
      }),
    }),
  });
  for (const [i, image] of report.images.entries()) {
    const target = several ? (containers[i] as CycloneDx.Models.Component).components : bom.components;
    if (several) bom.components.add(containers[i] as CycloneDx.Models.Component);
    if (image.os !== null) target.add(toOperatingSystem(library, image, i));
    for (const [n, one] of image.packages.entries()) target.add(toComponent(library, image, one, `${i}-${n}`));
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return toJson(JSON.parse(serializer.serialize(bom, { sortLists: false })) as object);
}

function toContainer(
  { Enums, Models }: typeof CycloneDx,
  report: PackagesReport,
  image: PackagesImage,
  index: number,
): CycloneDx.Models.Component {
  const container = new Models.Component(Enums.ComponentType.Container, imageName(report, image), {
    bomRef: `image-${index}`,
    ...(image.manifestDigest === null ? {} : { version: image.manifestDigest }),
  });
  const property = (name: string, value: string): unknown =>
    container.properties.add(new Models.Property(`layer-audit:image:${name}`, value));
  property('platform', image.platform);
  if (image.configDigest !== null) property('configDigest', image.configDigest);
  for (const { index: layer, diffId } of image.layers) if (diffId !== null) property(`layer:${layer}:diffId`, diffId);
  return container;
}

function toOperatingSystem(
  { Enums, Models }: typeof CycloneDx,
  { os }: PackagesImage,
  index: number,
): CycloneDx.Models.Component {
  return new Models.Component(Enums.ComponentType.OperatingSystem, os?.id ?? os?.prettyName ?? 'unknown', {
    bomRef: `os-${index}`,
    ...(os?.versionId === null || os?.versionId === undefined ? {} : { version: os.versionId }),
    ...(os?.prettyName === null || os?.prettyName === undefined ? {} : { description: os.prettyName }),
  });
}

function toComponent(
  library: typeof CycloneDx,
  { layers }: PackagesImage,
  one: ReportPackage,
  ref: string,
): CycloneDx.Models.Component {
  const { Enums, Models } = library;
  const component = new Models.Component(Enums.ComponentType.Library, one.name, {
    bomRef: `package-${ref}`,
    ...(one.version === '' ? {} : { version: one.version }),
    ...(one.purl === null ? {} : { purl: one.purl }),
  });
  if (one.license !== null) component.licenses.add(toCycloneDxLicense(library, one.license));
  const layer = layers[one.layer];
  const properties = {
    'layer:index': String(one.layer),
    'layer:digest': layer?.digest ?? null,
    'layer:diffId': layer?.diffId ?? null,
    'package:type': one.type,
    'package:architecture': one.architecture === '' ? null : one.architecture,
    'package:path': placeOf(one),
    'package:state': one.state === 'installed' ? null : one.state,
    'package:source': one.source?.name ?? null,
    'package:sourceVersion': one.source?.version ?? null,
  };
  for (const [name, value] of Object.entries(properties))
    if (value !== null) component.properties.add(new Models.Property(`layer-audit:${name}`, value));
  return component;
}
