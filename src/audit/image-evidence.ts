import type { EntryColumns, LayerRecord, SecretValues } from '../examine/index.ts';
import { foldLayers, measure } from '../filesystem/index.ts';
import type { Image } from '../image/index.ts';
import type { ImageEvidence, MetadataSecret, OrphanEvidence } from '../rules/index.ts';
import type { SourceOrphan } from '../source/index.ts';
import { readSystem } from '../system/index.ts';
import { blobKey, type LayerRecords, orphanKey } from './examine-layers.ts';
import type { Redactor } from './redactor.ts';

const NO_ENTRIES: EntryColumns = {
  length: 0,
  kind: new Uint8Array(0),
  mode: new Uint16Array(0),
  uid: new Float64Array(0),
  gid: new Float64Array(0),
  sizeBytes: new Float64Array(0),
  mtime: new Float64Array(0),
  headerOffset: new Float64Array(0),
  digest: new Uint8Array(0),
  digested: new Uint8Array(0),
  paths: new Uint8Array(0),
  pathEnd: new Uint32Array(0),
  links: new Uint8Array(0),
  linkEnd: new Uint32Array(0),
};

/** The record of each of an image's layers, by position; null where a layer could not be examined at all. */
export function recordsOf(image: Image, records: LayerRecords): (LayerRecord | null)[] {
  return image.layers.map((layer) => (layer.blob === null ? null : (records.get(blobKey(layer.blob, layer)) ?? null)));
}

/** Puts together what is known of blobs that nothing names. */
export function gatherOrphans(orphans: readonly SourceOrphan[], records: LayerRecords): OrphanEvidence[] {
  return orphans.map((orphan) => {
    const record = records.get(orphanKey(orphan)) ?? null;
    const { filesystem } = foldLayers([record?.columns ?? NO_ENTRIES]);
    const { name, kind, digest, sizeBytes } = orphan;
    return { name, kind, digest, sizeBytes, record, filesystem };
  });
}

/** Puts together all that is known of one image. */
export function gatherEvidence(
  image: Image,
  records: LayerRecords,
  metadataSecrets: readonly MetadataSecret[],
  redactor: Redactor,
  revealed: SecretValues | null,
): ImageEvidence {
  const perLayer = recordsOf(image, records);
  const folded = foldLayers(perLayer.map((record) => record?.columns ?? NO_ENTRIES));
  return {
    image,
    layers: image.layers.map((layer, i) => ({ layer, record: perLayer[i] ?? null })),
    filesystem: folded.filesystem,
    stack: folded,
    sizes: measure(folded.filesystem),
    system: readSystem(folded.filesystem, perLayer, image.runsOn?.architecture ?? null),
    metadataSecrets,
    redact: (text) => redactor.redact(text),
    redactName: (name) => redactor.redactName(name),
    reveal: (fingerprint) => revealed?.get(fingerprint) ?? null,
  };
}
