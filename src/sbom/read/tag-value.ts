import { invalid, tooLarge } from '../failure.ts';
import { SBOM_LIMITS } from '../inventory.ts';

/** Members of a document, a package or a file while they are read. */
type Section = Record<string, unknown>;

/** Tags of each section that are read, and what they are called in JSON (SPDX 2.3, clauses 6 to 8). */
const DOCUMENT_TAGS: Readonly<Record<string, string>> = {
  SPDXVersion: 'spdxVersion',
  DocumentName: 'name',
  DocumentNamespace: 'documentNamespace',
};
const PACKAGE_TAGS: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageSourceInfo: 'sourceInfo',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
};
const FILE_TAGS: Readonly<Record<string, string>> = { SPDXID: 'SPDXID', FileComment: 'comment' };

/** Tags that begin something else, whose members are not those of the section before. */
const OTHER_SECTIONS: ReadonlySet<string> = new Set(['SnippetSPDXID', 'LicenseID', 'Reviewer', 'ExternalDocumentRef']);

/**
 * Brings SPDX 2 in tag-value form (SPDX 2.3, annex "tag-value") into the shape of its JSON.
 * @throws AuditError `SBOM_INVALID`, `SBOM_TOO_LARGE`
 */
export function tagValueToJson(text: string): Section {
  const creation = { creators: [] as string[] } as Section & { creators: string[] };
  const packages: Section[] = [];
  const files: Section[] = [];
  const relationships: Section[] = [];
  const document: Section = { creationInfo: creation, packages, files, relationships };
  let section: Section | null = document;
  let current: Section | null = null;
  let seen = new Set<string>();
  const begin = (one: Section | null): Section | null => {
    seen = new Set();
    section = one;
    return one;
  };
  for (const { tag, value } of tagsOf(text)) {
    switch (tag) {
      case 'PackageName':
        if (packages.length >= SBOM_LIMITS.packages) throw tooLarge(`lists more than ${SBOM_LIMITS.packages} packages`);
        current = begin({ name: value, checksums: [], externalRefs: [], attributionTexts: [], hasFiles: [] });
        packages.push(current as Section);
        break;
      case 'FileName':
        if (files.length >= SBOM_LIMITS.files) throw tooLarge(`lists more than ${SBOM_LIMITS.files} files`);
        files.push(begin({ fileName: value, checksums: [] }) as Section);
        break;
      case 'Relationship': {
        const [from = '', type = '', to = ''] = value.split(/\s+/);
        relationships.push({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to });
        break;
      }
      case 'RelationshipComment':
        if (relationships.length > 0) (relationships.at(-1) as Section)['comment'] = value;
        break;
      case 'Creator':
        creation.creators.push(value);
        break;
      case 'Created':
        creation['created'] ??= value;
        break;
      default:
        if (OTHER_SECTIONS.has(tag)) begin(null);
        else if (section !== null) put(section, tag, value, { document, current, seen });
    }
  }
  return document;
}

function put(
  section: Section,
  tag: string,
  value: string,
  { document, current, seen }: { document: Section; current: Section | null; seen: Set<string> },
): void {
  switch (tag) {
    case 'PackageChecksum':
    case 'FileChecksum': {
      const [, algorithm, checksumValue] = /^(\w+(?:-\w+)?):\s*(\S+)$/.exec(value) ?? [];
      (section['checksums'] as Section[] | undefined)?.push({ algorithm, checksumValue });
      return;
    }
    case 'ExternalRef': {
      const [referenceCategory, referenceType, referenceLocator] = value.split(/\s+/);
      (section['externalRefs'] as Section[] | undefined)?.push({ referenceCategory, referenceType, referenceLocator });
      return;
    }
    case 'PackageAttributionText':
      (section['attributionTexts'] as string[] | undefined)?.push(value);
      return;
    default:
  }
  const tags = section === document ? DOCUMENT_TAGS : 'fileName' in section ? FILE_TAGS : PACKAGE_TAGS;
  const name = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  if (name === undefined) return;
  // The attack: a tag that stands twice is one value for some readers and another for others.
  if (seen.has(tag)) throw invalid(`has the tag ${tag} twice in one section`);
  seen.add(tag);
  section[name] = value;
  // A file belongs to the package whose section it stands in (SPDX 2.3, 8.1).
  if (tag === 'SPDXID' && tags === FILE_TAGS && current !== null) (current['hasFiles'] as string[]).push(value);
}

/** Tags with their values; texts in `<text>` go over lines. */
function* tagsOf(text: string): Iterable<{ readonly tag: string; readonly value: string }> {
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    at = end + 1;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const colon = line.indexOf(':');
    const tag = line.slice(0, Math.max(0, colon)).trim();
    if (!/^\w+$/.test(tag)) throw invalid(`has a line that is no tag: ${JSON.stringify(line.slice(0, 60))}`);
    const value = line.slice(colon + 1).trim();
    if (!value.startsWith('<text>')) {
      yield { tag, value };
      continue;
    }
    const from = text.indexOf('<text>', end - line.length) + '<text>'.length;
    const to = text.indexOf('</text>', from);
    if (to < 0) throw invalid(`has a text of ${tag} that never ends`);
    yield { tag, value: text.slice(from, to).trim() };
    at = lineEnd(text, to) + 1;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
