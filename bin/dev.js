#!/usr/bin/env node
// Runs the commands from their TypeScript sources, without building: Node strips the types.
import { Config, run } from '@oclif/core';

const root = new URL('..', import.meta.url).pathname;
const config = await Config.load({
  root,
  pjson: {
    ...(await import('../package.json', { with: { type: 'json' } })).default,
    oclif: { bin: 'audit', dirname: 'layer-audit', commands: './commands', topicSeparator: ' ' },
  },
});
await run(process.argv.slice(2), config);
