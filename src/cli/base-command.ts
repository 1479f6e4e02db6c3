import { Command, Flags, type Interfaces } from '@oclif/core';
import { EXIT } from '../audit/index.ts';
import { AuditError } from '../core/index.ts';
import { endWith } from './end-with.ts';
import { renderError, renderUsageError } from './render-error.ts';

/** The flags a command declares, without oclif's index signature: a flag that is not declared does not compile. */
export type DeclaredFlags<T extends typeof Command> = {
  [K in keyof Interfaces.InferredFlags<T['flags']> as string extends K ? never : K]: Interfaces.InferredFlags<
    T['flags']
  >[K];
};

/** What all commands share: how errors are told, and which status the process ends with. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    verbose: Flags.boolean({ description: 'tell what an error was caused by', helpGroup: 'GLOBAL' }),
  };

  /** Set by oclif's own --help and --version, which end by throwing. */
  protected override async catch(error: Error & { oclif?: { exit?: number }; exitCode?: number }): Promise<void> {
    if (error.oclif?.exit === 0 || isClosedPipe(error)) {
      process.exitCode = EXIT.passed;
      return;
    }
    const verbose = this.argv.includes('--verbose');
    if (error.oclif !== undefined) {
      await endWith(EXIT.couldNotRun, renderUsageError(error.message, this.id ?? ''));
      return;
    }
    await endWith(error instanceof AuditError ? EXIT.couldNotRun : EXIT.bug, renderError(error, verbose));
  }
}

/** A reader that went away, as `head` does, is no failure. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
