import { Flags } from '@oclif/core';
import { EXIT, listPackages } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  runToOutput,
  tableOptions,
  toExamineOptions,
} from '../src/cli/index.ts';
import {
  type PackagesReport,
  renderCycloneDx,
  renderJson,
  renderPackagesCsv,
  renderPackagesTable,
  renderSpdx,
} from '../src/report/index.ts';

/** `audit packages`: what is installed in an image. */
export default class Packages extends BaseCommand {
  static override summary = 'List the packages of an image, and the layer that brought each.';
  static override description =
    `Reads the databases of dpkg, apk, rpm, pacman, opkg and Portage, the stores of Nix and Homebrew; modules of npm, Python, Ruby, PHP, .NET, R, Lua and conda; plugins of WordPress; programs that cargo installed; jars, in each other too; what Go and cargo-auditable write into programs; and the versions that well-known programs and libraries tell where no package brought them (type generic). IMAGE is whatever audit image takes.

Exit status: 0 the list is complete; 2 it could not be made; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> packages debian:13-slim',
    '<%= config.bin %> packages acme.tar --format cyclonedx --output acme.cdx.json',
    '<%= config.bin %> packages acme.tar --removed',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    declared: Flags.boolean({ description: 'list what lock files name as well, installed or not' }),
    removed: Flags.boolean({ description: 'list what lower layers had installed as well' }),
    format: Flags.option({
      description: 'how to write the list',
      options: ['table', 'json', 'csv', 'cyclonedx', 'spdx'] as const,
      default: 'table' as const,
    })(),
    ...IMAGE_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Packages);
    const flags: DeclaredFlags<typeof Packages> = parsed.flags;
    const reference = parsed.args.image;
    const options = {
      ...(await toExamineOptions(flags, reference)),
      states: [...(flags.declared ? (['declared'] as const) : []), ...(flags.removed ? (['removed'] as const) : [])],
    };
    await runToOutput(
      flags,
      (channels) => listPackages({ ...options, ...channels }),
      async (report) => ({
        text: await render(report, flags),
        exitStatus: report.complete || flags['allow-incomplete'] ? EXIT.passed : EXIT.incomplete,
      }),
    );
  }
}

async function render(report: PackagesReport, flags: DeclaredFlags<typeof Packages>): Promise<string> {
  switch (flags.format) {
    case 'json':
      return renderJson(report);
    case 'csv':
      return renderPackagesCsv(report);
    case 'cyclonedx':
      return renderCycloneDx(report);
    case 'spdx':
      return renderSpdx(report);
    default:
      return renderPackagesTable(report, tableOptions(flags));
  }
}
