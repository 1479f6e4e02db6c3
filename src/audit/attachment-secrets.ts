import { AuditError, type Digest, type Gap } from '../core/index.ts';
import { type CustomRules, type SecretValues, TextScanner } from '../examine/index.ts';
import { asObject } from '../oci/index.ts';
import type { AttachmentSecret } from '../rules/index.ts';
import type { AttachmentStore, SourceAttachment } from '../source/index.ts';
import { readProvenance } from '../stages/index.ts';
import type { AttachmentBlob } from './attached-sboms.ts';
import { MAX_ATTACHMENTS, MAX_BLOBS, readAttachmentDocument } from './attachment-document.ts';

/** Largest document that is searched; SBOMs of large images have some megabytes. */
const MAX_BLOB_BYTES = 32 * 1024 * 1024;

/** What searching attachments takes. */
export interface AttachmentSearchOptions {
  readonly fingerprintKey: Uint8Array;
  readonly customRules: CustomRules | undefined;
  readonly signal: AbortSignal;
  /** Is given every blob that was read: SBOMs are compared with the image, and need not be fetched twice. */
  readonly onBlob?: (blob: AttachmentBlob) => void;
}

/** What searching attachments gave. */
export interface FoundInAttachments {
  readonly secrets: readonly AttachmentSecret[];
  readonly values: SecretValues;
  readonly gaps: readonly Gap[];
}

/**
 * Searches what hangs on an image for secrets: builders write build arguments into provenance, and SBOMs name files and
 * what is in them. What a list names and the source does not have is no part of what is audited.
 */
export async function scanAttachments(
  attachments: readonly SourceAttachment[],
  store: AttachmentStore | null,
  { fingerprintKey, customRules, signal, onBlob }: AttachmentSearchOptions,
): Promise<FoundInAttachments> {
  const scanner = new TextScanner(fingerprintKey, customRules);
  const secrets: AttachmentSecret[] = [];
  const gaps: Gap[] = [];
  const note = (digest: Digest, reason: Gap['reason'], message: string): void => {
    gaps.push({ subject: `attachment ${digest}`, reason, bytes: null, message, incomplete: true });
  };
  const wanted = [...new Set(attachments.map(({ digest }) => digest))];
  for (const digest of store === null ? [] : wanted.slice(0, MAX_ATTACHMENTS)) {
    try {
      for (const text of await readTexts(digest, store as AttachmentStore, signal, onBlob)) {
        const [found] = await scanner.scan([text.text]);
        for (const match of found?.matches ?? []) secrets.push({ digest, within: text.within, match });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AuditError)) throw error;
      const reason = error.code === 'DOCUMENT_TOO_LARGE' ? 'budget-exceeded' : 'blob-unreadable';
      note(digest, reason, `it was not searched for secrets: ${error.message}`);
    }
  }
  const first = wanted[store === null ? 0 : MAX_ATTACHMENTS];
  if (first !== undefined) {
    const count = store === null ? wanted.length : wanted.length - MAX_ATTACHMENTS;
    note(first, 'budget-exceeded', `it and ${count - 1} more attachments were not searched for secrets`);
  }
  return { secrets, values: scanner.values, gaps };
}

interface AttachmentText {
  readonly text: string;
  readonly within: AttachmentSecret['within'];
}

/** The texts of an attachment: its manifest, its blobs, and what they wrap. */
async function readTexts(
  digest: Digest,
  store: AttachmentStore,
  signal: AbortSignal,
  onBlob: AttachmentSearchOptions['onBlob'],
): Promise<AttachmentText[]> {
  const read = await readAttachmentDocument(digest, store, { what: `the manifest of attachment ${digest}`, signal });
  if (read === null) return [];
  const { bytes, document } = read;
  const texts: AttachmentText[] = [{ text: decodeText(bytes), within: null }];
  if (document.kind !== 'manifest') return texts;
  for (const { digest: blob, sizeBytes, mediaType, annotations } of document.layers.slice(0, MAX_BLOBS)) {
    if (sizeBytes !== null && sizeBytes > MAX_BLOB_BYTES) {
      throw new AuditError('DOCUMENT_TOO_LARGE', `its blob ${blob} has ${sizeBytes} bytes`);
    }
    const content = await store.blob({ digest: blob }, MAX_BLOB_BYTES, signal);
    if (content === undefined) continue;
    onBlob?.({ attachment: digest, blob, mediaType, annotations, bytes: content });
    const text = decodeText(content);
    texts.push({ text, within: null });
    const payload = payloadOf(text);
    if (payload !== null) texts.push({ text: payload, within: 'payload' });
    for (const file of embeddedFiles(payload ?? text)) texts.push({ text: file, within: 'dockerfile' });
  }
  return texts;
}

/** The Dockerfiles that provenance holds, in base64: what they set, they give away. */
function embeddedFiles(text: string): string[] {
  const read = readProvenance(text);
  return read.kind === 'buildkit' ? read.provenance.files.map((file) => file.text) : [];
}

/** What an envelope holds, of itself (DSSE) or in a sigstore bundle; null where it is none. */
export function payloadOf(text: string): string | null {
  let document: ReturnType<typeof asObject>;
  try {
    document = asObject(JSON.parse(text));
  } catch {
    return null;
  }
  const envelope = asObject(document?.['dsseEnvelope']) ?? document;
  const payload = envelope?.['payload'];
  return typeof payload === 'string' ? decodeText(Buffer.from(payload, 'base64')) : null;
}

/** Bytes of a document as a text. */
export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
