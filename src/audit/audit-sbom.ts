import { readFileSync, statSync } from 'node:fs';
import { AuditError, systemErrorCode } from '../core/index.ts';
import { rulesetId } from '../examine/index.ts';
import type { SbomReport } from '../report/index.ts';
import { readSbom, SBOM_LIMITS, type SbomComparison, type SbomDocument } from '../sbom/index.ts';
import { EXIT } from './assemble-report.ts';
import { compareWith, type FoundSbom } from './attached-sboms.ts';
import { type ExamineOptions, examineSubject } from './examine-subject.ts';
import { toReportComparison, toReportDocument, toReportImage } from './sbom-document.ts';

/** What {@link auditSbom} is told. */
export interface AuditSbomOptions extends ExamineOptions {
  /** Files with SBOMs; without any, those that are attached to the image. */
  readonly files?: readonly string[];
  readonly failOn?: SbomReport['verdict']['failOn'];
  readonly allowIncomplete?: boolean;
}

/** The document, and the SBOMs that were compared, for who wants to write them in another form. */
export interface AuditedSboms {
  readonly report: SbomReport;
  /** Without the secrets that were found anywhere. */
  readonly documents: readonly SbomDocument[];
}

/**
 * Reads the SBOMs of an image, and holds what they list against what its layers have.
 * @throws AuditError where it cannot be run, or a file that was given cannot be read; what hangs on an image is never a
 *   reason to throw
 */
export async function auditSbom(options: AuditSbomOptions): Promise<AuditedSboms> {
  const startedAt = new Date();
  const files = (options.files ?? []).map(readFile);
  const failOn = options.failOn ?? 'difference';
  const subject = await examineSubject(options, files.length > 0 ? 'comparing-files' : 'comparing');
  const { reference, content, images, gaps, redact } = subject;
  const sboms = files.length > 0 ? files : subject.sboms;
  const judged = images.map((evidence) => ({
    evidence,
    comparisons: sboms.flatMap((one, i) => {
      const comparison = compareWith(one, evidence, subject, true);
      return comparison === null ? [] : [{ index: i, comparison }];
    }),
  }));
  const failed = isFailure(
    judged.map(({ comparisons }) => comparisons.map(({ comparison }) => comparison)),
    failOn,
    files.length > 0,
  );
  const complete = !gaps.some((gap) => gap.incomplete);
  const exitStatus = failed
    ? EXIT.findings
    : complete || options.allowIncomplete === true
      ? EXIT.passed
      : EXIT.incomplete;
  const report: SbomReport = {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: options.version, ruleset: rulesetId(options.customRules?.rules) },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    sboms: sboms.map((one) => toReportDocument(one, redact)),
    images: judged.map(({ evidence, comparisons }) => ({
      ...toReportImage(evidence),
      comparisons: comparisons.map(({ index, comparison }) => toReportComparison(index, comparison, evidence)),
    })),
    gaps,
    complete,
    verdict: { failOn, failed, exitStatus },
  };
  const compared = new Set(
    judged.flatMap(({ comparisons }) =>
      comparisons.flatMap(({ index, comparison }) => (comparison.notCompared === null ? [index] : [])),
    ),
  );
  const documents = sboms.flatMap(({ sbom }, i) => (sbom !== null && compared.has(i) ? [sbom.document] : []));
  return { report, documents: documents.map((one) => withoutSecrets(one, redact)) };
}

/**
 * The one SBOM that can be meant.
 * @throws AuditError `SBOM_ABSENT`, `USAGE_INVALID`
 */
export function theOnlySbom({ report, documents }: AuditedSboms): SbomDocument {
  const [only, ...others] = documents;
  if (only === undefined) {
    throw new AuditError('SBOM_ABSENT', `${report.subject.reference} has no SBOM to convert`, {
      hint: 'Give one with --sbom FILE, or write one of the layers with --write.',
    });
  }
  if (others.length === 0) return only;
  throw new AuditError(
    'USAGE_INVALID',
    `${report.subject.reference} has ${documents.length} SBOMs, and one is to be converted`,
    {
      hint: 'Choose one with --platform, or save it and give it with --sbom FILE.',
    },
  );
}

/** The document with every text of it redacted; its form and digests stay. */
function withoutSecrets(document: SbomDocument, redact: (text: string) => string): SbomDocument {
  const redactOr = (text: string | null): string | null => (text === null ? null : redact(text));
  return {
    ...document,
    name: redactOr(document.name),
    tools: document.tools.map(redact),
    packages: document.packages.map((one) => ({
      ...one,
      id: redact(one.id),
      name: redact(one.name),
      version: redact(one.version),
      purl: redactOr(one.purl),
      cpes: one.cpes.map(redact),
      license: redactOr(one.license),
      supplier: redactOr(one.supplier),
      locations: one.locations.map(redact),
    })),
    files: document.files.map((one) => ({
      ...one,
      id: redact(one.id),
      path: redact(one.path),
      packageId: redactOr(one.packageId),
    })),
  };
}

/**
 * Whether a run fails. What is attached has to be there for every image; a file that is given is of one platform, and has to
 * be of one of them.
 */
function isFailure(
  images: readonly (readonly SbomComparison[])[],
  failOn: SbomReport['verdict']['failOn'],
  areFiles: boolean,
): boolean {
  if (failOn === 'none') return false;
  const counted = images.map((comparisons) => comparisons.filter(({ notCompared }) => notCompared === null));
  const isLacking = areFiles ? counted.flat().length === 0 : counted.some((comparisons) => comparisons.length === 0);
  if (isLacking || counted.flat().some(({ differs }) => differs)) return true;
  return (
    failOn === 'unexplained' &&
    counted.some(
      (comparisons) => comparisons.length > 0 && comparisons.every(({ unexplained }) => unexplained.length > 0),
    )
  );
}

function readFile(file: string): FoundSbom {
  const place = { attachment: null, blob: null, attachedTo: null, foundBy: null, file, trouble: null };
  let bytes: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > SBOM_LIMITS.bytes) {
      throw new AuditError(
        'SBOM_TOO_LARGE',
        `${file} has ${size} bytes, and SBOMs are read up to ${SBOM_LIMITS.bytes}`,
      );
    }
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    const why = systemErrorCode(error) === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new AuditError('PATH_ABSENT', `the SBOM ${file} ${why}`, { cause: error });
  }
  try {
    return { ...place, sbom: readSbom(bytes) };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const { code, message, hint, cause } = error;
    throw new AuditError(code, `${file}: ${message}`, { ...(hint === undefined ? {} : { hint }), cause });
  }
}
