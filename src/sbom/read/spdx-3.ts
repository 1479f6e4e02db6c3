import { invalid, tooLarge } from '../failure.ts';
import {
  type Checksum,
  SBOM_LIMITS,
  type SbomDocument,
  type SbomFile,
  type SbomPackage,
  type SbomRole,
} from '../inventory.ts';
import {
  checksumOf,
  digestsIn,
  listOf,
  madeUpId,
  memberOf,
  objectOf,
  type SbomObject,
  statedOf,
  textOf,
  textsOf,
} from './json-values.ts';

/** SPDX 3.0.1, Software profile, SoftwarePurpose. */
const ROLES: Readonly<Record<string, SbomRole>> = {
  container: 'image',
  operatingsystem: 'operating-system',
  file: 'file',
  source: 'other',
  device: 'other',
  firmware: 'other',
  other: 'other',
  model: 'other',
  data: 'other',
};

/**
 * Reads SPDX 3.0 in JSON-LD (https://spdx.github.io/spdx-spec/v3.0.1/), as it is serialised canonically or nearly so: the
 * names that its context gives, elements in one graph or in each other. Contexts are never fetched.
 * @throws AuditError `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function readSpdx3(document: SbomObject): SbomDocument {
  const graph = new Graph(document);
  const creation = graph.ofType('CreationInfo')[0];
  const specVersion = textOf(creation, 'specVersion') || versionInContext(document) || '';
  if (!/^3\.0(?:\.\d+)?$/.test(specVersion)) throw invalid(`is SPDX of no known version: ${specVersion.slice(0, 20)}`);
  const relations = readRelations(graph);
  const root = graph.ofType('SpdxDocument')[0];
  const roots = new Set([...textsOf(root, 'rootElement'), ...relations.described]);
  for (const sbom of graph.ofType('Sbom')) for (const id of textsOf(sbom, 'rootElement')) roots.add(id);
  const listed = graph.ofType('Package');
  const files = graph.ofType('File');
  if (listed.length > SBOM_LIMITS.packages) throw tooLarge(`lists more than ${SBOM_LIMITS.packages} packages`);
  if (files.length > SBOM_LIMITS.files) throw tooLarge(`lists more than ${SBOM_LIMITS.files} files`);
  const packages = listed.map((one) => readPackage(one, graph, roots, relations));
  const images = packages.filter(({ role }) => role === 'image');
  return {
    format: 'spdx',
    encoding: 'json-ld',
    specVersion,
    name: statedOf(root, 'name'),
    tools: [...listOf(creation, 'createdUsing'), ...listOf(creation, 'createdBy')]
      .map((one) => graph.follow(one))
      .filter((one) => typeOf(one) === 'Tool' || /^Tool: /.test(textOf(one, 'name')))
      .map((one) => textOf(one, 'name').replace(/^Tool: /, ''))
      .slice(0, 100),
    created: statedOf(creation, 'created'),
    subject: {
      names: [...new Set(images.map(({ name }) => name))],
      digests: [
        ...new Set(
          images.flatMap(({ version, purl, checksums }) => [
            ...digestsIn(`${version} ${purl ?? ''}`),
            ...checksums.flatMap(({ algorithm, value }) => (algorithm === 'sha256' ? [`sha256:${value}`] : [])),
          ]),
        ),
      ],
      layers: [],
      layerHints: [
        ...new Set(
          files.flatMap((one) => (/layerID: /.test(textOf(one, 'comment')) ? digestsIn(textOf(one, 'comment')) : [])),
        ),
      ],
    },
    packages,
    files: files.map((one) => readFile(one, graph, relations)),
  };
}

/** Elements by what they are and by what they are called. */
class Graph {
  readonly #byId = new Map<string, SbomObject>();
  readonly #byType = new Map<string, SbomObject[]>();

