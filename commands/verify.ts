import { Flags } from '@oclif/core';
import { prepareTrust, type VerifyImageOptions, verifyImage } from '../src/audit/index.ts';
import {
  abortOnInterrupt,
  BaseCommand,
  CONNECTION_FLAGS,
  CREDENTIAL_FLAGS,
  type DeclaredFlags,
  IMAGE_ARGUMENT,
  outputWidth,
  POLICY_FLAGS,
  programVersion,
  TRUST_FLAGS,
  toPolicyOptions,
  toRegistryOptions,
  toTrustOptions,
  wantsColours,
  writeOutput,
} from '../src/cli/index.ts';
import { parsePlatform } from '../src/core/index.ts';
import { renderJson, renderTrust } from '../src/report/index.ts';

/** `audit verify`: who signed an image. */
export default class Verify extends BaseCommand {
  static override summary = 'Tell who signed an image, and whether it is whom you trust.';
  static override description =
    `Finds signatures and attestations wherever clients put them (the list of referrers, its tag, the tags of cosign, the index, a layout's blobs), under the index, the image and what BuildKit attests, and checks each: of cosign, of Sigstore bundles as cosign 3 and GitHub write them, and of Notation in JWS and COSE. IMAGE is whatever audit image takes. Nothing is asked but the image's registry, and the mirror of --update-trusted-root.

An image is verified where a trusted signer has signed its manifest or an index above it; with --type, where a trusted signer has attested that of it; with --config, where all that the policy wants of its repository is there. Without a key or an identity nobody is trusted, and it is told who signed.

--notation-config takes the folder where Notation keeps its own configuration; --certificate-chain, --ca-roots and --timestamp-certificate-chain take the files that cosign takes. Whether a certificate was revoked is not asked.

Exit status: 0 every image is verified; 1 one is not; 2 it could not be run; 3 verified, but something named by the image could not be read; 70 a mistake in this program.`;
  static override examples = [
    '<%= config.bin %> verify ghcr.io/acme/api:1.4 --key cosign.pub',
    '<%= config.bin %> verify ghcr.io/acme/api:1.4 --certificate-identity-regexp "https://github.com/acme/api/.*" --certificate-oidc-issuer https://token.actions.githubusercontent.com',
    '<%= config.bin %> verify registry.acme.test/api:1.4 --notation-config ~/.config/notation',
    '<%= config.bin %> verify registry.acme.test/api:1.4 --certificate-chain ca.pem --certificate-identity ci@acme.test',
    '<%= config.bin %> verify oci:layout --key cosign.pub --type slsaprovenance1 --format json',
    '<%= config.bin %> verify ghcr.io/acme/api:1.4 --config layer-audit.toml',
  ];
  static override args = {
    image: IMAGE_ARGUMENT,
  };
  static override flags = {
    platform: Flags.string({
      description: 'look at this platform only, as linux/arm64; may be given several times',
      multiple: true,
      helpValue: 'OS/ARCH',
    }),
    type: Flags.string({
      description:
        'want an attestation of this type, a URI or slsaprovenance1, spdx, cyclonedx, vuln …; may be given several times',
      multiple: true,
      helpValue: 'TYPE',
    }),
    format: Flags.option({
      description: 'how to write the result',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
    output: Flags.string({ char: 'o', description: 'write the result to a file', helpValue: 'FILE' }),
    reproducible: Flags.boolean({ description: 'leave times of this run out' }),
    ...TRUST_FLAGS,
    ...POLICY_FLAGS,
    ...CREDENTIAL_FLAGS,
    ...CONNECTION_FLAGS,
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(Verify);
    const flags: DeclaredFlags<typeof Verify> = parsed.flags;
    const options = await toOptions(parsed.args.image, flags);
    const interrupt = abortOnInterrupt();
    try {
      const report = await verifyImage({ ...options, signal: interrupt.signal });
      const text =
        flags.format === 'json'
          ? renderJson(report)
          : renderTrust(report, {
              colours: wantsColours(process.env, flags.output),
              width: outputWidth(flags.output),
            });
      await writeOutput(text, flags.output);
      process.exitCode = report.verdict.exitStatus;
    } finally {
      interrupt.release();
    }
  }
}

async function toOptions(reference: string, flags: DeclaredFlags<typeof Verify>): Promise<VerifyImageOptions> {
  return {
    reference,
    platforms: (flags.platform ?? []).map(parsePlatform),
    trust: await prepareTrust({
      ...toTrustOptions(flags),
      ...toPolicyOptions(flags, reference, process.env),
      predicateTypes: flags.type ?? [],
    }),
    reproducible: flags.reproducible,
    registry: await toRegistryOptions(flags, {
      env: process.env,
      stdin: process.stdin,
      stdinIsImage: reference === '-' || reference.endsWith(':-') || reference.endsWith('/dev/stdin'),
    }),
    version: programVersion(),
  };
}
