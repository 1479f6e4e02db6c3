import type { Severity } from '../core/index.ts';
import type { Report } from '../report/index.ts';
import { assembleReport } from './assemble-report.ts';
import { type ExamineOptions, examineSubject } from './examine-subject.ts';

/** What {@link auditImage} is told. */
export interface AuditImageOptions extends ExamineOptions {
  readonly failOn?: Severity | 'none';
  readonly allowIncomplete?: boolean;
}

/**
 * Audits an image: opens its source, examines every layer of every platform once, folds, judges and reports.
 * @throws AuditError where the audit cannot be run; what the image holds is never a reason to throw
 */
export async function auditImage(options: AuditImageOptions): Promise<Report> {
  const startedAt = new Date();
  const start = performance.now();
  const { content, images, orphans, records, gaps, trust, redact, judge } = await examineSubject(options, 'judging');
  return assembleReport({
    version: options.version,
    reference: options.reference,
    source: content,
    images,
    orphans,
    records,
    findings: judge(),
    gaps,
    trust,
    redact,
    failOn: options.failOn ?? 'high',
    allowIncomplete: options.allowIncomplete ?? false,
    revealed: options.reveal === true,
    customRules: options.customRules ?? null,
    time: options.reproducible === true ? null : { startedAt, durationMs: performance.now() - start },
  });
}
