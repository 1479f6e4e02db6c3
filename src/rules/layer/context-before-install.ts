import { calls, instructionPlace, instructionsOf } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** A copy of the context as a whole; the classic builder names only the digest of a folder. */
const COPY_ALL = /^(?:COPY|ADD)\s+(?:--(?!from)\S+\s+)*(?:\.\/?|dir:[0-9a-f]{64}\s+in)\s/;
/** Installations of what a project's own manifest or lock file names. */
const INSTALL =
  /^(?:npm\s+(?:ci|i|install)(?=\s+-|$)|(?:yarn|pnpm|bun)(?:\s+(?:i|install))?(?=\s+-|$)|pip3?\s+install\s.*-r\s|(?:poetry|pipenv|composer|bundle)\s+install|uv\s+(?:sync|pip\s+install\s.*-r)|go\s+mod\s+download|cargo\s+fetch|dotnet\s+restore|mvn\s.*dependency:)/;

/** An order of instructions that makes the cache of the build useless. */
export const layerContextBeforeInstall: Rule = {
  id: 'layer/context-before-install',
  title: 'The whole context was copied before dependencies were installed',
  severity: 'info',
  confidence: 'medium',
  why: 'Every change of any file makes the builder install all dependencies anew, and every image brings them as another layer: builds, pushes and pulls take longer than they need.',
  fix: 'Copy what names the dependencies first: COPY package.json package-lock.json ./, RUN npm ci, then COPY . ..',
  references: [
    'https://docs.docker.com/build/building/best-practices/#leverage-build-cache',
    'https://docs.docker.com/build/cache/optimize/#order-your-layers',
  ],
  *judgeImage(evidence) {
    const instructions = instructionsOf(evidence);
    const copy = instructions.findIndex(({ text }) => COPY_ALL.test(text));
    const install = instructions.findIndex((one, i) => i > copy && calls(one, (call) => INSTALL.test(call)));
    const [copied, installed] = [instructions[copy], instructions[install]];
    if (copied === undefined || installed === undefined) return;
    // Where they were installed before, only what the context adds is installed behind it.
    if (instructions.slice(0, copy).some((one) => calls(one, (call) => INSTALL.test(call)))) return;
    yield {
      key: 'context',
      state: 'metadata',
      message: 'Dependencies are installed above the layer that holds the whole context.',
      evidence: [copied, installed].map((instruction) => instructionPlace(evidence, instruction)),
    };
  },
};
