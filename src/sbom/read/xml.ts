import { SaxesParser } from 'saxes';
import { AuditError } from '../../core/index.ts';
import { invalid, tooLarge } from '../failure.ts';
import { SBOM_LIMITS } from '../inventory.ts';

/** An element of an XML document. */
export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, that of its children not included. */
  readonly text: string;
}

/** Elements take many times their bytes in memory. */
const MAX_ELEMENTS = 2_000_000;
const MAX_ATTRIBUTES = 100;
/** Characters handed to the parser at once. */
const CHUNK = 65_536;

/**
 * Parses XML: elements, attributes, texts. The attacks: a document type that declares entities which stand for each other
 * a billion times, or for a file of this machine; elements in each other without end. Document types are refused, and
 * so is every entity but the five of XML itself.
 * @throws AuditError `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: Opened[] = [];
  let root: XmlElement | null = null;
  let count = 0;
  parser.on('error', (error) => {
    throw invalid(`is no XML: ${error.message.slice(0, 200)}`, error);
  });
  parser.on('doctype', () => {
    throw invalid('has a document type, which XML of SBOMs has not: it could stand for anything');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    count += 1;
    if (count > MAX_ELEMENTS) throw tooLarge(`has more than ${MAX_ELEMENTS} elements`);
    if (open.length >= SBOM_LIMITS.depth) throw tooLarge(`is nested more than ${SBOM_LIMITS.depth} deep`);
    const entries = Object.entries(attributes);
    if (entries.length > MAX_ATTRIBUTES) throw tooLarge(`has an element of more than ${MAX_ATTRIBUTES} attributes`);
    const kept = Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
    const element: Opened = { name: local, namespace: uri, attributes: kept, children: [], texts: [] };
    open.push(element);
  });
  const addText = (part: string): void => {
    open.at(-1)?.texts.push(part);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const { texts, ...element } = open.pop() as Opened;
    const closed: XmlElement = { ...element, text: texts.join('') };
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  try {
    for (let at = 0; at < text.length; at += CHUNK) parser.write(text.slice(at, at + CHUNK));
    parser.close();
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw invalid('is no XML', error);
  }
  if (root === null) throw invalid('is XML without an element');
  return root;
}

interface Opened {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

/** The first child of a name. */
function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

function children(element: XmlElement | undefined, name?: string): readonly XmlElement[] {
  return element?.children.filter((one) => name === undefined || one.name === name) ?? [];
}

/**
 * Brings SPDX 2 in XML into the shape of its JSON: elements have the names of members, and stand several times for lists.
 */
export function spdxXmlToJson(element: XmlElement): unknown {
  if (element.children.length === 0) return element.text;
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, list] of Map.groupBy(element.children, (one) => one.name)) {
    const values = list.map(spdxXmlToJson);
    object[name] = values.length === 1 ? values[0] : values;
  }
  return object;
}

/** Brings CycloneDX in XML into the shape of its JSON, as far as it is read. */
export function cycloneDxXmlToJson(bom: XmlElement): unknown {
  const metadata = child(bom, 'metadata');
  const main = child(metadata, 'component');
  const tools = child(metadata, 'tools');
  return {
    specVersion: /^http:\/\/cyclonedx\.org\/schema\/bom\/(\d+\.\d+)$/.exec(bom.namespace)?.[1] ?? '',
    metadata: {
      timestamp: child(metadata, 'timestamp')?.text,
      tools: [...children(tools, 'tool'), ...children(child(tools, 'components'))].map(textsOf),
      ...(main === undefined ? {} : { component: component(main) }),
    },
    components: children(child(bom, 'components'), 'component').map(component),
  };
}

const TEXTS = ['group', 'name', 'version', 'purl', 'cpe', 'scope', 'publisher'];

function textsOf(element: XmlElement): Record<string, string | undefined> {
  return Object.fromEntries(TEXTS.map((name) => [name, child(element, name)?.text]));
}

function component(element: XmlElement): unknown {
  const { attributes } = element;
  return {
    ...textsOf(element),
    type: attributes['type'],
    'bom-ref': attributes['bom-ref'],
    supplier: { name: child(child(element, 'supplier'), 'name')?.text },
    hashes: children(child(element, 'hashes'), 'hash').map((hash) => ({
      alg: hash.attributes['alg'],
      content: hash.text,
    })),
    licenses: children(child(element, 'licenses')).map((choice) =>
      choice.name === 'expression'
        ? { expression: choice.text }
        : { license: { id: child(choice, 'id')?.text, name: child(choice, 'name')?.text } },
    ),
    properties: children(child(element, 'properties'), 'property').map((property) => ({
      name: property.attributes['name'],
      value: property.text,
    })),
    evidence: {
      occurrences: children(child(child(element, 'evidence'), 'occurrences'), 'occurrence').map((one) => ({
        location: child(one, 'location')?.text,
      })),
    },
    components: children(child(element, 'components'), 'component').map(component),
  };
}
