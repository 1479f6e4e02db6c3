import { AuditError, type Digest, type Gap, shortDigest } from '../core/index.ts';
import { artifactMediaType, artifactType, type Descriptor, readManifestDocument } from '../oci/index.ts';
import { referrersTag } from '../registry/index.ts';
import type { DocumentClient } from './remembering-client.ts';
import type { SourceAttachment } from './source.ts';

/** What hangs on images in a registry without being named by them. */
export interface RegistryAttachments {
  readonly attachments: readonly SourceAttachment[];
  readonly gaps: readonly Gap[];
}

/** Most manifests whose referrers are looked for. */
const MAX_SUBJECTS = 50;
/** Most attachments listed, but for those of subjects that were asked about already. */
const MAX_ATTACHMENTS = 1000;
/** Subjects asked about at once. */
const AT_ONCE = 4;

/** Tags under which cosign keeps what it makes (cosign specification, "Tag-based Discovery"). */
const COSIGN_TAGS: readonly (readonly [string, SourceAttachment['kind']])[] = [
  ['.sig', 'signature'],
  ['.att', 'attestation'],
  ['.sbom', 'artifact'],
];

/**
 * Lists what names some manifests as its subject: signatures, attestations, whatever else. Nothing of it is needed to
 * examine an image, so what goes wrong here ends no audit and leaves none incomplete; but it is told.
 */
export async function findAttachments(
  client: DocumentClient,
  subjects: readonly Digest[],
  signal: AbortSignal,
): Promise<RegistryAttachments> {
  const attachments: SourceAttachment[] = [];
  const gaps: Gap[] = [];
  const distinct = [...new Set(subjects)];
  for (let at = 0; at < Math.min(distinct.length, MAX_SUBJECTS); at += AT_ONCE) {
    const group = distinct.slice(at, Math.min(at + AT_ONCE, MAX_SUBJECTS));
    const found = await Promise.all(group.map((subject) => ofSubject(client, subject, signal)));
    attachments.push(...found.flatMap((one) => one.attachments));
    gaps.push(...found.flatMap((one) => one.gaps));
    // A registry that failed once is not asked a hundred times; and one that has thousands has enough.
    if (gaps.length > 0) break;
    if (attachments.length > MAX_ATTACHMENTS) {
      const message = `more than ${MAX_ATTACHMENTS} manifests hang on this image, and not all were listed`;
      gaps.push(attachmentGap('budget-exceeded', 'attachments', message));
      break;
    }
  }
  if (distinct.length > MAX_SUBJECTS) {
    const message = `what hangs on manifests was looked for with the first ${MAX_SUBJECTS} of ${distinct.length} only`;
    gaps.push(attachmentGap('budget-exceeded', 'attachments', message));
  }
  return { attachments, gaps };
}

async function ofSubject(client: DocumentClient, subject: Digest, signal: AbortSignal): Promise<RegistryAttachments> {
  const attachments = new Map<Digest, SourceAttachment>();
  const gaps: Gap[] = [];
  const add = (attachment: SourceAttachment): void => {
    if (!attachments.has(attachment.digest)) attachments.set(attachment.digest, attachment);
  };
  const name = `attachments of ${shortDigest(subject)}`;
  try {
    const [referrers, ...tagged] = await Promise.all([
      client.referrers(subject, signal),
      ...COSIGN_TAGS.map(([suffix, kind]) => underTag(client, subject, suffix, kind, signal)),
    ]);
    for (const one of referrers.manifests) add(toAttachment(one, subject, referrers.foundBy));
    for (const one of tagged) if (one !== null) add(one);
    if (referrers.more) gaps.push(attachmentGap('budget-exceeded', name, `${name} are more than were listed`));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AuditError)) throw error;
    gaps.push(attachmentGap('manifest-invalid', name, `${name} could not be listed: ${error.message}`));
  }
  return { attachments: [...attachments.values()], gaps };
}

function toAttachment(
  { digest, mediaType, artifactType: type }: Descriptor,
  subject: Digest,
  foundBy: SourceAttachment['foundBy'],
): SourceAttachment {
  const format = type ?? mediaType;
  return { digest, mediaType, kind: artifactType(format)?.kind ?? 'artifact', format, subject, foundBy };
}

async function underTag(
  client: DocumentClient,
  subject: Digest,
  suffix: string,
  kind: SourceAttachment['kind'],
  signal: AbortSignal,
): Promise<SourceAttachment | null> {
  try {
    const { bytes, digest, mediaType } = await client.manifest(`${referrersTag(subject)}${suffix}`, signal);
    return { digest, mediaType, kind, format: formatOf(bytes) ?? mediaType, subject, foundBy: 'tag' };
  } catch (error) {
    if (error instanceof AuditError && error.code === 'REGISTRY_NOT_FOUND') return null;
    throw error;
  }
}

/** What a manifest is of; null where it cannot be read. */
function formatOf(bytes: Uint8Array): string | null {
  try {
    const document = readManifestDocument(bytes, 'an attachment');
    return document.kind === 'manifest' ? artifactMediaType(document) : document.mediaType;
  } catch {
    return null;
  }
}

function attachmentGap(reason: Gap['reason'], subject: string, message: string): Gap {
  return { subject, reason, bytes: null, message, incomplete: false };
}
