import { formatInstruction } from '../image/index.ts';
import { type DockerfileStage, type DockerfileStep, flatten } from './dockerfile.ts';

/** A step of an image's history, as far as stages go. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly emptyLayer: boolean;
}

/** A history held against the stages of a Dockerfile that should have made it. */
export type AlignedDockerfile =
  /** The step of the Dockerfile that made each step of the history; null for those of the image that it begins with. */
  | { readonly fits: true; readonly steps: readonly (DockerfileStep | null)[] }
  /** Nothing is told where they do not fit. */
  | { readonly fits: false; readonly reason: string };

/** Instructions that may put files into a layer. WORKDIR does with BuildKit and with nobody else. */
const FILLING = new Set(['RUN', 'COPY', 'ADD']);

/** Whether a step puts files into a layer of its own. */
export function mayFill({ keyword }: DockerfileStep): boolean {
  return FILLING.has(keyword) || keyword === 'WORKDIR';
}

/**
 * Aligns a history with a Dockerfile from the end: every RUN, COPY and ADD of the stages has to be there, in order, with
 * its text. Settings (ENV, CMD, LABEL …) are written otherwise by every builder, some leave them out, and they make no
 * layers: they are compared by keyword and never decide. What is left of the history is the image that the lowest stage
 * begins with; from `scratch` nothing may be left.
 *
 * The attack: a Dockerfile of another image, or a history with lies. If one step does not fit, none is told of.
 */
export function alignDockerfile(
  history: readonly HistoryStep[],
  stages: readonly DockerfileStage[],
): AlignedDockerfile {
  const steps = stages.flatMap((stage) => stage.steps);
  const made: (DockerfileStep | null)[] = history.map(() => null);
  let at = steps.length - 1;
  for (let i = history.length - 1; i >= 0 && at >= 0; i -= 1) {
    const { createdBy, emptyLayer } = history[i] as HistoryStep;
    const { keyword, text } = readStep(createdBy);
    if (!FILLING.has(keyword)) {
      // A setting of the base image stays one of the base image: nothing depends on it.
      const step = previous(steps, at, (one) => one.keyword === keyword);
      if (step >= 0 && (keyword !== 'WORKDIR' || fitsTexts(steps[step] as DockerfileStep, text))) {
        made[i] = steps[step] as DockerfileStep;
        at = step - 1;
      } else if (!emptyLayer && keyword !== 'WORKDIR') {
        break;
      }
      continue;
    }
    const step = previous(steps, at, (one) => FILLING.has(one.keyword));
    if (step < 0) break;
    const wanted = steps[step] as DockerfileStep;
    if (wanted.keyword !== keyword || !fitsTexts(wanted, text))
      return misfit(wanted, flatten(formatInstruction(createdBy)));
    made[i] = wanted;
    at = step - 1;
  }
  const missing = steps.slice(0, at + 1).findLast(({ keyword }) => FILLING.has(keyword));
  if (missing !== undefined) return misfit(missing, null);
  const below = history.findIndex((step, i) => made[i] === null && !step.emptyLayer);
  if (stages[0]?.from.toLowerCase() === 'scratch' && below >= 0) {
    const text = flatten(formatInstruction((history[below] as HistoryStep).createdBy));
    return { fits: false, reason: `it begins with scratch, and the history has ${quote(text)} below its first step` };
  }
  return { fits: true, steps: made };
}

/** The last step that settings only stand behind; -1 if there is none. */
function previous(steps: readonly DockerfileStep[], from: number, isWanted: (step: DockerfileStep) => boolean): number {
  for (let i = from; i >= 0; i -= 1) {
    const step = steps[i] as DockerfileStep;
    if (isWanted(step)) return i;
    if (FILLING.has(step.keyword)) return -1;
  }
  return -1;
}

function readStep(createdBy: string): { keyword: string; text: string } {
  const flat = flatten(formatInstruction(createdBy)).replace(/^RUN \|\d+ .*?\/bin\/sh -c /, 'RUN ');
  const space = flat.indexOf(' ');
  const keyword = (space < 0 ? flat : flat.slice(0, space)).toUpperCase();
  const text = space < 0 ? '' : flat.slice(space + 1);
  return { keyword, text: text.replace(/^(?:--[a-z-]+(?:=\S+)? )+/, '') };
}

function fitsTexts({ keyword, texts }: DockerfileStep, text: string): boolean {
  if (keyword === 'RUN') return texts.some((one) => text === one || text.endsWith(` ${one}`));
  const content = /^(?:file|dir|multi):\S+ in (.*)$/.exec(text);
  // Classic builders name content by digest: what is left to compare is where it went.
  if (content !== null) return texts.some((one) => fitsTarget(one, content[1] ?? ''));
  return texts.some((one) => matchesVariables(one, text));
}

function fitsTarget(text: string, target: string): boolean {
  const last = text.split(' ').at(-1) ?? '';
  if (!last.startsWith('/') || last.includes('$')) return true;
  return last.replace(/\/+$/, '') === target.trim().replace(/\/+$/, '');
}

/** Whether a text is another one, in which variables stand for whatever they were. */
function matchesVariables(pattern: string, text: string): boolean {
  const parts = pattern.split(/\$(?:\{[^}]*\}|\w+)/);
  if (parts.length === 1) return pattern === text;
  const [first = '', ...rest] = parts;
  const end = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(end) || text.length < first.length + end.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - end.length;
}

function misfit({ keyword, texts, line }: DockerfileStep, found: string | null): AlignedDockerfile {
  const step = `line ${line}, ${quote(`${keyword} ${texts.at(-1) ?? ''}`)}`;
  const reason =
    found === null ? `${step} is not in the history` : `${step} would have to be ${quote(found)} in the history`;
  return { fits: false, reason };
}

function quote(instruction: string): string {
  // What is copied has a name of sixty-four digits, behind which it says where to.
  const text = instruction.replace(/\b((?:file|dir|multi):[0-9a-f]{12})[0-9a-f]+/g, '$1…');
  return `“${text.length > 80 ? `${text.slice(0, 79)}…` : text}”`;
}
