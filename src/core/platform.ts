import { AuditError } from './audit-error.ts';

/** The platform an image runs on (OCI image index specification, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

/** Names in use for one architecture, as containerd's `platforms` package normalises them. */
const ARCHITECTURES: Record<string, { architecture: string; variant?: string }> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  i386: { architecture: '386' },
  i686: { architecture: '386' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};

/**
 * Reads `os/architecture[/variant][:osversion]`, `architecture` alone meaning Linux.
 * @throws AuditError `PLATFORM_INVALID`
 */
export function parsePlatform(text: string): Platform {
  const [, named = '', osVersion] = /^([^:]*)(?::(.*))?$/.exec(text.trim().toLowerCase()) ?? [];
  const parts = named.split('/');
  const isVersionOfNothing = osVersion !== undefined && parts.length === 1;
  if (
    parts.length > 3 ||
    isVersionOfNothing ||
    [...parts, osVersion ?? '0'].some((part) => !/^[a-z0-9._-]+$/.test(part))
  ) {
    throw new AuditError('PLATFORM_INVALID', `${JSON.stringify(text)} is not a platform`, {
      hint: 'Write os/architecture or os/architecture/variant, for example linux/amd64 or linux/arm/v7.',
    });
  }
  const [first = '', second, third] = parts;
  const os = second === undefined ? 'linux' : first;
  return normalisePlatform({
    os,
    architecture: second ?? first,
    ...(third === undefined ? {} : { variant: third }),
    ...(osVersion === undefined ? {} : { osVersion }),
  });
}

/** One spelling for each platform: `aarch64` is `arm64`, and `arm64/v8` is `arm64`. */
export function normalisePlatform(platform: Platform): Platform {
  const known = ARCHITECTURES[platform.architecture];
  const architecture = known?.architecture ?? platform.architecture;
  let variant = platform.variant ?? known?.variant;
  if (architecture === 'arm64' && (variant === 'v8' || variant === '8')) variant = undefined;
  if (architecture === 'amd64' && variant === 'v1') variant = undefined;
  if (architecture === 'arm' && variant !== undefined && /^\d$/.test(variant)) variant = `v${variant}`;
  return {
    os: platform.os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(platform.osVersion === undefined ? {} : { osVersion: platform.osVersion }),
  };
}

/** `linux/arm/v7`, as people write it. The OS version is left out: it is no part of the name. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`;
  return platform.variant === undefined ? base : `${base}/${platform.variant}`;
}

/** `windows/amd64:10.0.17763.1234`, as crane writes it, for images that nothing else tells apart. */
export function formatPlatformInFull(platform: Platform): string {
  return formatPlatform(platform) + (platform.osVersion === undefined ? '' : `:${platform.osVersion}`);
}

/** Whether an image's platform is one the user asked for. A wish without a variant or version takes all of them. */
export function platformMatches(wanted: Platform, offered: Platform): boolean {
  const a = normalisePlatform(wanted);
  const b = normalisePlatform(offered);
  if (a.os !== b.os || a.architecture !== b.architecture || !versionMatches(a.osVersion, b.osVersion)) return false;
  // Old images for arm state no variant; containerd takes them for v7.
  return a.variant === undefined || a.variant === (b.variant ?? (b.architecture === 'arm' ? 'v7' : undefined));
}

/** A build of Windows takes all its revisions: `10.0.17763` also means `10.0.17763.1234`. */
function versionMatches(wanted: string | undefined, offered: string | undefined): boolean {
  return wanted === undefined || `${offered ?? ''}.`.startsWith(`${wanted}.`);
}
