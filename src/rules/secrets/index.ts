import type { SecretMatch } from '../../examine/index.ts';
import type { AttachmentSecret, FilesEvidence, ImageEvidence, OrphanEvidence, SubjectEvidence } from '../evidence.ts';
import type { Evidence, FindingState, SecretEvidence } from '../finding.ts';
import { entryPlace, filePlace, imagePlace, layerPlace, orphanPlace, subjectPlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';
import { doubtPlaces } from './doubtful-places.ts';
import { SECRET_KINDS, type SecretKind } from './kinds.ts';

/** Where in an attachment a secret is that does not stand there as it is. */
const WITHIN: Readonly<Record<NonNullable<AttachmentSecret['within']>, string>> = {
  payload: 'in the payload of its envelope',
  dockerfile: 'in the Dockerfile that the provenance holds',
};

/** One rule for each kind of secret. */
export const secretRules: readonly Rule[] = Object.entries(SECRET_KINDS).map(([name, kind]) =>
  secretRule(name, kind, ({ detector, custom }) => detector === name && custom === undefined),
);

/** A rule for one kind of secret; `isMine` tells the matches that it is for. */
export function secretRule(name: string, kind: SecretKind, isMine: (match: SecretMatch) => boolean): Rule {
  return {
    id: `secrets/${name}`,
    title: kind.title,
    severity: kind.severity,
    confidence: kind.confidence,
    why: `Everybody who can pull the image can read it, in whichever layer it is and whether a later one deleted it or not. Who has it can ${kind.gives} (CIS Docker Benchmark 1.6, 4.10).`,
    fix: `${kind.revoke}. Then rebuild without it: give it to the build with RUN --mount=type=secret and to the container at run time. Deleting the file in a later instruction leaves it in the layer below.`,
    references: [
      ...(kind.reference === '' ? [] : [kind.reference]),
      'https://docs.docker.com/build/building/secrets/',
      'https://www.cisecurity.org/benchmark/docker',
    ],
    *judgeSubject(subject) {
      for (const match of subject.files?.secrets ?? []) {
        if (isMine(match)) yield toFileDraft(kind, match, subject, subject.files as FilesEvidence);
      }
      for (const { digest, within, match } of subject.attachmentSecrets ?? []) {
        if (!isMine(match)) continue;
        const place = subjectPlace({
          field: `attachment:${digest}`,
          byteRange: match.byteRange,
          line: match.line,
          detail: within === null ? describeEncodings(match) : WITHIN[within],
          secret: secretOf(subject, match),
        });
        yield toDraft(
          kind,
          match,
          [place],
          'is in what is attached to the image, which everybody can read who can pull it',
        );
      }
      for (const orphan of subject.orphans) {
        for (const match of orphan.record?.secrets ?? []) {
          if (isMine(match)) yield toDraft(kind, match, [placeInOrphan(subject, orphan, match)]);
        }
      }
    },
    *judgeImage(evidence) {
      for (const { layer, record } of evidence.layers) {
        for (const match of record?.secrets ?? []) {
          if (isMine(match)) yield toDraft(kind, match, layerPlaces(evidence, layer.index, match));
        }
      }
      for (const { match, field, layerIndex } of evidence.metadataSecrets) {
        if (!isMine(match)) continue;
        const more = {
          // Labels, volumes and unknown members have free names, which may be the secret itself.
          field: evidence.redact(field),
          byteRange: match.byteRange,
          detail: describeEncodings(match),
          secret: secretOf(evidence, match),
          state: 'metadata',
        } as const;
        yield toDraft(kind, match, [
          layerIndex === null ? imagePlace(evidence, more) : layerPlace(evidence, layerIndex, more),
        ]);
      }
    },
  };
}

/** A secret in a file that is in no image. */
function toFileDraft(kind: SecretKind, match: SecretMatch, subject: SubjectEvidence, files: FilesEvidence): Draft {
  const { carrier } = match;
  const field = fieldOf(carrier, subject);
  const place = filePlace(subject, 'row' in carrier ? files.pathOf(carrier.row) : null, {
    ...foundIn(subject, match),
    nestedPath: carrier.kind === 'nested' ? carrier.members.map((name) => subject.redact(name)) : [],
    ...(field === null ? {} : { line: null, field }),
  });
  const where = files.holder === 'stream' ? 'is in standard input' : `is in the ${files.holder}`;
  return {
    ...toDraft(kind, match, [place], where),
    remediation: `${kind.revoke}. Then take it out of the ${files.holder === 'stream' ? 'input' : files.holder}, and out of the history of its repository. What a .dockerignore names never gets into a build.`,
  };
}

/** What every place says of what was found there. */
function foundIn(evidence: Pick<ImageEvidence, 'reveal'>, match: SecretMatch): Partial<Evidence> {
  const { byteRange, line } = match;
  // A rule of the user's that goes by the path alone found no secret, and nothing in the content.
  if (match.redacted === '') return { field: 'path' };
  return { byteRange, line, detail: describeEncodings(match), secret: secretOf(evidence, match) };
}

function toDraft(kind: SecretKind, match: SecretMatch, evidence: readonly Evidence[], where?: string): Draft {
  const doubt = match.doubt ?? (match.custom === undefined ? doubtPlaces(kind, evidence) : null);
  const states = evidence.map((place) => place.state);
  const state =
    (['live', 'metadata', 'deleted', 'overwritten', 'never-effective', 'trailing', 'orphan'] as const).find((one) =>
      states.includes(one),
    ) ?? 'live';
  return {
    // The same secret in several layers, files and platforms is one finding.
    key: match.fingerprint,
    identity: 'places',
    state,
    ...(doubt === null ? {} : { severity: 'info', confidence: 'low' }),
    // A rule of the user's may bear the name of one of ours: what it says is its own.
    ...(match.custom === undefined ? {} : { ...match.custom, confidence: kind.confidence }),
    message: `${nameOf(kind, match)} ${where ?? describeState(state)}.${doubt === null ? '' : ` It may be none: ${doubt}.`}`,
    evidence,
  };
}

function nameOf({ title }: SecretKind, { redacted, custom }: SecretMatch): string {
  if (custom === undefined) return `${title} ${redacted}`;
  return `${custom.title}: ${redacted === '' ? 'the file' : redacted}`;
}

function describeState(state: FindingState): string {
  switch (state) {
    case 'live':
      return 'is in the image';
    case 'metadata':
      return 'is in the image’s metadata, which needs not even a pull of its layers';
    case 'deleted':
      return 'was deleted in a later layer, and can still be read in its own';
    case 'overwritten':
      return 'was overwritten in a later layer, and can still be read in its own';
    case 'trailing':
      return 'stands behind the end of a layer’s tar or of its compressed data';
    case 'orphan':
      return 'is in a blob that no manifest names, and that travels with the archive';
    default:
      return 'is in a layer, and in no container’s filesystem';
  }
}

/** Every place that shows the bytes a secret is in: a file, and all hard links to it. */
function layerPlaces(evidence: ImageEvidence, layerIndex: number, match: SecretMatch): Evidence[] {
  const { carrier } = match;
  const found = foundIn(evidence, match);
  if (carrier.kind === 'hidden') {
    const state =
      carrier.region === 'after-end' || carrier.region === 'behind-compression'
        ? 'trailing'
        : carrier.region === 'extended-header'
          ? 'metadata'
          : 'never-effective';
    const field = carrier.region === 'behind-compression' ? 'blob:behind-compression' : `tar:${carrier.region}`;
    return [layerPlace(evidence, layerIndex, { ...found, field, state })];
  }
  if (carrier.kind === 'text') return [];
  const entry = evidence.filesystem.entry(layerIndex, carrier.row);
  if (carrier.kind === 'nested') {
    const nestedPath = carrier.members.map((name) => evidence.redact(name));
    return evidence.filesystem.sharing(entry).map((place) => entryPlace(evidence, place, { ...found, nestedPath }));
  }
  if (carrier.kind === 'content')
    return evidence.filesystem.sharing(entry).map((place) => entryPlace(evidence, place, found));
  return [entryPlace(evidence, entry, { ...found, line: null, field: fieldOf(carrier, evidence) })];
}

/** A secret in a blob that no manifest names: in one of its files, or anywhere in its bytes. */
function placeInOrphan(subject: SubjectEvidence, orphan: OrphanEvidence, match: SecretMatch): Evidence {
  const { carrier, byteRange, line } = match;
  const secret = secretOf(subject, match);
  if (carrier.kind === 'hidden' || carrier.kind === 'text') return orphanPlace(subject, orphan, { byteRange, secret });
  const isContent = carrier.kind === 'content' || carrier.kind === 'nested';
  const nestedPath = carrier.kind === 'nested' ? carrier.members.map((name) => subject.redact(name)) : [];
  const detail = isContent ? describeEncodings(match) : describeField(carrier, subject);
  return orphanPlace(
    subject,
    orphan,
    { byteRange, line: isContent ? line : null, detail, secret, nestedPath },
    carrier.row,
  );
}

/** What of an entry carries a secret, where that is not its content; null where it is. */
function fieldOf(carrier: SecretMatch['carrier'], { redact }: Pick<SubjectEvidence, 'redact'>): string | null {
  if (carrier.kind === 'xattr') return `xattr:${redact(carrier.name)}`;
  if (carrier.kind === 'path') return 'path';
  return carrier.kind === 'link' ? 'link target' : null;
}

/** The same in words: an orphan’s own name stands where the field would. */
function describeField(carrier: SecretMatch['carrier'], { redact }: Pick<SubjectEvidence, 'redact'>): string {
  if (carrier.kind === 'xattr') return `in the extended attribute ${redact(carrier.name)}`;
  return carrier.kind === 'path' ? 'in the name' : 'in the link target';
}

/** How the secret is written, where that is not as it is; null where it is. */
function describeEncodings({ encodings }: SecretMatch): string | null {
  const names = encodings.map((encoding) => (encoding === 'base64' ? 'base64' : 'UTF-16'));
  return names.length === 0 ? null : `written in ${names.toReversed().join(' in ')}`;
}

function secretOf(evidence: Pick<ImageEvidence, 'reveal'>, match: SecretMatch): SecretEvidence {
  const { redacted, fingerprint, lengthChars } = match;
  return { redacted, value: evidence.reveal(fingerprint), fingerprint, lengthChars };
}
