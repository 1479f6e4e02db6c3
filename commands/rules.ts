import { Flags } from '@oclif/core';
import { describeRules } from '../src/audit/index.ts';
import { BaseCommand, type DeclaredFlags, writeOutput } from '../src/cli/index.ts';
import { renderRuleList } from '../src/report/index.ts';

/** `audit rules`: what is looked for. */
export default class Rules extends BaseCommand {
  static override summary = 'List everything that an audit looks for.';
  static override examples = ['<%= config.bin %> rules', '<%= config.bin %> rules --format json'];
  static override flags = {
    format: Flags.option({
      description: 'how to write the list',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
  };

  override async run(): Promise<void> {
    const flags: DeclaredFlags<typeof Rules> = (await this.parse(Rules)).flags;
    const rules = describeRules();
    await writeOutput(
      flags.format === 'json' ? `${JSON.stringify(rules, null, 2)}\n` : renderRuleList(rules),
      undefined,
    );
  }
}
