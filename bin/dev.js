#!/usr/bin/env node
// Runs the commands from their TypeScript sources, without building: Node strips the types.
import { Config, flush, run } from '@oclif/core';

const root = new URL('..', import.meta.url).pathname;
const config = await Config.load({
  root,
  pjson: {
    ...(await import('../package.json', { with: { type: 'json' } })).default,
    oclif: {
      bin: 'audit',
      dirname: 'layer-audit',
      commands: './commands',
      topicSeparator: ' ',
      hooks: { command_not_found: './src/cli/command-not-found.ts', init: './src/cli/closed-pipe.ts' },
    },
  },
});
await run(process.argv.slice(2), config);
await flush();
