import type { Gap } from '../core/index.ts';
import { type CustomRules, type SecretValues, TextScanner } from '../examine/index.ts';
import type { Image } from '../image/index.ts';
import { asObject } from '../oci/index.ts';
import type { MetadataSecret } from '../rules/index.ts';

/** A text of the metadata and where it stands. */
interface MetadataText {
  readonly field: string;
  readonly text: string;
}

/** Deepest nesting of a configuration that is searched; honest ones have four levels. */
const MAX_DEPTH = 32;

/**
 * Searches an image's configuration, history and annotations for secrets: every text in them, also in members
 * that no specification knows.
 */
export async function scanMetadata(
  image: Image,
  annotations: Readonly<Record<string, string>>,
  fingerprintKey: Uint8Array,
  customRules?: CustomRules,
): Promise<{ secrets: MetadataSecret[]; values: SecretValues; gaps: Gap[] }> {
  const texts: MetadataText[] = [];
  if (image.config !== null) collect(image.config.document, '', texts, 0);
  for (const [key, text] of Object.entries({ ...annotations, ...image.annotations })) {
    texts.push({ field: `annotation:${key}`, text });
  }
  const scanner = new TextScanner(fingerprintKey, customRules);
  const results = await scanner.scan(texts.map(({ text }) => text));
  const secrets = results.flatMap(({ matches }, i) => {
    const { field } = texts[i] as MetadataText;
    return matches.map((match) => ({ field, layerIndex: layerOf(field, image), match }));
  });
  const gaps = scanner.gaps.map((gap) => ({ ...gap, subject: `metadata of ${image.platform}`, incomplete: true }));
  return { secrets, values: scanner.values, gaps };
}

function collect(value: unknown, field: string, texts: MetadataText[], depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (typeof value === 'string') {
    texts.push({ field, text: value });
  } else if (Array.isArray(value)) {
    for (const [i, member] of value.entries()) collect(member, `${field}[${i}]`, texts, depth + 1);
  } else {
    for (const [key, member] of Object.entries(asObject(value) ?? {})) {
      // Keys can carry a secret, too: labels and volumes have free ones.
      texts.push({ field: `${field === '' ? '' : `${field}.`}${key}`, text: key });
      collect(member, field === '' ? key : `${field}.${key}`, texts, depth + 1);
    }
  }
}

/** The layer that a history entry made, for a field of the history. */
function layerOf(field: string, image: Image): number | null {
  const historyIndex = /^history\[(\d+)\]/.exec(field)?.[1];
  if (historyIndex === undefined) return null;
  return image.layers.find((layer) => layer.step?.historyIndex === Number(historyIndex))?.index ?? null;
}
