import { Args, Flags } from '@oclif/core';
import { diffImages } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  FAIL_ON_FLAG,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  isStdin,
  runToOutput,
  tableOptions,
  toExamineOptions,
} from '../src/cli/index.ts';
import { AuditError, parsePlatform, type Severity } from '../src/core/index.ts';
import { renderDiffTable, toJson } from '../src/report/index.ts';

/** `audit diff`: what changed. */
export default class Diff extends BaseCommand {
  static override summary = 'Compare two images, two platforms of one image, or an image before and after some layers.';
  static override description =
    `Tells files that were added, removed or changed (content, mode, owner, extended attributes), packages that came, went, and went up or down, settings, steps of the history, layers that both share, and findings that are new or fixed. What differs in its time only is counted, not listed. BEFORE and AFTER are whatever audit image takes; without AFTER, BEFORE is compared with itself.

Exit status: 0 no new finding at or above --fail-on; 1 new findings at or above it; 2 it could not be compared; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> diff ghcr.io/acme/api:1.4 ghcr.io/acme/api:1.5',
    '<%= config.bin %> diff acme.tar --from-platform linux/amd64 --to-platform linux/arm64',
    '<%= config.bin %> diff acme.tar --from-layer 2 --to-layer 4',
    '<%= config.bin %> diff registry.example/api:prod build/ --only new --fail-on medium',
  ];
  static override args = {
    before: IMAGE_ARGUMENT,
    after: Args.string({ description: 'the same; left out for one image', ignoreStdin: true }),
  };
  static override flags = {
    'from-platform': Flags.string({ description: 'platform of the image before', helpValue: 'OS/ARCH' }),
    'to-platform': Flags.string({ description: 'platform of the image after', helpValue: 'OS/ARCH' }),
    'from-layer': Flags.integer({
      description: 'take the image before as it was after this layer',
      min: 0,
      helpValue: 'N',
    }),
    'to-layer': Flags.integer({
      description: 'take the image after as it was after this layer',
      min: 0,
      helpValue: 'N',
    }),
    only: Flags.option({
      description: 'list only what the image after has and the one before has not',
      options: ['new'] as const,
    })(),
    format: Flags.option({
      description: 'how to write the comparison',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    top: Flags.integer({
      description: 'how many files of each kind to show in the table',
      min: 0,
      max: 100000,
      default: 20,
      helpValue: 'N',
    }),
    ...FAIL_ON_FLAG,
    ...IMAGE_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Diff);
    const flags: DeclaredFlags<typeof Diff> = parsed.flags;
    const { before, after } = parsed.args;
    const { 'from-platform': platformBefore, 'to-platform': platformAfter } = flags;
    if (after !== undefined && after !== before && isStdin(before) && isStdin(after))
      throw new AuditError('USAGE_INVALID', 'standard input holds one image, and two are to be read from it');
    const options = {
      ...(await toExamineOptions(flags, before, after === undefined ? [] : [after])),
      ...(after === undefined ? {} : { after }),
      ...(platformBefore === undefined ? {} : { platformBefore: parsePlatform(platformBefore) }),
      ...(platformAfter === undefined ? {} : { platformAfter: parsePlatform(platformAfter) }),
      ...(flags['from-layer'] === undefined ? {} : { layerBefore: flags['from-layer'] }),
      ...(flags['to-layer'] === undefined ? {} : { layerAfter: flags['to-layer'] }),
      only: flags.only ?? ('everything' as const),
      failOn: flags['fail-on'] as Severity | 'none',
    };
    await runToOutput(
      flags,
      (channels) => diffImages({ ...options, ...channels }),
      (report) => ({
        text:
          flags.format === 'json'
            ? toJson(report)
            : renderDiffTable(report, { ...tableOptions(flags), top: flags.top }),
        exitStatus: report.verdict.exitStatus,
      }),
    );
  }
}
