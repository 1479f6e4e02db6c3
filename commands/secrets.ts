import { Args, Flags } from '@oclif/core';
import { auditSecrets } from '../src/audit/index.ts';
import {
  abortOnInterrupt,
  BaseCommand,
  type DeclaredFlags,
  outputWidth,
  ProgressLine,
  programVersion,
  SECRET_FLAGS,
  toSecretOptions,
  wantsColours,
  writeOutput,
} from '../src/cli/index.ts';
import { SEVERITIES, type Severity } from '../src/core/index.ts';
import { renderJson, renderTable } from '../src/report/index.ts';

/** `audit secrets`: the search of layers, for what is not in an image yet. */
export default class Secrets extends BaseCommand {
  static override summary = 'Search a folder, a file or standard input for secrets, as layers of images are searched.';
  static override description =
    `Every file is searched, whatever it is called, its name and what is in archives in it included. Links are not followed; devices and pipes in a folder are named and not opened; what cannot be read is told.

Exit status: 0 nothing at or above --fail-on; 1 findings at or above it; 2 the search could not run; 3 it ran, but something could not be read (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> secrets .',
    'git diff --cached | <%= config.bin %> secrets -',
    '<%= config.bin %> secrets build/ --secret-rules .gitleaks.toml --format json --output report.json',
  ];
  static override args = {
    path: Args.string({ description: 'folder, file, or - for standard input', required: true, ignoreStdin: true }),
  };
  static override flags = {
    format: Flags.option({
      description: 'how to write the report',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    output: Flags.string({ char: 'o', description: 'write the report to a file', helpValue: 'FILE' }),
    'fail-on': Flags.option({
      description: 'lowest severity that makes the exit status 1',
      options: [...SEVERITIES, 'none'] as const,
      default: 'high' as const,
    })(),
    'allow-incomplete': Flags.boolean({ description: 'exit with 0, not 3, if something could not be read' }),
    reproducible: Flags.boolean({ description: 'leave times out: the same bytes give the same report, byte for byte' }),
    'no-progress': Flags.boolean({ description: 'show no progress on a terminal' }),
    ...SECRET_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Secrets);
    const flags: DeclaredFlags<typeof Secrets> = parsed.flags;
    const interrupt = abortOnInterrupt();
    const progress = new ProgressLine(process.stderr, !flags['no-progress']);
    try {
      const report = await auditSecrets({
        target: parsed.args.path,
        failOn: flags['fail-on'] as Severity | 'none',
        allowIncomplete: flags['allow-incomplete'],
        reproducible: flags.reproducible,
        ...(await toSecretOptions(flags, process.env)),
        version: programVersion(),
        signal: interrupt.signal,
        onProgress: (update) => progress.update(update),
      });
      progress.clear();
      const text =
        flags.format === 'json'
          ? renderJson(report)
          : renderTable(report, {
              colours: wantsColours(process.env, flags.output),
              width: outputWidth(flags.output),
            });
      await writeOutput(text, flags.output, { secret: flags.reveal });
      process.exitCode = report.verdict.exitStatus;
    } finally {
      progress.clear();
      interrupt.release();
    }
  }
}
