import { listMember, member, textMember } from '../strict-json.ts';
import { MAX_SHOWN, shownText } from './bounded.ts';
import type { SbomFacts, VexFacts } from './facts.ts';

/** Reads of an SBOM what it says of itself; what is in it is compared elsewhere. */
export function readSbom(predicate: unknown, format: SbomFacts['format']): SbomFacts {
  // cosign keeps SPDX in tag-value form as a text in `Data`.
  if (format === 'spdx') {
    return {
      kind: 'sbom',
      format,
      name: shownText(textMember(predicate, 'name')),
      version: shownText(textMember(predicate, 'spdxVersion')),
      entries: listMember(predicate, 'packages')?.length ?? null,
      createdAt: shownText(textMember(predicate, 'creationInfo', 'created')),
      tools: texts(listMember(predicate, 'creationInfo', 'creators') ?? []),
    };
  }
  const tools = listMember(predicate, 'metadata', 'tools') ?? listMember(predicate, 'metadata', 'tools', 'components');
  return {
    kind: 'sbom',
    format,
    name: shownText(textMember(predicate, 'metadata', 'component', 'name')),
    version: shownText(textMember(predicate, 'specVersion')),
    entries: listMember(predicate, 'components')?.length ?? null,
    createdAt: shownText(textMember(predicate, 'metadata', 'timestamp')),
    tools: texts((tools ?? []).map((tool) => [textMember(tool, 'name'), textMember(tool, 'version')].join(' ').trim())),
  };
}

/** Whether a document of CycloneDX is about vulnerabilities alone: those with components are SBOMs as well. */
export function isVexOnly(predicate: unknown): boolean {
  const hasComponents = (listMember(predicate, 'components')?.length ?? 0) > 0;
  return !hasComponents && listMember(predicate, 'vulnerabilities') !== undefined;
}

/** Reads what a document of CycloneDX says of vulnerabilities (CycloneDX, `vulnerabilities[].analysis`). */
export function readVexOfBom(predicate: unknown): VexFacts {
  const vulnerabilities = listMember(predicate, 'vulnerabilities') ?? [];
  return {
    kind: 'vex',
    format: 'cyclonedx',
    author: shownText(textMember(listMember(predicate, 'metadata', 'authors')?.[0], 'name')),
    at: shownText(textMember(predicate, 'metadata', 'timestamp')),
    statements: vulnerabilities.slice(0, MAX_SHOWN).map((one) => {
      const analysis = member(one, 'analysis');
      return {
        vulnerability: shownText(textMember(one, 'id')) ?? '',
        status: shownText(textMember(analysis, 'state')),
        justification: shownText(textMember(analysis, 'justification') ?? textMember(analysis, 'detail')),
      };
    }),
    statementCount: vulnerabilities.length,
  };
}

function texts(list: readonly unknown[]): string[] {
  return list.slice(0, 20).flatMap((one) => shownText(one) ?? []);
}
