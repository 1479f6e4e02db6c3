import { Args, Flags } from '@oclif/core';
import { EXIT, type ListPackagesOptions, listPackages, loadFingerprintKey } from '../src/audit/index.ts';
import {
  abortOnInterrupt,
  BaseCommand,
  CONNECTION_FLAGS,
  CREDENTIAL_FLAGS,
  type DeclaredFlags,
  outputWidth,
  ProgressLine,
  programVersion,
  toRegistryOptions,
  wantsColours,
  writeOutput,
} from '../src/cli/index.ts';
import { parsePlatform } from '../src/core/index.ts';
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
    `Reads the databases of dpkg, apk, rpm, pacman and opkg; modules of npm, Python, Ruby, PHP, .NET and conda; programs that cargo installed; jars, in each other too; and what Go writes into its programs. IMAGE is whatever audit image takes.

Exit status: 0 the list is complete; 2 it could not be made; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> packages debian:13-slim',
    '<%= config.bin %> packages acme.tar --format cyclonedx --output acme.cdx.json',
    '<%= config.bin %> packages acme.tar --removed',
  ];
  static override args = {
    image: Args.string({ description: 'reference, path, or - for standard input', required: true, ignoreStdin: true }),
  };
  static override flags = {
    platform: Flags.string({
      description: 'list this platform only, as linux/arm64; may be given several times',
      multiple: true,
      helpValue: 'OS/ARCH',
    }),
    'all-images': Flags.boolean({
      description: 'list all images of an archive, where it has several of one platform',
    }),
    declared: Flags.boolean({ description: 'list what lock files name as well, installed or not' }),
    removed: Flags.boolean({ description: 'list what lower layers had installed as well' }),
    format: Flags.option({
      description: 'how to write the list',
      options: ['table', 'json', 'csv', 'cyclonedx', 'spdx'] as const,
      default: 'table' as const,
    })(),
    output: Flags.string({ char: 'o', description: 'write the list to a file', helpValue: 'FILE' }),
    'allow-incomplete': Flags.boolean({ description: 'exit with 0, not 3, if something could not be examined' }),
    reproducible: Flags.boolean({ description: 'leave times out: the same bytes give the same list, byte for byte' }),
    jobs: Flags.integer({ char: 'j', description: 'most layers examined at once', min: 1, max: 64, helpValue: 'N' }),
    'no-progress': Flags.boolean({ description: 'show no progress on a terminal' }),
    ...CREDENTIAL_FLAGS,
    ...CONNECTION_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Packages);
    const flags: DeclaredFlags<typeof Packages> = parsed.flags;
    const options = await toOptions(parsed.args.image, flags);
    const interrupt = abortOnInterrupt();
    const progress = new ProgressLine(process.stderr, !flags['no-progress']);
    try {
      const report = await listPackages({
        ...options,
        signal: interrupt.signal,
        onProgress: (update) => progress.update(update),
      });
      progress.clear();
      await writeOutput(await render(report, flags), flags.output);
      process.exitCode = report.complete || flags['allow-incomplete'] ? EXIT.passed : EXIT.incomplete;
    } finally {
      progress.clear();
      interrupt.release();
    }
  }
}

async function toOptions(reference: string, flags: DeclaredFlags<typeof Packages>): Promise<ListPackagesOptions> {
  return {
    reference,
    platforms: (flags.platform ?? []).map(parsePlatform),
    allImages: flags['all-images'],
    states: [...(flags.declared ? (['declared'] as const) : []), ...(flags.removed ? (['removed'] as const) : [])],
    reproducible: flags.reproducible,
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    fingerprintKey: loadFingerprintKey(process.env),
    registry: await toRegistryOptions(flags, {
      env: process.env,
      stdin: process.stdin,
      stdinIsImage: reference === '-' || reference.endsWith(':-') || reference.endsWith('/dev/stdin'),
    }),
    version: programVersion(),
  };
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
      return renderPackagesTable(report, {
        colours: wantsColours(process.env, flags.output),
        width: outputWidth(flags.output),
      });
  }
}
