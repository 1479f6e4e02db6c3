import { formatInstruction } from '../image/index.ts';
import type { ImageEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import { imagePlace, layerPlace } from './places.ts';
import type { Draft } from './rule.ts';

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

/**
 * The commands of a RUN instruction: what a shell runs one after the other. Pipes are left whole.
 *
 * Patterns for them begin at their start. The attack: an instruction of a megabyte that says `curl` two hundred thousand
 * times makes a pattern that may begin anywhere look through the rest once for each of them.
 */
export function shellCommands(text: string): string[] {
  // What the classic builder writes in front: build arguments, whose values may have blanks.
  const run = /^RUN\s+(?:\|\d+\s.*?\/bin\/sh -c\s+)?(?:--\S+\s+)*/s.exec(text);
  if (run === null) return [];
  return splitCommands(text.slice(run[0].length));
}

/** What a shell runs one after the other. */
export function splitCommands(text: string): string[] {
  return text
    .split(/&&|\|\||[;\n]/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** What stands in front of a program's name: words of the shell, variables for it alone, programs that only run it. */
const PREFIX =
  /^(?:(?:if|then|elif|else|while|until|do|!|time|exec|command|env|nice|nohup|eval|set\s+-\S+)\s+|\w+=(?:"[^"]*"|'[^']*'|\S*)\s+|sudo\s+(?:-\S+\s+)*)+/;

/** A command without what stands in front of its program's name. */
export function withoutPrefix(command: string): string {
  return command.trim().replace(PREFIX, '');
}

/** The programs that a RUN instruction calls, with their arguments: ends of pipes and what is in parentheses apart. */
export function programCalls(text: string): string[] {
  return shellCommands(text).flatMap((command) =>
    command
      .split(/[|&(){}`]+/)
      .map(withoutPrefix)
      .filter((call) => call !== ''),
  );
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

/** Whether one of the calls of a RUN instruction is such a one. */
export function calls({ text }: Instruction, isOne: (call: string) => boolean): boolean {
  return programCalls(text).some(isOne);
}

const DOWNLOAD = /^(?:curl|wget|fetch)\s/;
const SHELL = /^(?:\S*\/)?(?:(?:ba|da|a|z|k)?sh|python\d?(?:\.\d+)?|perl|ruby|node|php)(?:\s|$)/;
/** A shell that is given what a download printed. */
const SUBSTITUTED = /^(?:sudo\s+)?(?:\S*\/)?(?:ba|da|a|z|k)?sh\s+(?:-\w+\s+)*["']?(?:\$\(|<\(|`)\s*(?:curl|wget)\s/;

/** Whether a command gives what it downloads to a shell. */
export function runsDownload(command: string): boolean {
  if (SUBSTITUTED.test(command)) return true;
  const ends = command.split('|').map((end) => withoutPrefix(end.replace(/^\s*\(/, '')));
  return ends.some((end, i) => i > 0 && SHELL.test(end) && DOWNLOAD.test(ends[i - 1] as string));
}
