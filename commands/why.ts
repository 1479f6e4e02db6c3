import { Args, Flags } from '@oclif/core';
import { explainPath } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  runToOutput,
  tableOptions,
  toExamineOptions,
} from '../src/cli/index.ts';
import { renderWhyTable, toJson } from '../src/report/index.ts';

/** `audit why`: where a path comes from. */
export default class Why extends BaseCommand {
  static override summary = 'Tell where a file or folder of an image comes from, and what would go with it.';
  static override description =
    `Shows every version of the path in every layer: the instruction that put it there, the build stage that it belongs to, and the instruction that changed or deleted it; and the package that owns it. Deleted files are found as well. IMAGE is whatever audit image takes.

Exit status: 0 the answer is complete; 2 no layer has the path, or the image could not be read; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> why acme.tar /app/.env',
    '<%= config.bin %> why debian:13-slim usr/share/doc --format json',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
    path: Args.string({ description: 'path in the image, from its root', required: true, ignoreStdin: true }),
  };
  static override flags = {
    format: Flags.option({
      description: 'how to write the answer',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    ...IMAGE_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Why);
    const flags: DeclaredFlags<typeof Why> = parsed.flags;
    const { image: reference, path } = parsed.args;
    const options = {
      ...(await toExamineOptions(flags, reference)),
      path,
    };
    await runToOutput(
      flags,
      (channels) => explainPath({ ...options, ...channels }),
      (report) => ({
        text: flags.format === 'json' ? toJson(report) : renderWhyTable(report, tableOptions(flags)),
        exitStatus: report.verdict.exitStatus,
      }),
    );
  }
}
