import type { Hook } from '@oclif/core';
import { EXIT } from '../audit/index.ts';
import { AuditError } from '../core/index.ts';
import { endWith } from './end-with.ts';
import { renderError } from './render-error.ts';

/** oclif's hook for a command that is not there: told like every other error of usage. */
const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  const commands = config.commandIDs.toSorted().map((one) => one.replaceAll(':', ' '));
  const error = new AuditError('USAGE_INVALID', `there is no command ${JSON.stringify(id.replaceAll(':', ' '))}`, {
    hint: `The commands are: ${commands.join(', ')}. To audit an image, write: audit image IMAGE`,
  });
  await endWith(EXIT.couldNotRun, renderError(error, false));
};

export default commandNotFound;
