import { formatInstruction, type Image } from '../image/index.ts';
import type { ImageEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import { oncePer } from './once-per.ts';
import { imagePlace, layerPlace } from './places.ts';
import type { Draft } from './rule.ts';
import { readShell, type ShellCall } from './shell-text.ts';

/** An instruction of the Dockerfile, as the history tells it. */
export interface Instruction {
  readonly historyIndex: number;
  /** `RUN apt-get update`; what ran, without flags of the builder's. */
  readonly text: string;
  /** The layer that it made; null where it made none, or nobody knows which. */
  readonly layerIndex: number | null;
  /** The programs that a RUN instruction calls. */
  readonly calls: readonly ShellCall[];
}

/** All instructions of an image's history, the base image's first. */
export function instructionsOf({ image }: ImageEvidence): readonly Instruction[] {
  return readHistory(image);
}

const readHistory = oncePer((image: Image): readonly Instruction[] => {
  const layerOf = new Map(
    image.layers.flatMap(({ step, index }) => (step === null ? [] : [[step.historyIndex, index] as const])),
  );
  return (image.config?.history ?? []).map(({ createdBy, comment }, historyIndex) => {
    const text = formatInstruction(createdBy ?? comment ?? '');
    return { historyIndex, text, layerIndex: layerOf.get(historyIndex) ?? null, calls: readRun(text) };
  });
});

/** An instruction as a place: the layer it made, or else its entry in the history. */
export function instructionPlace(evidence: ImageEvidence, { historyIndex, layerIndex }: Instruction): Evidence {
  const field = `history[${historyIndex}].created_by`;
  return layerIndex === null
    ? imagePlace(evidence, { field })
    : layerPlace(evidence, layerIndex, { field, state: 'metadata' });
}

/** What a RUN instruction gives to the shell; empty for other instructions. */
function readRun(text: string): ShellCall[] {
  // What the classic builder writes in front: build arguments, whose values may have blanks.
  const run = /^RUN\s+(?:\|\d+\s.*?\/bin\/sh -c\s+)?(?:--\S+\s+)*/s.exec(text);
  return run === null ? [] : readShell(text.slice(run[0].length));
}

/** How the finding for instructions of a kind is told. */
export interface InstructionsTelling {
  readonly key: string;
  /** How the sentence goes on behind `An instruction` and behind `3 instructions`. */
  readonly verb: readonly [one: string, several: string];
  /** The rest of the sentence, without its full stop. */
  readonly what: string;
}

/** One finding for all instructions of a kind. */
export function* judgeInstructions(
  evidence: ImageEvidence,
  isOne: (instruction: Instruction) => boolean,
  { key, verb, what }: InstructionsTelling,
): Iterable<Draft> {
  const found = instructionsOf(evidence).filter(isOne);
  if (found.length === 0) return;
  yield {
    key,
    state: 'metadata',
    message: `${found.length === 1 ? `An instruction ${verb[0]}` : `${found.length} instructions ${verb[1]}`} ${what}.`,
    evidence: found.map((instruction) => instructionPlace(evidence, instruction)),
  };
}

/** Whether one of the calls of an instruction, its words with a blank between them, is such a one. */
export function calls(instruction: Instruction, isOne: (call: string) => boolean): boolean {
  return instruction.calls.some(({ words }) => isOne(words.join(' ')));
}
