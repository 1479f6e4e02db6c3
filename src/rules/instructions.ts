import { formatInstruction } from '../image/index.ts';
import type { ImageEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import { imagePlace, layerPlace } from './places.ts';

/** An instruction of the Dockerfile, as the history tells it. */
export interface Instruction {
  readonly historyIndex: number;
  /** `RUN apt-get update`; what ran, without flags of the builder's. */
  readonly text: string;
  /** The layer that it made; null where it made none, or nobody knows which. */
  readonly layerIndex: number | null;
}

/** All instructions of an image's history, the base image's first. */
export function instructionsOf({ image }: ImageEvidence): Instruction[] {
  const layerOf = new Map(
    image.layers.flatMap(({ step, index }) => (step === null ? [] : [[step.historyIndex, index] as const])),
  );
  return (image.config?.history ?? []).map(({ createdBy, comment }, historyIndex) => ({
    historyIndex,
    text: formatInstruction(createdBy ?? comment ?? ''),
    layerIndex: layerOf.get(historyIndex) ?? null,
  }));
}

/** An instruction as a place: the layer it made, or else its entry in the history. */
export function instructionPlace(evidence: ImageEvidence, { historyIndex, layerIndex }: Instruction): Evidence {
  const field = `history[${historyIndex}].created_by`;
  return layerIndex === null
    ? imagePlace(evidence, { field })
    : layerPlace(evidence, layerIndex, { field, state: 'metadata' });
}

/** The commands of a RUN instruction: what a shell would run one after the other, or at the ends of pipes. */
export function shellCommands(text: string): string[] {
  // What the classic builder writes in front: build arguments, whose values may have blanks.
  const run = /^RUN\s+(?:\|\d+\s.*?\/bin\/sh -c\s+)?(?:--\S+\s+)*/s.exec(text);
  if (run === null) return [];
  return text
    .slice(run[0].length)
    .split(/&&|\|\||[;\n]/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}
