import { Args, Flags } from '@oclif/core';
import { explainCredentials } from '../../src/audit/index.ts';
import {
  BaseCommand,
  CREDENTIAL_FLAGS,
  type DeclaredFlags,
  renderCredentials,
  toRegistryOptions,
  writeOutput,
} from '../../src/cli/index.ts';

/** `audit auth explain`: which credentials would be used. */
export default class AuthExplain extends BaseCommand {
  static override summary = 'Tell which credentials an audit would use for a reference, and from where.';
  static override description =
    `Looks at the same places in the same order as an audit, asks the same credential helpers, and sends nothing. Passwords and tokens are never shown.

Places: --username with --password-stdin; LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD; $REGISTRY_AUTH_FILE, or else $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json and Docker's config.json. The first that has credentials for the repository, a namespace of it or the registry decides.`;
  static override examples = [
    '<%= config.bin %> auth explain ghcr.io/acme/api:1.4',
    '<%= config.bin %> auth explain debian --format json',
  ];
  static override args = {
    reference: Args.string({ description: 'an image in a registry', required: true, ignoreStdin: true }),
  };
  static override flags = {
    ...CREDENTIAL_FLAGS,
    format: Flags.option({
      description: 'how to write it',
      options: ['table', 'json'] as const,
      default: 'table' as const,
    })(),
  };

  override async run(): Promise<void> {
    const parsed = await this.parse(AuthExplain);
    const flags: DeclaredFlags<typeof AuthExplain> = parsed.flags;
    const options = await toRegistryOptions(flags, { env: process.env, stdin: process.stdin, stdinIsImage: false });
    const explanation = await explainCredentials(parsed.args.reference, options);
    const text = flags.format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : renderCredentials(explanation);
    await writeOutput(text, undefined);
  }
}