  constructor(document: SbomObject) {
    const elements = Object.hasOwn(document, '@graph') ? listOf(document, '@graph') : [document];
    const pending = [...elements].reverse();
    while (pending.length > 0) {
      const one = objectOf(pending.pop());
      if (one === null) continue;
      const id = textOf(one, 'spdxId') || textOf(one, '@id');
      if (id !== '' && this.#byId.has(id)) throw invalid(`has two elements called ${JSON.stringify(id.slice(0, 60))}`);
      if (id !== '') this.#byId.set(id, one);
      const type = typeOf(one);
      const list = this.#byType.get(type) ?? [];
      list.push(one);
      this.#byType.set(type, list);
      // Elements may stand where they are used, instead of their identifiers.
      for (const name of ['element', 'rootElement', 'from', 'to', 'creationInfo', 'createdUsing', 'createdBy'])
        for (const inner of listOf(one, name)) if (objectOf(inner) !== null) pending.push(inner);
    }
  }

  ofType(type: string): readonly SbomObject[] {
    return this.#byType.get(type) ?? [];
  }

  /** The element itself, or the one of that identifier. */
  follow(value: unknown): SbomObject | null {
    return typeof value === 'string' ? (this.#byId.get(value) ?? null) : objectOf(value);
  }
}

/** `software_Package` of the context, and what others make of it. */
function typeOf(element: SbomObject | null): string {
  return (textOf(element, 'type') || textOf(element, '@type')).replace(/^.*[/:_#]/, '');
}

function versionInContext(document: SbomObject): string | undefined {
  return textsOf(document, '@context').flatMap((one) => /\/rdf\/(3\.\d+(?:\.\d+)?)\//.exec(one)?.[1] ?? [])[0];
}

interface Relations {
  readonly described: readonly string[];
  /** Packages by the identifiers of their files. */
  readonly owners: ReadonlyMap<string, string>;
  /** Licences by the identifiers of packages. */
  readonly licenses: ReadonlyMap<string, string>;
}

function readRelations(graph: Graph): Relations {
  const described: string[] = [];
  const owners = new Map<string, string>();
  const licenses = new Map<string, string>();
  for (const one of [...graph.ofType('Relationship'), ...graph.ofType('LifecycleScopedRelationship')]) {
    const from = idOf(memberOf(one, 'from'));
    const to = listOf(one, 'to');
    // One writer spells the types as SPDX 2 does: `HAS_DECLARED_LICENSE`.
    switch (textOf(one, 'relationshipType').replaceAll('_', '').toLowerCase()) {
      case 'describes':
        for (const one of to) described.push(idOf(one));
        break;
      case 'contains':
        for (const file of to) owners.set(idOf(file), from);
        break;
      case 'hasdeclaredlicense': {
        const license = graph.follow(to[0]);
        const text = textOf(license, 'simplelicensing_licenseExpression') || textOf(license, 'name');
        if (text !== '' && text !== 'NOASSERTION' && text !== 'NONE') licenses.set(from, text);
        break;
      }
      default:
    }
  }
  return { described, owners, licenses };
}

function idOf(value: unknown): string {
  return typeof value === 'string' ? value : textOf(value, 'spdxId') || textOf(value, '@id');
}

function readPackage(one: SbomObject, graph: Graph, roots: ReadonlySet<string>, { licenses }: Relations): SbomPackage {
  const name = textOf(one, 'name');
  const version = textOf(one, 'software_packageVersion') || textOf(one, 'packageVersion');
  const id = textOf(one, 'spdxId') || textOf(one, '@id') || madeUpId(name, version);
  const identifiers = listOf(one, 'externalIdentifier').map((value) => {
    const identifier = graph.follow(value);
    return {
      type: textOf(identifier, 'externalIdentifierType').replace(/^.*\//, ''),
      text: textOf(identifier, 'identifier'),
    };
  });
  const purl =
    textOf(one, 'software_packageUrl') ||
    textOf(one, 'packageUrl') ||
    identifiers.find(({ type }) => /^(?:packageUrl|purl)$/i.test(type))?.text ||
    null;
  const purpose = (textOf(one, 'software_primaryPurpose') || textOf(one, 'primaryPurpose')).replace(/^.*\//, '');
  const stated = ROLES[purpose.toLowerCase()];
  const isUnnamed = purl === null && (roots.has(id) || purpose.toLowerCase() === 'application');
  const supplier = graph.follow(memberOf(one, 'suppliedBy'));
  return {
    id,
    role: stated ?? (purl !== null && /^pkg:(?:oci|docker)\//.test(purl) ? 'image' : isUnnamed ? 'other' : 'package'),
    name,
    version: version === 'NOASSERTION' ? '' : version,
    purl,
    cpes: identifiers.filter(({ type }) => /^cpe2[23]$/i.test(type)).map(({ text }) => text),
    license: licenses.get(id) ?? null,
    supplier: statedOf(supplier, 'name'),
    checksums: readHashes(one, graph, ['Hash']),
    kind: null,
    locations: [],
  };
}

function readFile(one: SbomObject, graph: Graph, { owners }: Relations): SbomFile {
  const path = textOf(one, 'name');
  const id = textOf(one, 'spdxId') || textOf(one, '@id') || madeUpId(path);
  // One writer calls the digest of a single file a verification code.
  return {
    id,
    path,
    checksums: readHashes(one, graph, ['Hash', 'PackageVerificationCode']),
    packageId: owners.get(id) ?? null,
  };
}

function readHashes(one: SbomObject, graph: Graph, types: readonly string[]): Checksum[] {
  return listOf(one, 'verifiedUsing').flatMap((value) => {
    const method = graph.follow(value);
    return types.includes(typeOf(method)) ? checksumOf(textOf(method, 'algorithm'), textOf(method, 'hashValue')) : [];
  });
}
