import { type Gap, SEVERITIES, type Severity, severityRank } from '../core/index.ts';
import { EntryTable, type LayerRecord, rulesetId } from '../examine/index.ts';
import type { Report, ReportImage, ReportLayer } from '../report/index.ts';
import type { Finding, ImageEvidence, OrphanEvidence } from '../rules/index.ts';
import type { SourceContent } from '../source/index.ts';
import { type BaseIdentity, identifyBase } from '../system/index.ts';
import type { LoadedRules } from './custom-rules/load-custom-rules.ts';
import type { ExaminedTrust } from './examine-trust.ts';
import { isAnotherLayer, isLayerComplete } from './gaps.ts';
import { provenanceBase } from './provenance-base.ts';
import { toReportAttachments, toReportTrust, toReportVerdict } from './report-trust.ts';

/** What a report is made of. */
export interface ReportParts {
  readonly version: string;
  readonly reference: string;
  readonly source: Pick<SourceContent, 'digest' | 'mediaType' | 'attachments'> & {
    readonly kind: Report['subject']['source'];
  };
  readonly images: readonly ImageEvidence[];
  readonly orphans: readonly OrphanEvidence[];
  readonly records: readonly LayerRecord[];
  readonly findings: readonly Finding[];
  /** What was examined, where that was no layers. */
  readonly coverage?: Report['coverage'];
  readonly gaps: readonly Gap[];
  /** Signatures and attestations; null where they were not looked for. */
  readonly trust: ExaminedTrust | null;
  readonly failOn: Severity | 'none';
  readonly allowIncomplete: boolean;
  readonly revealed: boolean;
  /** Rules that the user brought. */
  readonly customRules: LoadedRules | null;
  /** Removes secrets from a text that came out of an image. */
  readonly redact: (text: string) => string;
  /** Null leaves out what differs between two runs. */
  readonly time: { readonly startedAt: Date; readonly durationMs: number } | null;
}

/** Exit status of a run that came to its end; see docs/adr/0006. */
export const EXIT = { passed: 0, findings: 1, couldNotRun: 2, incomplete: 3, bug: 70 } as const;

/** Puts the parts of an audit into the document. */
export function assembleReport(parts: ReportParts): Report {
  const { source, findings, gaps, failOn } = parts;
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
  ) as Record<Severity, number>;
  const { trust } = parts;
  const unverified =
    trust?.isWanted === true && parts.images.some(({ image }) => trust.verdictOf(image).verdict !== 'verified');
  const failed =
    unverified ||
    (failOn !== 'none' && findings.some((finding) => severityRank(finding.severity) <= severityRank(failOn)));
  const complete = !gaps.some((gap) => gap.incomplete);
  const exitStatus = failed ? EXIT.findings : complete || parts.allowIncomplete ? EXIT.passed : EXIT.incomplete;
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: parts.version, ruleset: rulesetId(parts.customRules?.rules) },
    subject: { reference: parts.reference, source: source.kind, digest: source.digest, mediaType: source.mediaType },
    ...(parts.time === null
      ? {}
      : { startedAt: parts.time.startedAt.toISOString(), durationMs: Math.round(parts.time.durationMs) }),
    revealed: parts.revealed,
    ...(parts.customRules === null ? {} : { customRules: toReportRules(parts.customRules) }),
    images: parts.images.map((evidence) => toReportImage(evidence, trust)),
    ...(trust === null ? {} : { trust: toReportTrust(trust, parts.redact) }),
    attachments: toReportAttachments(source.attachments, trust, parts.redact),
    orphans: parts.orphans.map(({ name, kind, digest, sizeBytes, record }) => ({
      name: parts.redact(name),
      kind,
      digest,
      sizeBytes,
      entries: record === null ? null : record.columns.length,
    })),
    findings,
    suppressed: [],
    gaps,
    coverage: parts.coverage ?? coverageOf(parts),
    verdict: {
      complete,
      failOn,
      failed,
      ...(trust?.isWanted === true ? { verified: !unverified } : {}),
      exitStatus,
      counts,
    },
  };
}

function toReportRules({ rules, notes }: LoadedRules): NonNullable<Report['customRules']> {
  return { patterns: rules.patterns.length, secretlint: rules.lint?.rules.map(({ id }) => id) ?? [], notes };
}

