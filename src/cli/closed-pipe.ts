import type { Hook } from '@oclif/core';

/**
 * Ends the process when nobody reads its output any more, as in `audit image --help | head -1`: oclif waits for the
 * pipe to be emptied, for good. What a command was to end with stays.
 */
const hook: Hook.Init = () => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') setImmediate(() => process.exit());
  });
  return Promise.resolve();
};

export default hook;
