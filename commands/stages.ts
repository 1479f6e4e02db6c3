import { readFile } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { loadTrust, type TellStagesOptions, tellStages } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  runToOutput,
  TRUST_FLAGS,
  type TrustFlags,
  tableOptions,
  toExamineOptions,
  toTrustOptions,
} from '../src/cli/index.ts';
import { AuditError, systemErrorCode } from '../src/core/index.ts';
import { renderStagesTable, toJson } from '../src/report/index.ts';

/** `audit stages`: which build stage layers belong to. */
export default class Stages extends BaseCommand {
  static override summary = 'Tell which build stage each layer of an image belongs to, and what each stage weighs.';
  static override description =
    `The best evidence counts, and is named: BuildKit's provenance of mode=max that is attached to the image, if the layers it names are the image's; a Dockerfile, given with --dockerfile or held by provenance, if every RUN, COPY and ADD of it is in the image's history; else a guess from the history. Provenance is what the builder wrote: it is verified only where somebody whom you name with --key or --certificate-identity signed it. Stages that the image does not have, as builders, can be given as images with --stage: they are held against it. IMAGE is whatever audit image takes.

Exit status: 0 the answer is complete; 2 it could not be given; 3 something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> stages acme.tar --dockerfile Dockerfile',
    '<%= config.bin %> stages acme.tar --dockerfile Dockerfile --target release --stage build=builder.tar',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    dockerfile: Flags.string({ description: 'the Dockerfile that the image was built from', helpValue: 'FILE' }),
    target: Flags.string({ description: 'the stage of it that the image is; the last unless told', helpValue: 'NAME' }),
    stage: Flags.string({
      description: 'an image of another stage, to be compared; may be given several times',
      multiple: true,
      helpValue: 'NAME=IMAGE',
    }),
    format: Flags.option({
      description: 'how to write the answer',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    ...IMAGE_FLAGS,
    ...TRUST_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Stages);
    const flags: DeclaredFlags<typeof Stages> = parsed.flags;
    const reference = parsed.args.image;
    const builds = (flags.stage ?? []).map(parseStage);
    const options: TellStagesOptions = {
      ...(await toExamineOptions(
        flags,
        reference,
        builds.map((build) => build.reference),
      )),
      ...(flags.dockerfile === undefined ? {} : { dockerfile: await readDockerfile(flags.dockerfile) }),
      ...(flags.target === undefined ? {} : { target: flags.target }),
      ...(namesTrust(flags) ? { trust: loadTrust(toTrustOptions(flags)) } : {}),
      builds,
    };
    await runToOutput(
      flags,
      (channels) => tellStages({ ...options, ...channels }),
      (report) => ({
        text: flags.format === 'json' ? toJson(report) : renderStagesTable(report, tableOptions(flags)),
        exitStatus: report.verdict.exitStatus,
      }),
    );
  }
}

/** Whether the user says anything of whom to trust; then nothing of it is passed over. */
function namesTrust(flags: TrustFlags): boolean {
  const names = Object.keys(TRUST_FLAGS) as (keyof TrustFlags)[];
  return names.some((name) => flags[name] !== undefined && flags[name] !== false);
}

function parseStage(text: string): { name: string; reference: string } {
  const [, name, reference] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || reference === undefined) {
    throw new AuditError('USAGE_INVALID', `--stage names no stage and image: ${text}`, {
      hint: 'Write for example --stage build=builder.tar',
    });
  }
  return { name, reference };
}

async function readDockerfile(path: string): Promise<{ name: string; text: string }> {
  try {
    return { name: path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new AuditError('DOCKERFILE_INVALID', `${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      hint: 'Check the path and its permissions.',
      cause: error,
    });
  }
}
