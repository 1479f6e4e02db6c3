import type { Severity } from '../../core/index.ts';
import type { StackAnomaly } from '../../filesystem/index.ts';
import type { TarAnomaly, TarAnomalyKind } from '../../tar/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { entryPlace, layerPlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';

type Kind = TarAnomalyKind | StackAnomaly['kind'];

/** How bad each anomaly is, and what it means, as the end of a sentence that begins with a number. */
const KINDS: Readonly<Record<Kind, readonly [Severity, string]>> = {
  'size-on-header-only': [
    'high',
    'links, directories or devices state a size; scanners that skip so many bytes miss the files placed there, and the runtime creates them',
  ],
  'pax-size-mismatch': [
    'high',
    'entries have one size in the PAX header and another in the header; some readers take file content for headers',
  ],
  'pax-invalid': ['medium', 'PAX headers are malformed; some readers ignore them, others refuse the layer'],
  'name-conflict': ['medium', 'entries have one name for GNU tar and another for PAX readers'],
  'global-header-override': [
    'medium',
    'PAX global headers set names, sizes or owners, or stand between an entry and its own header; some readers then see other names than the runtime does',
  ],
  'extended-header-too-large': ['medium', 'extended headers are larger than runtimes accept'],
  'number-invalid': ['low', 'header fields that should be numbers are none'],
  'type-unknown': ['medium', 'entries are of a type that runtimes refuse'],
  'contiguous-file': ['low', 'entries are contiguous files, a type that runtimes refuse'],
  'old-gnu-sparse': ['low', 'entries are sparse files in the old GNU format, which runtimes refuse'],
  'sparse-map-invalid': ['medium', 'sparse files have a map that makes no sense, or that does not fit what is stored'],
  'absolute-path': ['info', 'entries have an absolute name; it is taken below the image’s root'],
  'escaping-path': ['medium', 'entries have a name that leads out of the image; the runtime keeps them inside'],
  'path-too-long': ['medium', 'entries have a name longer than Linux allows; no container can have them'],
  'lone-zero-block': ['medium', 'entries follow a single zero block, where some readers stop'],
  'data-after-end': ['medium', 'the tar has data behind its end, where most readers never look'],
  'data-in-padding': ['medium', 'entries or extended headers have data in the padding behind their content'],
  'duplicate-path': ['info', 'entries have the name of an earlier entry of the same layer, which they replace'],
  'whiteout-of-own-entry': [
    'medium',
    'whiteouts name an entry of their own layer; readers disagree whether it is there',
  ],
  'hardlink-target-missing': ['low', 'hard links lead to files that are not there'],
  'parent-not-a-directory': ['medium', 'entries lie below something that is no directory'],
  'link-loop': ['medium', 'entries lie below symbolic links that go round in circles'],
};

/** Oddities of layers on which tar readers disagree, or that no honest builder writes. */
export const integrityTarAnomaly: Rule = {
  id: 'integrity/tar-anomaly',
  title: 'A layer’s tar is read differently by different tools',
  severity: 'medium',
  confidence: 'high',
  why: 'Where two readers of a tar disagree, a file can exist in the container and be unseen by whoever scanned the image. This audit reads as containerd does, and reports where others do not.',
  fix: 'Rebuild the layer with a current tool. If nobody of yours made it like that, treat the image as hostile.',
  references: [
    'https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md',
    'https://nvd.nist.gov/vuln/detail/CVE-2025-62518',
  ],
  *judgeImage(evidence) {
    const kinds = new Map<Kind, { count: number; places: Evidence[] }>();
    const note = (kind: Kind, count: number, places: Evidence[]): void => {
      const known = kinds.get(kind) ?? { count: 0, places: [] };
      kinds.set(kind, { count: known.count + count, places: [...known.places, ...places] });
    };
    for (const { layer, record } of evidence.layers) {
      if (record === null) continue;
      for (const [kind, count] of Object.entries(record.anomalyCounts)) {
        const places = record.anomalies
          .filter((anomaly) => anomaly.kind === kind)
          .map((anomaly) => tarPlace(evidence, layer.index, anomaly));
        note(kind as TarAnomalyKind, count, places);
      }
    }
    for (const [kind, count] of Object.entries(evidence.stack.anomalyCounts)) {
      const places = evidence.stack.anomalies.filter((anomaly) => anomaly.kind === kind);
      note(
        kind as Kind,
        count,
        places.map(({ layerIndex, row }) => entryPlace(evidence, evidence.filesystem.entry(layerIndex, row))),
      );
    }
    for (const [kind, { count, places }] of kinds) yield toDraft(kind, count, places);
  },
};

function toDraft(kind: Kind, count: number, evidence: Evidence[]): Draft {
  const [severity, meaning] = KINDS[kind];
  return {
    key: kind,
    state: kind === 'data-after-end' ? 'trailing' : 'live',
    severity,
    title: `Tar anomaly: ${kind}`,
    message: kind === 'data-after-end' ? `In ${count} layers ${meaning}.` : `${count} ${meaning}.`,
    evidence,
  };
}

/** Most characters shown of what was seen: names can have thousands. */
const SHOWN_CHARACTERS = 200;

/** Cuts a text to what is shown of it. Only behind redaction: half of a secret would not be known as one. */
function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function tarPlace(evidence: ImageEvidence, layerIndex: number, anomaly: TarAnomaly): Evidence {
  const detail = shortened(evidence.redact(anomaly.detail));
  const byteRange =
    anomaly.bytes === null || anomaly.kind === 'size-on-header-only'
      ? null
      : ([anomaly.offset, anomaly.offset + anomaly.bytes] as const);
  const table = evidence.filesystem.tables[layerIndex];
  if (anomaly.sequence !== null && anomaly.sequence < (table?.length ?? 0)) {
    return entryPlace(evidence, evidence.filesystem.entry(layerIndex, anomaly.sequence), { detail, byteRange: null });
  }
  return layerPlace(evidence, layerIndex, {
    detail,
    byteRange,
    state: anomaly.kind === 'data-after-end' ? 'trailing' : 'live',
    field: `tar:${anomaly.offset}`,
  });
}
