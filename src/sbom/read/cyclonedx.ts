import { invalid, tooLarge } from '../failure.ts';
import {
  type Checksum,
  SBOM_LIMITS,
  type SbomDocument,
  type SbomFile,
  type SbomPackage,
  type SbomRole,
} from '../inventory.ts';
import { checksumOf, digestsIn, listOf, madeUpId, memberOf, objectOf, statedOf, textOf } from './json-values.ts';

/** Types of components that are packages (CycloneDX 1.6, components[].type). */
const PACKAGE_TYPES: ReadonlySet<string> = new Set(['library', 'framework', 'application', '']);
const ROLES: Readonly<Record<string, SbomRole>> = {
  container: 'image',
  'operating-system': 'operating-system',
  file: 'file',
};

interface Component {
  readonly value: unknown;
  readonly parent: string | null;
}

/**
 * Reads CycloneDX 1.2 to 1.7 (https://cyclonedx.org/specification/overview/) in the shape of its JSON, which XML is brought
 * into first.
 * @throws AuditError `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function readCycloneDx(document: unknown, encoding: SbomDocument['encoding']): SbomDocument {
  const specVersion = textOf(document, 'specVersion');
  if (!/^1\.[2-7]$/.test(specVersion)) throw invalid(`is CycloneDX of no known version: ${specVersion.slice(0, 20)}`);
  const metadata = memberOf(document, 'metadata');
  const main = memberOf(metadata, 'component');
  const packages: SbomPackage[] = [];
  const files: SbomFile[] = [];
  const hints = new Set<string>(hintsOf(main));
  for (const { value, parent } of componentsOf(document, main)) {
    const one = readComponent(value);
    for (const digest of hintsOf(value)) hints.add(digest);
    if (one.role !== 'file') packages.push(one);
    else files.push({ id: one.id, path: one.name, checksums: one.checksums, packageId: parent });
    if (packages.length > SBOM_LIMITS.packages) throw tooLarge(`lists more than ${SBOM_LIMITS.packages} packages`);
    if (files.length > SBOM_LIMITS.files) throw tooLarge(`lists more than ${SBOM_LIMITS.files} files`);
  }
  return {
    format: 'cyclonedx',
    encoding,
    specVersion,
    name: statedOf(main, 'name'),
    tools: toolsOf(metadata),
    created: statedOf(metadata, 'timestamp'),
    subject: { ...subjectOf(main, packages), layerHints: [...hints] },
    packages,
    files,
  };
}

/** All components, however deep they stand in others. What the document is about holds some, and is none itself. */
function* componentsOf(document: unknown, main: unknown): Iterable<Component> {
  const pending: Component[] = [];
  const push = (holder: unknown, parent: string | null): void => {
    const list = listOf(holder, 'components');
    for (let i = list.length - 1; i >= 0; i -= 1) pending.push({ value: list[i], parent });
  };
  push(main, null);
  push(document, null);
  while (pending.length > 0) {
    const one = pending.pop() as Component;
    if (objectOf(one.value) === null) continue;
    yield one;
    push(one.value, refOf(one.value));
  }
}

function refOf(value: unknown): string {
  return textOf(value, 'bom-ref') || madeUpId(textOf(value, 'group'), textOf(value, 'name'), textOf(value, 'version'));
}

function readComponent(value: unknown): SbomPackage {
  const properties = propertiesOf(value);
  const propertyOf = (wanted: RegExp): string | null => properties.find(([name]) => wanted.test(name))?.[1] ?? null;
  const purl = textOf(value, 'purl') || null;
  const type = textOf(value, 'type');
  const group = textOf(value, 'group');
  const name = textOf(value, 'name');
  // Whoever groups by "@scope" or "group" means a name that has both.
  const separator = purl?.startsWith('pkg:maven/') === true ? ':' : '/';
  const cpe = textOf(value, 'cpe');
  return {
    id: refOf(value),
    role: roleOf(value, type, purl),
    name: group === '' ? name : `${group}${separator}${name}`,
    version: textOf(value, 'version'),
    purl,
    cpes: cpe === '' ? [] : [cpe],
    license: licenseOf(value),
    supplier: statedOf(memberOf(value, 'supplier'), 'name') ?? statedOf(value, 'publisher'),
    checksums: hashesOf(value),
    kind: propertyOf(/^(?:syft:package:type|aquasecurity:trivy:(?:PkgType|Type))$/),
    locations: [
      ...properties
        .filter(([property]) =>
          /^(?:syft:location:\d+:path|aquasecurity:trivy:FilePath|layer-audit:package:path)$/.test(property),
        )
        .map(([, path]) => path.split(' > ', 1)[0] as string),
      ...listOf(memberOf(value, 'evidence'), 'occurrences').map((one) => textOf(one, 'location')),
    ]
      .filter((path) => path !== '')
      .slice(0, 100),
  };
}

