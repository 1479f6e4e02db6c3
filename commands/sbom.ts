import { Flags } from '@oclif/core';
import { type AuditedSboms, auditSbom, EXIT, listPackages, theOnlySbom } from '../src/audit/index.ts';
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
  convertToCycloneDx,
  convertToSpdx,
  renderCycloneDx,
  renderSbomTable,
  renderSpdx,
  toJson,
} from '../src/report/index.ts';

/** `audit sbom`: what the SBOMs of an image say, and what its layers hold. */
export default class Sbom extends BaseCommand {
  static override summary = 'Compare the SBOMs of an image with what its layers hold.';
  static override description =
    `Reads the SBOMs that are attached to an image (by BuildKit, cosign, referrers, alone or in statements), or files: SPDX 2.2 and 2.3 (JSON, tag-value, XML), SPDX 3.0 (JSON), CycloneDX 1.2 to 1.7 (JSON, XML). Tells packages of the layers that an SBOM misses, packages that it lists and no layer has, other versions, files that are absent or have other bytes, programs that nothing explains, and an SBOM that is of another image; each with the layer and instruction that brought it. What the writer of an SBOM is known to leave out is no difference, and is told with its reason. IMAGE is whatever audit image takes. Whether anybody signed an SBOM, audit verify tells.

With --convert, writes the SBOM that was compared in another form, and tells with its exit status alone how it compares. With --write, writes an SBOM of the layers instead, as audit packages does.

Exit status: 0 every image has an SBOM, and what was compared agrees; 1 one differs, or an image has none (see --fail-on); 2 it could not be compared; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> sbom ghcr.io/acme/api:1.4',
    '<%= config.bin %> sbom acme.tar --sbom acme.spdx.json --format json',
    '<%= config.bin %> sbom acme.tar --fail-on unexplained',
    '<%= config.bin %> sbom acme.tar --sbom acme.spdx --convert cyclonedx --output acme.cdx.json',
    '<%= config.bin %> sbom acme.tar --write cyclonedx --output acme.cdx.json',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    sbom: Flags.string({
      description: 'compare this file, and not what is attached; may be given several times',
      multiple: true,
      helpValue: 'FILE',
    }),
    'fail-on': Flags.option({
      description:
        'what makes the exit status 1: a difference or no SBOM; also programs that nothing explains; or nothing',
      options: ['difference', 'unexplained', 'none'] as const,
      default: 'difference' as const,
    })(),
    format: Flags.option({
      description: 'how to write the comparison',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    top: Flags.integer({
      description: 'how many lines of each kind of difference to show in the table',
      min: 0,
      max: 100000,
      default: 20,
      helpValue: 'N',
    }),
    convert: Flags.option({
      description: 'write the SBOM that was compared in this form, and not the comparison',
      options: ['cyclonedx', 'spdx'] as const,
      exclusive: ['format'],
    })(),
    write: Flags.option({
      description: 'write an SBOM of what the layers hold',
      options: ['cyclonedx', 'spdx'] as const,
      exclusive: ['sbom', 'format', 'convert'],
    })(),
    ...IMAGE_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Sbom);
    const flags: DeclaredFlags<typeof Sbom> = parsed.flags;
    const options = await toExamineOptions(flags, parsed.args.image);
    const { write } = flags;
    if (write !== undefined) {
      await runToOutput(
        flags,
        (channels) => listPackages({ ...options, ...channels }),
        async (report) => ({
          text: await (write === 'spdx' ? renderSpdx(report) : renderCycloneDx(report)),
          exitStatus: report.complete || flags['allow-incomplete'] ? EXIT.passed : EXIT.incomplete,
        }),
      );
      return;
    }
    await runToOutput(
      flags,
      (channels) => auditSbom({ ...options, ...channels, files: flags.sbom ?? [], failOn: flags['fail-on'] }),
      async (audited) => ({
        text: await render(audited, flags),
        exitStatus: audited.report.verdict.exitStatus,
      }),
    );
  }
}

async function render(audited: AuditedSboms, flags: DeclaredFlags<typeof Sbom>): Promise<string> {
  const { report } = audited;
  switch (flags.convert) {
    case 'cyclonedx':
      return convertToCycloneDx(theOnlySbom(audited), report.tool);
    case 'spdx':
      return convertToSpdx(theOnlySbom(audited), report.tool);
    default:
      return flags.format === 'json'
        ? toJson(report)
        : renderSbomTable(report, { ...tableOptions(flags), top: flags.top });
  }
}
