import type { Report } from '../../src/report/index.ts';

const DIGEST = /\bsha(?:256:[0-9a-f]{12,64}|512:[0-9a-f]{12,128})/g;

/**
 * What a report says about an image whatever it was packed in: the same layers give the same findings, from a
 * registry, an archive or a layout, compressed or not.
 *
 * Left out is what a packaging may change, and nothing else:
 * - `subject` and the names an image goes by: where it was found;
 * - `startedAt` and `durationMs`;
 * - digests of manifests and of compressed layers (`diffId` and the configuration's digest stay), their
 *   compression, media types and stored sizes;
 * - digests in the sentences of gaps, and how many stored bytes a gap concerns;
 * - who signed it and what is attested of it: that hangs on one packaging, and copies leave it behind.
 */
export function sameFindings(report: Report): unknown {
  const { subject: _subject, startedAt: _startedAt, durationMs: _durationMs, trust: _trust, ...rest } = report;
  const findings = report.findings.filter(({ rule }) => !rule.startsWith('trust/'));
  return {
    ...rest,
    images: report.images.map(({ names: _names, manifestDigest: _manifest, trust: _signed, ...image }) => ({
      ...image,
      layers: image.layers.map(
        ({ digest: _digest, mediaType: _type, compression: _compression, compressedBytes: _bytes, ...layer }) => layer,
      ),
    })),
    attachments: report.attachments.map(({ kind, format, verdict }) => ({ kind, format, verdict })),
    verdict: {
      ...report.verdict,
      counts: Object.fromEntries(
        Object.keys(report.verdict.counts).map((severity) => [
          severity,
          findings.filter((finding) => finding.severity === severity).length,
        ]),
      ),
    },
    findings: findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.map(({ layer, ...evidence }) => ({
        ...evidence,
        layer: layer === null ? null : { index: layer.index, diffId: layer.diffId },
      })),
    })),
    gaps: report.gaps.map(({ bytes: _bytes, ...gap }) => ({
      ...gap,
      subject: gap.subject.replace(DIGEST, 'sha256:…'),
      message: gap.message.replace(DIGEST, 'sha256:…'),
    })),
    coverage: {
      layers: report.coverage.layers,
      entries: report.coverage.entries,
      examinedBytes: report.coverage.bytes.examined,
    },
  };
}
