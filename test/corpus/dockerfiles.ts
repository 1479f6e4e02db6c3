/** Dockerfiles that another project labelled: every instruction of a `fail` file must be found, and none of a `pass` file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { auditRecipe } from '../support/audit-recipe.ts';
import type { ImageRecipe } from '../support/image-builder.ts';
import { file } from '../support/tar-writer.ts';

/** Rules that say what the labels say. */
const RULES = /^(?:layer\/(?:unverified-download|sudo)|config\/tls-off|secrets\/)/;

/** Instructions that are labelled otherwise than they are judged, for a reason that was looked into. */
const EXPLAINED: readonly (readonly [instruction: RegExp, why: string])[] = [
  [/^RUN LOL='123\\''/, 'a shell finds no end of its last quote'],
  [/^RUN (?:echo 'root:' \| )?chpasswd/, 'no password stands there; one that is set is found in /etc/shadow'],
];

/** What {@link judgeDockerfiles} tells. */
export interface JudgedDockerfiles {
  readonly instructions: number;
  readonly explained: number;
  /** `<check>/<file>: <instruction>`, with what was found. */
  readonly differences: readonly string[];
}

/** Judges every RUN and ENV of the labelled files, each as an image of its own. */
export async function judgeDockerfiles(folder: string): Promise<JudgedDockerfiles> {
  const differences: string[] = [];
  let instructions = 0;
  let explained = 0;
  for (const check of readdirSync(folder)) {
    for (const label of ['pass', 'fail', 'fail_multiline']) {
      const files = existsSync(`${folder}/${check}/${label}`) ? readdirSync(`${folder}/${check}/${label}`) : [];
      for (const name of files) {
        const text = readFileSync(`${folder}/${check}/${label}/${name}`, 'utf8');
        for (const instruction of DockerfileParser.parse(text).getInstructions()) {
          const recipe = toRecipe(instruction);
          if (recipe === null) continue;
          instructions += 1;
          const found = (await auditRecipe(recipe)).findings.map(({ rule }) => rule).filter((rule) => RULES.test(rule));
          if (found.length > 0 === (label !== 'pass')) continue;
          const shown = instruction.getTextContent();
          if (EXPLAINED.some(([pattern]) => pattern.test(shown))) explained += 1;
          else differences.push(`${check}/${label}/${name}: ${shown} (found: ${found.join(', ') || 'nothing'})`);
        }
      }
    }
  }
  return { instructions, explained, differences };
}

/** The image that BuildKit makes of an instruction; null for those that are not judged here. */
function toRecipe(instruction: Instruction): ImageRecipe | null {
  const keyword = instruction.getKeyword();
  const base = { createdBy: 'COPY a /a # buildkit', members: [file('a', 'a')] };
  if (keyword === 'RUN') {
    const command = instruction.getTextContent().slice(3).replace(/\\\n/g, ' ').trim();
    return {
      steps: [base, { createdBy: `RUN /bin/sh -c ${command} # buildkit`, members: [file('b', 'b')] }],
      config: { User: '1:1' },
    };
  }
  if (keyword !== 'ENV') return null;
  const { getProperties } = instruction as unknown as {
    getProperties: (this: unknown) => { getName: () => string; getValue: () => string | null }[];
  };
  const env = getProperties.call(instruction).map((one) => `${one.getName()}=${one.getValue()}`);
  return { steps: [base], config: { User: '1:1', Env: env } };
}
