import { listMember, member, textMember } from '../strict-json.ts';
import { MAX_SHOWN, shownText } from './bounded.ts';
import type { AttestationFacts, ScanFacts, TestFacts, VexFacts } from './facts.ts';
import { readProvenance1, readProvenance02 } from './provenance.ts';
import { isVexOnly, readSbom, readVexOfBom } from './sbom.ts';

/** Results of scanners that are counted. */
const MAX_RESULTS = 100_000;

/**
 * Reads what an attestation says, where its type is a known one; null for any other. What is missing in it or of another
 * shape is null, too: nothing is believed because of it. Never throws, and what it gives is bounded.
 */
export function readFacts(predicateType: string, predicate: unknown): AttestationFacts | null {
  if (predicateType === 'https://slsa.dev/provenance/v1') return readProvenance1(predicate);
  const old = /^https:\/\/slsa\.dev\/provenance\/(v0\.[12])$/.exec(predicateType)?.[1];
  if (old !== undefined) return readProvenance02(predicate, old === 'v0.1' ? 'slsa-v0.1' : 'slsa-v0.2');
  if (/^https:\/\/openvex\.dev\/ns(?:\/v[0-9.]+)?$/.test(predicateType)) return readOpenVex(predicate);
  if (/^https:\/\/cyclonedx\.org\/vex(?:\/v[0-9.]+)?$/.test(predicateType)) return readVexOfBom(predicate);
  if (/^https:\/\/cyclonedx\.org\/bom(?:\/v[0-9.]+)?$/.test(predicateType)) {
    return isVexOnly(predicate) ? readVexOfBom(predicate) : readSbom(predicate, 'cyclonedx');
  }
  if (/^https:\/\/spdx\.dev\/Document(?:\/v[0-9.]+)?$/.test(predicateType)) return readSbom(predicate, 'spdx');
  if (predicateType === 'https://cosign.sigstore.dev/attestation/vuln/v1') return readScan(predicate, 'cosign-vuln');
  if (/^https:\/\/in-toto\.io\/attestation\/vulns\/v[0-9.]+$/.test(predicateType)) {
    return readScan(predicate, 'in-toto-vulns');
  }
  if (/^https:\/\/in-toto\.io\/attestation\/test-result\/v[0-9.]+$/.test(predicateType)) return readTests(predicate);
  return null;
}

/** OpenVEX 0.0.1 has the vulnerability as a text, 0.2.0 as an object. */
function readOpenVex(predicate: unknown): VexFacts {
  const statements = listMember(predicate, 'statements') ?? [];
  return {
    kind: 'vex',
    format: 'openvex',
    author: shownText(textMember(predicate, 'author')),
    at: shownText(textMember(predicate, 'timestamp')),
    statements: statements.slice(0, MAX_SHOWN).map((one) => ({
      vulnerability: shownText(textMember(one, 'vulnerability', 'name') ?? textMember(one, 'vulnerability')) ?? '',
      status: shownText(textMember(one, 'status')),
      justification: shownText(textMember(one, 'justification') ?? textMember(one, 'impact_statement')),
    })),
    statementCount: statements.length,
  };
}

/** cosign, specs/COSIGN_VULN_ATTESTATION_SPEC.md; in-toto attestation, spec/predicates/vuln.md. */
function readScan(predicate: unknown, format: ScanFacts['format']): ScanFacts {
  return {
    kind: 'vulnerability-scan',
    format,
    scanner: shownText(textMember(predicate, 'scanner', 'uri')),
    version: shownText(textMember(predicate, 'scanner', 'version')),
    databaseAt: shownText(textMember(predicate, 'scanner', 'db', 'lastUpdate')),
    startedAt: shownText(textMember(predicate, 'metadata', 'scanStartedOn')),
    finishedAt: shownText(textMember(predicate, 'metadata', 'scanFinishedOn')),
    found: countResults(member(predicate, 'scanner', 'result')),
  };
}

/** Trivy has `Results[].Vulnerabilities[]`, Grype `matches[].vulnerability`, in-toto a list of its own. */
function countResults(result: unknown): ScanFacts['found'] {
  const trivy = listMember(result, 'Results')?.flatMap((one) => listMember(one, 'Vulnerabilities') ?? []);
  const grype = listMember(result, 'matches')?.map((one) => member(one, 'vulnerability'));
  const list = trivy ?? grype ?? (Array.isArray(result) ? (result as unknown[]) : undefined);
  if (list === undefined) return null;
  const counts = new Map<string, number>();
  for (const one of list.slice(0, MAX_RESULTS)) {
    const severity =
      textMember(one, 'Severity') ??
      textMember(one, 'severity') ??
      textMember(listMember(one, 'severity')?.[0], 'score') ??
      'unknown';
    const name = severity.slice(0, 40).toLowerCase();
    if (counts.size < 20 || counts.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** in-toto attestation, spec/predicates/test-result.md. */
function readTests(predicate: unknown): TestFacts {
  const failures = (listMember(predicate, 'failedTests') ?? []).flatMap((one) => shownText(one) ?? []);
  return {
    kind: 'test-result',
    format: 'in-toto-test-result',
    result: shownText(textMember(predicate, 'result')),
    url: shownText(textMember(predicate, 'url')),
    passed: listMember(predicate, 'passedTests')?.length ?? 0,
    warned: listMember(predicate, 'warnedTests')?.length ?? 0,
    failed: failures.length,
    failures: failures.slice(0, 20),
  };
}