function coverageOf({ images, records, gaps }: ReportParts): Report['coverage'] {
  const absent = new Set(
    images.flatMap(({ layers }) =>
      layers
        .filter(({ record }) => record === null || isAbsent(record))
        .map(({ layer }) => layer.digest ?? layer.diffId ?? String(layer.index)),
    ),
  );
  const read = records.filter((record) => !isAbsent(record));
  const others = new Set(images.flatMap(({ layers }) => layers.filter(isAnotherLayer).map(({ record }) => record)));
  const isExamined = (record: LayerRecord): boolean => isComplete(record) && !others.has(record);
  return {
    layers: {
      examined: read.filter(isExamined).length,
      partial: read.filter((record) => !isExamined(record)).length,
      absent: absent.size,
    },
    entries: records.reduce((sum, record) => sum + record.columns.length, 0),
    bytes: {
      read: records.reduce((sum, { blob }) => sum + blob.sizeBytes, 0),
      examined: records.reduce((sum, { blob }) => sum + blob.uncompressedBytes, 0),
      notExamined: gaps.filter((gap) => gap.incomplete).reduce((sum, gap) => sum + (gap.bytes ?? 0), 0),
    },
  };
}

function isAbsent(record: LayerRecord): boolean {
  return record.gaps.some(({ reason }) => reason === 'blob-absent');
}

function isComplete(record: LayerRecord): boolean {
  return record.gaps.every(({ reason }) => reason === 'nested-not-examined');
}

function toReportImage(evidence: ImageEvidence, trust: ExaminedTrust | null): ReportImage {
  const { image, sizes, system, redact } = evidence;
  const config = image.config?.config ?? null;
  return {
    platform: image.platform,
    names: image.names.map(redact),
    manifestDigest: image.manifestDigest,
    configDigest: image.configDigest,
    created: redactOr(redact, image.config?.created),
    config:
      config === null
        ? null
        : {
            user: redact(config.user),
            entrypoint: config.entrypoint.map(redact),
            cmd: config.cmd.map(redact),
            exposedPorts: config.exposedPorts.map(redact),
            workingDir: redact(config.workingDir),
            healthcheck: config.healthcheck === null ? null : { test: config.healthcheck.test.map(redact) },
            stopSignal: redactOr(redact, config.stopSignal),
          },
    os:
      system.os === null
        ? null
        : {
            id: redactOr(redact, system.os.id),
            versionId: redactOr(redact, system.os.versionId),
            prettyName: redactOr(redact, system.os.prettyName),
          },
    base: toReportBase(identifyBase(image, system.os, provenanceBase(evidence)), redact),
    packages: system.packages.counts(),
    accounts: system.accounts
      .slice(0, 1000)
      .map(({ name, uid, gid, shell }) => ({ name: redact(name), uid, gid, shell: redact(shell) })),
    layers: evidence.layers.map((_, i) => toReportLayer(evidence, i)),
    filesystem: { files: sizes.files, contentBytes: sizes.contentBytes, reclaimableBytes: sizes.reclaimableBytes },
    ...(trust === null ? {} : { trust: toReportVerdict(image, trust, redact) }),
  };
}

function toReportBase(base: BaseIdentity, redact: (text: string) => string): BaseIdentity {
  return {
    ...base,
    name: redactOr(redact, base.name),
    version: redactOr(redact, base.version),
    digest: redactOr(redact, base.digest),
    created: redactOr(redact, base.created),
    basis: base.basis.map(redact),
  };
}

function toReportLayer(evidence: ImageEvidence, index: number): ReportLayer {
  const { layer, record } = evidence.layers[index] as ImageEvidence['layers'][number];
  return {
    index,
    digest: layer.digest ?? record?.blob.digest ?? null,
    diffId: layer.diffId ?? record?.diffId ?? null,
    mediaType: redactOr(evidence.redact, layer.mediaType),
    compression: record?.blob.compression ?? null,
    compressedBytes: record?.blob.sizeBytes ?? layer.sizeBytes,
    uncompressedBytes: record?.blob.uncompressedBytes ?? null,
    contentBytes: record?.contentBytes ?? null,
    entries: record?.columns.length ?? null,
    whiteouts: record === null ? null : countWhiteouts(record),
    instruction: redactOr(evidence.redact, layer.step?.instruction),
    historyIndex: layer.step?.historyIndex ?? null,
    created: redactOr(evidence.redact, layer.step?.created),
    origin: layer.origin,
    originBasis: layer.originBasis,
    stage: { name: null, basis: 'unknown' },
    shadowedBytes: evidence.sizes.shadowed[index] ?? { deleted: 0, overwritten: 0, metadataOnly: 0 },
    complete: isLayerComplete({ layer, record }),
  };
}

function redactOr(redact: (text: string) => string, text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : redact(text);
}

function countWhiteouts(record: LayerRecord): number {
  const table = new EntryTable(record.columns);
  let count = 0;
  for (let row = 0; row < table.length; row += 1) {
    const kind = table.kind(row);
    if (kind === 'whiteout' || kind === 'opaque') count += 1;
  }
  return count;
}
