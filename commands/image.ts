import { Flags } from '@oclif/core';
import { auditImage, prepareTrust } from '../src/audit/index.ts';
import {
  BaseCommand,
  type DeclaredFlags,
  FAIL_ON_FLAG,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  POLICY_FLAGS,
  runToOutput,
  TRUST_FLAGS,
  tableOptions,
  toExamineOptions,
  toPolicyOptions,
  toTrustOptions,
} from '../src/cli/index.ts';
import type { Severity } from '../src/core/index.ts';
import { renderJson, renderTable } from '../src/report/index.ts';

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
An existing path is recognised by its content. Archives and layers may be compressed with gzip, zstd, xz or bzip2.

Signatures and attestations are listed with what they are worth. With keys, an identity or a policy every image has to be verified; without, it is told who claims to have signed, and nothing is wanted.

Exit status: 0 nothing at or above --fail-on; 1 findings at or above it, or an image that is not verified as it has to be; 2 the audit could not run; 3 it ran, but something could not be examined (0 with --allow-incomplete); 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> image ghcr.io/acme/api:1.4',
    '<%= config.bin %> image acme.tar --format json --output report.json',
    '<%= config.bin %> image ghcr.io/acme/api:1.4 --config layer-audit.toml',
    'docker save acme/api | <%= config.bin %> image - --fail-on critical',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    format: Flags.option({
      description: 'how to write the report',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    ...FAIL_ON_FLAG,
    ...IMAGE_FLAGS,
    ...TRUST_FLAGS,
    ...POLICY_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Image);
    const flags: DeclaredFlags<typeof Image> = parsed.flags;
    const reference = parsed.args.image;
    const options = {
      ...(await toExamineOptions(flags, reference)),
      failOn: flags['fail-on'] as Severity | 'none',
      trust: await prepareTrust({ ...toTrustOptions(flags), ...toPolicyOptions(flags, reference, process.env) }),
    };
    await runToOutput(
      flags,
      (channels) => auditImage({ ...options, ...channels }),
      (report) => ({
        text: flags.format === 'json' ? renderJson(report) : renderTable(report, tableOptions(flags)),
        exitStatus: report.verdict.exitStatus,
      }),
    );
  }
}