function roleOf(value: unknown, type: string, purl: string | null): SbomRole {
  if (Object.hasOwn(ROLES, type)) return ROLES[type] as SbomRole;
  // "excluded: the component is not included in the assembly" (components[].scope).
  if (!PACKAGE_TYPES.has(type) || textOf(value, 'scope') === 'excluded') return 'other';
  if (purl !== null && /^pkg:(?:oci|docker)\//.test(purl)) return 'image';
  // Trivy lists lock files as applications that hold packages.
  return type === 'application' && purl === null ? 'other' : 'package';
}

function propertiesOf(value: unknown): [name: string, value: string][] {
  return listOf(value, 'properties').map((one) => [textOf(one, 'name'), textOf(one, 'value')]);
}

/** Layers that a component is said to come from: of Syft, Trivy, and of what was converted here. */
function hintsOf(value: unknown): string[] {
  return propertiesOf(value).flatMap(([name, text]) =>
    /(?:^|:)(?:layerID|LayerDiffID|LayerDigest)$/.test(name) ? digestsIn(text) : [],
  );
}

function hashesOf(value: unknown): Checksum[] {
  return listOf(value, 'hashes').flatMap((one) => checksumOf(textOf(one, 'alg'), textOf(one, 'content')));
}

function licenseOf(value: unknown): string | null {
  const texts = listOf(value, 'licenses').flatMap((choice) => {
    const license = memberOf(choice, 'license');
    const text = textOf(choice, 'expression') || textOf(license, 'id') || textOf(license, 'name');
    return text === '' ? [] : [text];
  });
  return texts.length === 0 ? null : texts.slice(0, 20).join(' AND ');
}

/** Tools as a list (to 1.4), or as components and services (since 1.5). */
function toolsOf(metadata: unknown): string[] {
  const tools = memberOf(metadata, 'tools');
  const list = Array.isArray(tools) ? tools : [...listOf(tools, 'components'), ...listOf(tools, 'tool')];
  return list
    .map((one) => [textOf(one, 'name'), textOf(one, 'version')].filter((text) => text !== '').join('-'))
    .filter((text) => text !== '')
    .slice(0, 100);
}

function subjectOf(main: unknown, packages: readonly SbomPackage[]): Omit<SbomDocument['subject'], 'layerHints'> {
  const images = packages.filter(({ role }) => role === 'image');
  const names = new Set<string>(images.map(({ name }) => name));
  const digests = new Set<string>();
  const layers = new Set<string>();
  const isImage = textOf(main, 'type') === 'container';
  if (isImage) {
    names.add(textOf(main, 'name'));
    for (const digest of digestsIn(`${textOf(main, 'version')} ${textOf(main, 'purl')}`)) digests.add(digest);
    for (const { algorithm, value } of hashesOf(main)) if (algorithm === 'sha256') digests.add(`sha256:${value}`);
    for (const [name, text] of propertiesOf(main)) {
      if (/:(?:ImageID|RepoDigest|configDigest)$/.test(name)) for (const digest of digestsIn(text)) digests.add(digest);
      if (/:(?:DiffID|diffId)$/.test(name)) for (const digest of digestsIn(text)) layers.add(digest);
    }
  }
  // A document about several platforms lists each as a container.
  for (const { version, purl } of images)
    for (const digest of digestsIn(`${version} ${purl ?? ''}`)) digests.add(digest);
  return { names: [...names], digests: [...digests], layers: [...layers] };
}
