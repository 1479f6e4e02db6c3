import type { FilesystemEntry } from '../filesystem/index.ts';
import type {
  SbomInstalledPackage,
  SbomReportComparison,
  SbomReportDocument,
  SbomReportImage,
} from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import type { SbomComparison } from '../sbom/index.ts';
import { type ImagePackage, toPurl } from '../system/index.ts';
import type { FoundSbom } from './attached-sboms.ts';
import { shownImage, shownLayer, shownPath } from './document-places.ts';

/** Names shown of what was left out for one reason. */
const MAX_EXAMPLES = 10;
/** Digests and tools shown of one SBOM: whoever wrote it may have listed a million. */
const MAX_SHOWN = 100;

/** An SBOM as documents show it. */
export function toReportDocument(
  { sbom, trouble, ...place }: FoundSbom,
  redact: (text: string) => string,
): SbomReportDocument {
  const { attachment, blob, attachedTo, foundBy, file } = place;
  const document = sbom?.document;
  const redactOr = (text: string | null | undefined): string | null => (text == null ? null : redact(text));
  return {
    file,
    attachment,
    blob,
    attachedTo,
    foundBy,
    predicateType: redactOr(sbom?.statement?.predicateType),
    format: document?.format ?? null,
    encoding: document?.encoding ?? null,
    specVersion: document?.specVersion ?? null,
    name: redactOr(document?.name),
    tools: (document?.tools ?? []).slice(0, MAX_SHOWN).map(redact),
    created: redactOr(document?.created),
    about: [...new Set([...(sbom?.statement?.subjects ?? []), ...(document?.subject.digests ?? [])])].slice(
      0,
      MAX_SHOWN,
    ),
    packages: document?.packages.filter(({ role }) => role === 'package').length ?? 0,
    files: document?.files.length ?? 0,
    trouble: redactOr(trouble?.message),
  };
}

/** An image as the document begins it. */
export function toReportImage(evidence: ImageEvidence): Omit<SbomReportImage, 'comparisons'> {
  return {
    ...shownImage(evidence),
    layers: evidence.layers.map((_, i) => {
      const { index, digest, diffId, instruction } = shownLayer(evidence, i);
      return { index, digest, diffId, instruction };
    }),
    installed: evidence.system.packages.installed.length,
  };
}

/** A comparison as documents show it. */
export function toReportComparison(
  sbom: number,
  { subject, notCompared, differs, packages, files, unexplained }: SbomComparison,
  evidence: ImageEvidence,
): SbomReportComparison {
  const { redact } = evidence;
  const toInstalled = (one: ImagePackage): SbomInstalledPackage => ({
    name: redact(one.name),
    version: redact(one.version),
    type: one.kind,
    purl: redactOr(redact, toPurl(one, evidence.system.os)),
    path: shownPath(evidence, one.database.path).path,
    layer: one.layerIndex,
  });
  return {
    sbom,
    subject: { verdict: subject.verdict, why: redact(subject.why) },
    notCompared: redactOr(redact, notCompared),
    differs,
    packages: {
      matched: packages.matched.length,
      missing: packages.missing.map(toInstalled),
      surplus: packages.surplus.map(({ listed, removed }) => ({
        name: redact(listed.name),
        version: redact(listed.version),
        purl: redactOr(redact, listed.purl),
        removedIn: removed?.removedIn ?? null,
      })),
      otherVersion: packages.otherVersion.map(({ listed, installed }) => ({
        ...toInstalled(installed),
        listedVersion: redact(listed.version),
        listedPurl: redactOr(redact, listed.purl),
      })),
    },
    files: {
      matched: files.matched,
      absent: files.absent.map(({ file, last }) => ({
        path: redact(file.path.replace(/^(?:\.?\/)*/, '/')),
        removedIn: removedIn(last),
      })),
      changed: files.changed.map(({ file, entry, digest }) => ({
        path: shownPath(evidence, entry.path).path,
        digest,
        listedDigest: file.checksums
          .filter(({ algorithm }) => algorithm === 'sha256')
          .map(({ value }) => `sha256:${value}`)[0] as string,
        layer: (entry.content ?? entry).layerIndex,
      })),
      notCompared: redactOr(redact, files.notCompared),
    },
    unexplained: unexplained.map(({ entry, what }) => ({
      path: shownPath(evidence, entry.path).path,
      what,
      bytes: (entry.content ?? entry).sizeBytes,
      layer: entry.layerIndex,
    })),
    leftOut: packages.leftOut.map(({ side, reason, names }) => ({
      side,
      reason: redact(reason),
      count: names.length,
      examples: names.slice(0, MAX_EXAMPLES).map(redact),
    })),
  };
}

function removedIn(last: FilesystemEntry | null): number | null {
  return last?.hiddenBy?.layerIndex ?? null;
}

function redactOr(redact: (text: string) => string, text: string | null): string | null {
  return text === null ? null : redact(text);
}
