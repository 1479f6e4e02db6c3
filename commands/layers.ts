import { Flags } from '@oclif/core';
import { measureLayers, parseSizeBudget, type SizeBudget } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  runToOutput,
  tableOptions,
  toExamineOptions,
} from '../src/cli/index.ts';
import { type LayersReport, renderLayersCsv, renderLayersSvg, renderLayersTable, toJson } from '../src/report/index.ts';

/** `audit layers`: where the bytes are. */
export default class Layers extends BaseCommand {
  static override summary = 'Tell what each layer of an image weighs, and which bytes of it nobody can use.';
  static override description =
    `Sizes are of regular files unless a column says otherwise: stored is what the registry has, unpacked the layer's tar. Hidden bytes are counted once, in the layer that holds them, by cause: deleted, overwritten, or overwritten with the same content (metadata), as chmod -R and chown -R do. IMAGE is whatever audit image takes.

Exit status: 0 within the budgets; 1 a budget is exceeded; 2 it could not be measured; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> layers acme.tar',
    '<%= config.bin %> layers ghcr.io/acme/api:1.4 --tree --top 10',
    '<%= config.bin %> layers acme.tar --max-size 300MB --max-layer-size 120MB --max-waste 5%',
    '<%= config.bin %> layers acme.tar --format csv --output layers.csv',
    '<%= config.bin %> layers acme.tar --format svg --output layers.svg',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    format: Flags.option({
      description: 'how to write the sizes; svg is a picture of the final filesystem, coloured by layer',
      options: ['table', 'json', 'csv', 'svg'] as const,
      default: 'table' as const,
    })(),
    tree: Flags.boolean({ description: 'show the folders that hold most, and the layers they are in' }),
    top: Flags.integer({
      description: 'how many of the largest to show',
      min: 0,
      max: 10000,
      default: 10,
      helpValue: 'N',
    }),
    'max-size': Flags.string({
      description: 'most that all layers may take unpacked, as 300MB',
      helpValue: 'SIZE',
      helpGroup: 'BUDGET',
    }),
    'max-layer-size': Flags.string({
      description: 'most that one layer may take unpacked',
      helpValue: 'SIZE',
      helpGroup: 'BUDGET',
    }),
    'max-waste': Flags.string({
      description: 'most that later layers may hide, as 20MB, or 5% of all bytes of files',
      helpValue: 'SIZE',
      helpGroup: 'BUDGET',
    }),
    ...IMAGE_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Layers);
    const flags: DeclaredFlags<typeof Layers> = parsed.flags;
    const reference = parsed.args.image;
    const options = {
      ...(await toExamineOptions(flags, reference)),
      top: flags.top,
      tree: flags.tree,
      treemap: flags.format === 'svg',
      ...toBudgets(flags),
    };
    await runToOutput(
      flags,
      (channels) => measureLayers({ ...options, ...channels }),
      (report) => ({ text: render(report, flags), exitStatus: report.verdict.exitStatus }),
    );
  }
}

function toBudgets(flags: DeclaredFlags<typeof Layers>): {
  maxSize?: SizeBudget;
  maxLayerSize?: SizeBudget;
  maxWaste?: SizeBudget;
} {
  const { 'max-size': size, 'max-layer-size': layer, 'max-waste': waste } = flags;
  return {
    ...(size === undefined ? {} : { maxSize: parseSizeBudget(size, '--max-size') }),
    ...(layer === undefined ? {} : { maxLayerSize: parseSizeBudget(layer, '--max-layer-size') }),
    ...(waste === undefined ? {} : { maxWaste: parseSizeBudget(waste, '--max-waste', true) }),
  };
}

function render(report: LayersReport, flags: DeclaredFlags<typeof Layers>): string {
  if (flags.format === 'json') return toJson(report);
  if (flags.format === 'svg') return renderLayersSvg(report);
  return flags.format === 'csv' ? renderLayersCsv(report) : renderLayersTable(report, tableOptions(flags));
}
