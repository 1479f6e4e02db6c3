import { commandsOf, programCall } from '../command.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const RUNNER =
  /^(?:\S*\/)?(?:(?:npm|yarn|pnpm|bun)\s+(?:run(?:-script)?\s+\S|start|serve)|npx\s|(?:poetry|pipenv|uv|pdm)\s+run\s|bundle\s+exec\s|mvn\s|gradle\s|dotnet\s+run|go\s+run|cargo\s+run)/;

/** npm, yarn and others as PID 1. */
export const configPackageRunner: Rule = {
  id: 'config/package-runner',
  title: 'A package manager is the container’s first process',
  severity: 'info',
  confidence: 'high',
  why: 'npm, yarn and the like start the program as their child: some do not hand signals on, so that it is killed in the middle of its work when the container stops, and all of them stay in memory and have to be in the image.',
  fix: 'Start the program itself, as the script in package.json says: CMD ["node", "server.js"].',
  references: [
    'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd',
    'https://docs.docker.com/build/building/best-practices/#cmd',
  ],
  *judgeImage(evidence) {
    for (const { field, words } of commandsOf(evidence)) {
      if (field === 'config.Healthcheck.Test') continue;
      const call = programCall(words);
      if (!RUNNER.test(call)) continue;
      yield {
        key: field,
        state: 'metadata',
        message: `${field} starts ${JSON.stringify(evidence.redact(call).slice(0, 200))}.`,
        evidence: [imagePlace(evidence, { field })],
      };
    }
  },
};
