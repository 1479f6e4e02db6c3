import { Args, Flags } from '@oclif/core';
import { type AuditImageOptions, auditImage, loadFingerprintKey } from '../src/audit/index.ts';
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
import { parsePlatform, SEVERITIES, type Severity } from '../src/core/index.ts';
import { type Report, renderJson, renderTable } from '../src/report/index.ts';

/** `audit image`: the main job. */
export default class Image extends BaseCommand {
  static override summary = 'Examine every layer of an image, deleted files included, and tell what is wrong with it.';
  static override description = `IMAGE is one of
  a reference in a registry         ghcr.io/acme/api:1.4, registry:debian, docker://debian
  an archive of docker save         acme.tar, docker-archive:acme.tar:acme/api:1.4
  an OCI image layout or archive    layout/, oci:layout:1.4, oci-archive:acme.tar
  one of several images in these    acme.tar:acme/api:1.4, acme.tar@1 (the second), acme.tar@sha256:…
  a filesystem or a single layer    rootfs:rootfs.tar.gz, docker export ID | audit image rootfs:-
  an image in a daemon              docker-daemon:acme/api:1.4, podman:localhost/api
  containerd's store                containerd:/var/lib/containerd:docker.io/acme/api:1.4, or @sha256:…
  standard input                    docker save acme/api | audit image -
An existing path is recognised by its content. Archives may be compressed with gzip or zstd.

Exit status: 0 nothing at or above --fail-on; 1 findings at or above it; 2 the audit could not run; 3 it ran, but something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> image ghcr.io/acme/api:1.4',
    '<%= config.bin %> image acme.tar --format json --output report.json',
    'docker save acme/api | <%= config.bin %> image - --fail-on critical',
  ];
  static override args = {
    image: Args.string({ description: 'reference, path, or - for standard input', required: true, ignoreStdin: true }),
  };
  static override flags = {
    platform: Flags.string({
      description: 'audit this platform only, as linux/arm64; may be given several times',
      multiple: true,
      helpValue: 'OS/ARCH',
    }),
    'all-images': Flags.boolean({
      description: 'audit all images of an archive in one report, where it has several of one platform',
    }),
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
    'allow-incomplete': Flags.boolean({ description: 'exit with 0, not 3, if something could not be examined' }),
    reveal: Flags.boolean({ description: 'write secrets into the report in full; keep it to yourself' }),
    reproducible: Flags.boolean({ description: 'leave times out: the same bytes give the same report, byte for byte' }),
    jobs: Flags.integer({ char: 'j', description: 'most layers examined at once', min: 1, max: 64, helpValue: 'N' }),
    'no-progress': Flags.boolean({ description: 'show no progress on a terminal' }),
    ...CREDENTIAL_FLAGS,
    ...CONNECTION_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Image);
    const flags: DeclaredFlags<typeof Image> = parsed.flags;
    const options = await toOptions(parsed.args.image, flags);
    const interrupt = abortOnInterrupt();
    const progress = new ProgressLine(process.stderr, !flags['no-progress']);
    try {
      const report = await auditImage({
        ...options,
        signal: interrupt.signal,
        onProgress: (update) => progress.update(update),
      });
      progress.clear();
      await writeOutput(render(report, flags), flags.output, { secret: flags.reveal });
      process.exitCode = report.verdict.exitStatus;
    } finally {
      progress.clear();
      interrupt.release();
    }
  }
}

async function toOptions(reference: string, flags: DeclaredFlags<typeof Image>): Promise<AuditImageOptions> {
  return {
    reference,
    platforms: (flags.platform ?? []).map(parsePlatform),
    allImages: flags['all-images'],
    failOn: flags['fail-on'] as Severity | 'none',
    allowIncomplete: flags['allow-incomplete'],
    reveal: flags.reveal,
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

function render(report: Report, flags: DeclaredFlags<typeof Image>): string {
  if (flags.format === 'json') return renderJson(report);
  return renderTable(report, { colours: wantsColours(process.env, flags.output), width: outputWidth(flags.output) });
}
