import { Args } from '@oclif/core';
import { describeRule } from '../src/audit/index.ts';
import { BaseCommand, outputWidth, writeOutput } from '../src/cli/index.ts';
import { renderRule } from '../src/report/index.ts';

/** `audit explain`: one rule, its why and its fix. */
export default class Explain extends BaseCommand {
  static override summary = 'Explain a rule: why it matters and what to do.';
  static override examples = ['<%= config.bin %> explain secrets/github-token'];
  static override args = {
    rule: Args.string({ description: 'a rule, as the report and `audit rules` name it', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(Explain);
    await writeOutput(renderRule(describeRule(args.rule), outputWidth(undefined)), undefined);
  }
}
