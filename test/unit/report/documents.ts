/** Reports for tests of their views: small, valid, and changed where a test asks for it. */
import type { Report, ReportImage } from '../../../src/report/index.ts';
import type { Evidence, Finding } from '../../../src/rules/index.ts';

/** A place in a layer. */
export function place(more: Partial<Evidence> = {}): Evidence {
  return {
    platform: 'linux/amd64',
    layer: { index: 0, digest: `sha256:${'a'.repeat(64)}`, diffId: `sha256:${'b'.repeat(64)}` },
    instruction: 'COPY . /app',
    path: '/app/a',
    nestedPath: [],
    field: null,
    byteRange: null,
    line: null,
    fileDigest: null,
    mode: '0644',
    uid: 0,
    gid: 0,
    mtime: null,
    state: 'live',
    hiddenBy: null,
    bytes: null,
    detail: null,
    secret: null,
    ...more,
  };
}

/** A finding at one place. */
export function finding(more: Partial<Finding> = {}): Finding {
  return {
    rule: 'leftover/git',
    severity: 'low',
    confidence: 'high',
    state: 'live',
    fingerprint: 'f'.repeat(40),
    title: 'git is in the image',
    message: '/usr/bin/git can be run.',
    remediation: 'Fetch sources in a build stage.',
    evidence: [place()],
    ...more,
  };
}

/** An image of one layer. */
export function image(more: Partial<ReportImage> = {}): ReportImage {
  return {
    platform: 'linux/amd64',
    names: [],
    manifestDigest: null,
    configDigest: null,
    created: null,
    config: {
      user: '10001',
      entrypoint: [],
      cmd: [],
      exposedPorts: [],
      workingDir: '',
      healthcheck: null,
      stopSignal: null,
    },
    os: { id: 'debian', versionId: '12', prettyName: 'Debian 12' },
    base: { name: null, version: null, digest: null, verdict: null, created: null, layers: null, basis: [] },
    packages: { dpkg: 3 },
    accounts: [],
    layers: [
      {
        index: 0,
        digest: null,
        diffId: null,
        mediaType: null,
        compression: 'gzip',
        compressedBytes: 100,
        uncompressedBytes: 2048,
        contentBytes: 1000,
        entries: 3,
        whiteouts: 0,
        instruction: 'COPY . /app',
        historyIndex: 0,
        created: null,
        origin: 'unknown',
        originBasis: 'there is no history',
        stage: { name: null, basis: 'unknown' },
        shadowedBytes: { deleted: 0, overwritten: 0, metadataOnly: 0 },
        complete: true,
      },
    ],
    filesystem: { files: 3, contentBytes: 1000, reclaimableBytes: 0 },
    ...more,
  };
}

/** A report of one image with these findings. */
export function document(findings: readonly Finding[] = [], more: Partial<Report> = {}): Report {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: '0.0.0-test', ruleset: `sha256:${'0'.repeat(64)}` },
    subject: { reference: 'acme/api:1.4', source: 'docker-archive', digest: null, mediaType: null },
    revealed: false,
    images: [image()],
    attachments: [],
    orphans: [],
    findings,
    suppressed: [],
    gaps: [],
    coverage: {
      layers: { examined: 1, partial: 0, absent: 0 },
      entries: 3,
      bytes: { read: 100, examined: 2048, notExamined: 0 },
    },
    verdict: { complete: true, failOn: 'high', failed: false, exitStatus: 0, counts },
    ...more,
  };
}
