import { rulesetId } from '../examine/index.ts';
import type { PackagesImage, PackagesReport, ReportPackage } from '../report/index.ts';
import { type ImageEvidence, pathMembers } from '../rules/index.ts';
import { type ImagePackage, type PackageState, toPurl } from '../system/index.ts';
import { type ExamineOptions, examineSubject } from './examine-subject.ts';

/** What {@link listPackages} is told. */
export interface ListPackagesOptions extends ExamineOptions {
  /** States of packages that are listed besides `installed`. */
  readonly states?: readonly PackageState[];
}

/**
 * Lists the packages of an image: what databases, manifests, jars and Go programs of every layer say, and what of it
 * is there in the end.
 * @throws AuditError where it cannot be run; what the image holds is never a reason to throw
 */
export async function listPackages(options: ListPackagesOptions): Promise<PackagesReport> {
  const startedAt = new Date();
  const states = new Set<PackageState>(['installed', ...(options.states ?? [])]);
  const { reference, content, images, gaps, complete } = await examineSubject(options);
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: options.version, ruleset: rulesetId(options.customRules?.rules) },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    images: images.map((one) => toPackagesImage(one, states)),
    gaps,
    complete,
  };
}

function toPackagesImage(evidence: ImageEvidence, states: ReadonlySet<PackageState>): PackagesImage {
  const { image, layers, system, redact } = evidence;
  const redactOr = (text: string | null | undefined): string | null =>
    text === null || text === undefined ? null : redact(text);
  let files = 0;
  let bytes = 0;
  for (const entry of system.packages.unmanaged()) {
    files += 1;
    if (entry.kind === 'file') bytes += entry.sizeBytes;
  }
  return {
    platform: redact(image.platform),
    names: image.names.map(redact),
    manifestDigest: image.manifestDigest,
    configDigest: image.configDigest,
    created: redactOr(image.config?.created),
    os: system.os && {
      id: redactOr(system.os.id),
      versionId: redactOr(system.os.versionId),
      prettyName: redactOr(system.os.prettyName),
    },
    layers: layers.map(({ layer, record }) => ({
      index: layer.index,
      digest: layer.digest ?? record?.blob.digest ?? null,
      diffId: layer.diffId ?? record?.diffId ?? null,
      instruction: redactOr(layer.step?.instruction),
    })),
    counts: system.packages.counts(),
    packages: system.packages.all
      .filter(({ state }) => states.has(state))
      .map((one) => toReportPackage(one, toPurl(one, system.os), evidence)),
    unmanaged: { files, bytes },
  };
}

function toReportPackage(
  { name, version, kind, architecture, license, source, sourceVersion, state, database, ...place }: ImagePackage,
  purl: string | null,
  { redact, redactName }: Pick<ImageEvidence, 'redact' | 'redactName'>,
): ReportPackage {
  const nameOr = (text: string | null): string | null => (text === null ? null : redactName(text));
  return {
    name: redactName(name),
    version: redactName(version),
    type: kind,
    architecture: redactName(architecture),
    license: nameOr(license),
    source: source === null ? null : { name: redactName(source), version: nameOr(sourceVersion) },
    purl: nameOr(purl),
    state,
    path: pathMembers(redact(database.path)).path as string,
    nestedPath: place.members.map(redact),
    layer: place.layerIndex,
    removedIn: place.removedIn,
  };
}
