import { Args, Flags } from '@oclif/core';
import type { AuditProgress, ExamineOptions } from '../audit/index.ts';
import { parsePlatform, SEVERITIES } from '../core/index.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { outputWidth, wantsAscii, wantsColours, writeOutput } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { CONNECTION_FLAGS, CREDENTIAL_FLAGS, type RegistryFlags, toRegistryOptions } from './registry-flags.ts';
import { SECRET_FLAGS, type SecretFlags, toSecretOptions } from './secret-flags.ts';
import { programVersion } from './version.ts';

/** The argument of every command that examines images. */
export const IMAGE_ARGUMENT = Args.string({
  description: 'reference, path, or - for standard input',
  required: true,
  ignoreStdin: true,
});

/** Flags of every command that examines images. */
export const IMAGE_FLAGS = {
  platform: Flags.string({
    description: 'audit this platform only, as linux/arm64; may be given several times',
    multiple: true,
    helpValue: 'OS/ARCH',
  }),
  'all-images': Flags.boolean({
    description: 'audit all images of an archive in one report, where it has several of one platform',
  }),
  output: Flags.string({ char: 'o', description: 'write the report to a file', helpValue: 'FILE' }),
  'allow-incomplete': Flags.boolean({ description: 'exit with 0, not 3, if something could not be examined' }),
  reproducible: Flags.boolean({ description: 'leave times out: the same bytes give the same report, byte for byte' }),
  jobs: Flags.integer({ char: 'j', description: 'most layers examined at once', min: 1, max: 64, helpValue: 'N' }),
  'no-progress': Flags.boolean({ description: 'show no progress on a terminal' }),
  ...SECRET_FLAGS,
  ...CREDENTIAL_FLAGS,
  ...CONNECTION_FLAGS,
};

/** The flag that says which findings fail a run. */
export const FAIL_ON_FLAG = {
  'fail-on': Flags.option({
    description: 'lowest severity that makes the exit status 1',
    options: [...SEVERITIES, 'none'] as const,
    default: 'high' as const,
  })(),
};

/** What {@link IMAGE_FLAGS} say. */
export interface ImageFlags extends RegistryFlags, SecretFlags {
  readonly platform?: readonly string[] | undefined;
  readonly 'all-images': boolean;
  readonly output?: string | undefined;
  readonly 'allow-incomplete': boolean;
  readonly reproducible: boolean;
  readonly jobs?: number | undefined;
  readonly 'no-progress': boolean;
}

/**
 * Turns flags into options: platforms, rules, credentials.
 * @param reference the image of the command
 * @param others more images of it: they share what the flags say, a password from standard input as well
 * @throws AuditError `PLATFORM_INVALID`, `RULES_INVALID`, `USAGE_INVALID`
 */
export async function toExamineOptions(
  flags: ImageFlags,
  reference: string,
  others: readonly string[] = [],
): Promise<ExamineOptions & { readonly allowIncomplete: boolean }> {
  return {
    reference,
    allowIncomplete: flags['allow-incomplete'],
    platforms: (flags.platform ?? []).map(parsePlatform),
    allImages: flags['all-images'],
    reproducible: flags.reproducible,
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    ...(await toSecretOptions(flags, process.env)),
    registry: await toRegistryOptions(flags, {
      env: process.env,
      stdin: process.stdin,
      stdinIsImage: [reference, ...others].some(isStdin),
    }),
    version: programVersion(),
  };
}

/** Whether a reference means standard input. */
export function isStdin(reference: string): boolean {
  return reference === '-' || reference.endsWith(':-') || reference.endsWith('/dev/stdin');
}

/** How a table is drawn for where it goes. */
export function tableOptions({ output }: Pick<ImageFlags, 'output'>): {
  readonly colours: boolean;
  readonly width: number;
  readonly ascii: boolean;
} {
  return {
    colours: wantsColours(process.env, output),
    width: outputWidth(output),
    ascii: wantsAscii(process.env, output),
  };
}

/** What a use-case takes to be stopped, and to tell how far it is. */
export interface RunChannels {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AuditProgress) => void;
}

/** A document as it is written, and the exit status that goes with it. */
interface Shown {
  readonly text: string;
  readonly exitStatus: number;
}

/** Runs a use-case with progress and Ctrl-C, writes what it gave, and sets the exit status. */
export async function runToOutput<T>(
  flags: Pick<ImageFlags, 'output' | 'no-progress' | 'reveal'>,
  run: (channels: RunChannels) => Promise<T>,
  show: (document: T) => Shown | Promise<Shown>,
): Promise<void> {
  const interrupt = abortOnInterrupt();
  const progress = new ProgressLine(process.stderr, !flags['no-progress']);
  try {
    const document = await run({ signal: interrupt.signal, onProgress: (update) => progress.update(update) });
    progress.clear();
    const { text, exitStatus } = await show(document);
    await writeOutput(text, flags.output, { secret: flags.reveal });
    process.exitCode = exitStatus;
  } finally {
    progress.clear();
    interrupt.release();
  }
}
