import { formatBytes, formatCount } from '../../core/index.ts';
import type { OrphanEvidence } from '../evidence.ts';
import { orphanPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const WHAT: Readonly<Record<OrphanEvidence['kind'], string>> = {
  layer: 'a layer',
  trailing: 'bytes behind the end of the archive',
  replaced: 'a member that a later one of the same name replaced',
  index: 'an index',
  manifest: 'a manifest',
  config: 'a configuration',
  legacy: 'a configuration in the format before Docker 1.10',
  statement: 'a statement',
  document: 'a document',
  other: 'of no known kind',
};

/** Blobs of an archive or a layout that no manifest in it names. */
export const integrityOrphanBlob: Rule = {
  id: 'integrity/orphan-blob',
  title: 'The archive has blobs that nothing in it names',
  severity: 'low',
  confidence: 'high',
  why: 'Whoever gets the archive gets these blobs, too: layers of an earlier build, of another image, or what somebody wanted to hand on unseen. No runtime unpacks them and few scanners look at them.',
  fix: 'Write the archive anew from the image alone: skopeo copy, or docker save into a new file. For a layout folder, use a new one for each image.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#blobs'],
  *judgeSubject(subject) {
    // What docker save itself still writes for readers of 2015 is searched, and nothing to complain of.
    // What names an image as its subject belongs to it, though nothing names that: so cosign 3 keeps signatures in layouts.
    const orphans = subject.orphans.filter(
      ({ kind, digest }) => kind !== 'legacy' && (digest === null || subject.attached?.has(digest) !== true),
    );
    if (orphans.length === 0) return;
    const bytes = orphans.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const count = orphans.length;
    yield {
      key: 'orphans',
      state: 'orphan',
      message: `${formatCount(count)} ${count === 1 ? 'blob' : 'blobs'} of ${formatBytes(bytes)} ${count === 1 ? 'is' : 'are'} named by no manifest.`,
      evidence: orphans.map((orphan) => {
        const entries = orphan.record?.columns.length ?? 0;
        return orphanPlace(subject, orphan, {
          bytes: orphan.sizeBytes,
          detail: `${WHAT[orphan.kind]}${entries > 0 ? `, ${formatCount(entries)} ${entries === 1 ? 'entry' : 'entries'}` : ''}`,
        });
      }),
    };
  },
};
