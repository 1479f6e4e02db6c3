import type { Dockerfile, From, Instruction, ModifiableInstruction, Onbuild } from 'dockerfile-ast';
import { AuditError } from '../core/index.ts';

/** One `FROM` of a Dockerfile and what follows it. */
export interface DockerfileStage {
  readonly index: number;
  /** As `FROM … AS name` has it, in lower case as builders compare it; null without. */
  readonly name: string | null;
  /** The image it begins with, default values of arguments put in. */
  readonly from: string;
  /** The stage that this image is, where it is one. */
  readonly fromStage: number | null;
  /** Line of its `FROM`, from 1. */
  readonly line: number;
  readonly steps: readonly DockerfileStep[];
}

/** An instruction of a stage. */
export interface DockerfileStep {
  readonly stage: number;
  readonly keyword: string;
  /** Its arguments without flags, in one line; of a here-document what is in it, too. */
  readonly texts: readonly string[];
  /** Line it begins in, from 1. */
  readonly line: number;
  /** What `--from` names. */
  readonly copiesFrom: string | null;
}

/** Largest Dockerfile that is read; real ones have some kilobytes, and the parser takes time by their square. */
const MAX_CHARS = 256 * 1024;

/**
 * Reads a Dockerfile as far as stages go.
 * @throws AuditError `DOCKERFILE_INVALID`
 */
export async function parseDockerfile(text: string, name: string): Promise<DockerfileStage[]> {
  if (text.length > MAX_CHARS) throw new AuditError('DOCKERFILE_INVALID', `${name} is larger than 256 KiB`);
  // Loaded where it is needed: every other command starts without it.
  const { DockerfileParser } = await import('dockerfile-ast');
  const dockerfile = DockerfileParser.parse(text);
  const stages: (DockerfileStage & { steps: DockerfileStep[] })[] = [];
  /** What each stage has others do that begin with it; it is done first, and once. */
  const triggers = new Map<number, Instruction[]>();
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    const last = stages.at(-1);
    if (keyword === 'FROM') {
      const from = expand((instruction as From).getImage() ?? '', dockerfile);
      const known = stages.find((stage) => stage.name !== null && stage.name === from.toLowerCase());
      const index = stages.length;
      const first = triggers.get(known?.index ?? -1) ?? [];
      stages.push({
        index,
        name: (instruction as From).getBuildStage()?.toLowerCase() ?? null,
        from,
        fromStage: known?.index ?? null,
        line: instruction.getRange().start.line + 1,
        steps: first.map((trigger) => toStep(trigger, index, dockerfile)),
      });
    } else if (last !== undefined) {
      const trigger = keyword === 'ONBUILD' ? (instruction as Onbuild).getTriggerInstruction() : null;
      if (trigger !== null) triggers.set(last.index, [...(triggers.get(last.index) ?? []), trigger]);
      last.steps.push(toStep(instruction, last.index, dockerfile));
    } else if (keyword !== 'ARG') {
      throw new AuditError('DOCKERFILE_INVALID', `${name} has ${keyword} before its first FROM`);
    }
  }
  if (stages.length === 0) throw new AuditError('DOCKERFILE_INVALID', `${name} has no FROM: it is no Dockerfile`);
  return stages;
}

/**
 * The stages that an image of a target is made of, the lowest first: the target itself, the one it begins with, and so
 * on.
 * @throws AuditError `DOCKERFILE_INVALID` where there is no such target
 */
export function stagesOfTarget(
  stages: readonly DockerfileStage[],
  target: string | undefined,
  name: string,
): DockerfileStage[] {
  let stage =
    target === undefined
      ? stages.at(-1)
      : stages.find((one) => one.name === target.toLowerCase() || String(one.index) === target);
  if (stage === undefined) {
    const names = stages.map((one) => one.name ?? String(one.index)).join(', ');
    throw new AuditError('DOCKERFILE_INVALID', `${name} has no stage ${target}`, { hint: `It has ${names}.` });
  }
  const chain: DockerfileStage[] = [];
  // A stage begins with an earlier one only: this ends.
  for (; stage !== undefined; stage = stage.fromStage === null ? undefined : stages[stage.fromStage])
    chain.unshift(stage);
  return chain;
}

/** A text in one line, as a history has it. */
export function flatten(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function toStep(instruction: Instruction, stage: number, dockerfile: Dockerfile): DockerfileStep {
  const raw = instruction.getRawArgumentsContent() ?? '';
  // The parser's own getFromFlag sees it only where it is the only flag.
  const flags = 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags() : [];
  const from = flags.find((flag) => flag.getName().toLowerCase() === 'from')?.getValue();
  return {
    stage,
    keyword: instruction.getKeyword(),
    texts: textsOf(raw, dockerfile.getEscapeCharacter()),
    line: instruction.getRange().start.line + 1,
    copiesFrom: from ?? null,
  };
}

/** What a history may say of an instruction's arguments. */
function textsOf(raw: string, continued: string): string[] {
  const document = /^<<-?\s*(["']?)(\w+)\1\s*\n([\s\S]*?)\n?\s*\2\s*$/.exec(raw);
  // BuildKit gives the shell what is in a here-document, and the history has that.
  if (document !== null) return [flatten(document[3] ?? ''), flatten(raw)];
  if (raw.includes('<<')) return [flatten(raw)];
  const joined = raw
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => (line.trimEnd().endsWith(continued) ? line.trimEnd().slice(0, -1) : line))
    .join('');
  const words = execForm(joined);
  return words === null ? [flatten(joined)] : [flatten(words.join(' ')), flatten(joined)];
}

/** Words of `["a", "b"]`; null for what is none. */
function execForm(text: string): string[] | null {
  if (!text.trimStart().startsWith('[')) return null;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}

/** Puts default values of arguments into a `FROM`; those without one stay as they are written. */
function expand(text: string, dockerfile: Dockerfile): string {
  const values = new Map(
    dockerfile.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );
  return text.replace(/\$(?:\{(\w+)(?::[-+][^}]*)?\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const fallback = /:-([^}]*)\}$/.exec(whole)?.[1];
    return values.get(braced ?? bare) ?? fallback ?? whole;
  });
}
