import { existsSync } from 'node:fs';
import { AuditError, parseReference, type RegistryReference } from '../core/index.ts';

/** Where the user says the image is. */
export type ImageLocation =
  | { readonly kind: 'registry'; readonly reference: RegistryReference }
  /** A file or folder; `format` where a scheme says what it is, else its content tells. */
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly format: 'docker-archive' | 'oci-archive' | 'oci-layout' | 'rootfs' | null;
      /** Name, digest or place of one image in it. */
      readonly wanted: string | null;
    }
  | { readonly kind: 'stdin'; readonly format?: 'docker-archive' | 'oci-archive' | 'rootfs' }
  /** An image that a daemon keeps, by the name or ID that the daemon knows it by. */
  | { readonly kind: 'daemon'; readonly engine: 'docker' | 'podman'; readonly image: string }
  /** A folder of containerd's; `wanted` is a name, or `@` and a digest. */
  | { readonly kind: 'containerd'; readonly path: string; readonly wanted: string | null };

const DAEMON_SCHEMES = { 'docker-daemon': 'docker', podman: 'podman' } as const;
const PATH_SCHEMES = {
  'docker-archive': 'docker-archive',
  'oci-archive': 'oci-archive',
  oci: 'oci-layout',
  rootfs: 'rootfs',
} as const;

/** Names that nobody gives to a repository, and everybody to an archive. */
const ARCHIVE_NAME = /\.(?:tar|tgz|tar\.(?:gz|xz|zst|bz2))$/i;

/**
 * Reads the argument of `audit image`: a scheme as skopeo has them (`docker-archive:`, `oci-archive:`, `oci:`,
 * `docker://`, `docker-daemon:`) or of our own (`registry:`, `podman:`, `containerd:`, `rootfs:`), `-` for standard input, the
 * path of something that exists, or else a reference. A daemon is asked only where its scheme is given.
 * One way is chosen and stuck to: whoever tries five sources in turn reports five errors and not the cause.
 * @throws AuditError
 */
export function parseLocation(text: string, exists: (path: string) => boolean = existsSync): ImageLocation {
  if (text === '-') return { kind: 'stdin' };
  if (text.startsWith('docker://'))
    return { kind: 'registry', reference: parseReference(text.slice('docker://'.length)) };
  if (text.startsWith('registry:'))
    return { kind: 'registry', reference: parseReference(text.slice('registry:'.length)) };
  for (const [scheme, engine] of Object.entries(DAEMON_SCHEMES)) {
    if (text.startsWith(`${scheme}:`)) return daemonImage(engine, text.slice(scheme.length + 1));
  }
  if (text.startsWith('containerd:'))
    return { kind: 'containerd', ...splitPath(text.slice('containerd:'.length), exists) };
  for (const [scheme, format] of Object.entries(PATH_SCHEMES)) {
    if (!text.startsWith(`${scheme}:`)) continue;
    const path = text.slice(scheme.length + 1);
    if (path === '-' && format !== 'oci-layout') return { kind: 'stdin', format };
    // A filesystem is one image: what looks like the choice of one belongs to the name of the file.
    if (format === 'rootfs') return { kind: 'path', format, path, wanted: null };
    return { kind: 'path', format, ...splitPath(path, exists) };
  }
  const bare = splitPath(text, exists);
  if (exists(bare.path)) return { kind: 'path', format: null, ...bare };
  if (/^(?:\.{0,2}\/|~)/.test(text) || ARCHIVE_NAME.test(text)) {
    throw new AuditError('SOURCE_NOT_FOUND', `${text} does not exist`, {
      hint: 'Check the path. An image in a registry whose name looks like a path is written registry:NAME.',
    });
  }
  return { kind: 'registry', reference: parseReference(text) };
}

/** What daemons know images by: names with tag or digest, and IDs, which look like names. */
function daemonImage(engine: 'docker' | 'podman', image: string): ImageLocation {
  parseReference(image);
  return { kind: 'daemon', engine, image };
}

/** `path`, `path:name` or `path@digest`; the longest path that exists wins. */
function splitPath(text: string, exists: (path: string) => boolean): { path: string; wanted: string | null } {
  if (exists(text)) return { path: text, wanted: null };
  for (let at = text.length - 1; at > 0; at -= 1) {
    if (text[at] !== ':' && text[at] !== '@') continue;
    const path = text.slice(0, at);
    if (exists(path)) return { path, wanted: text.slice(text[at] === '@' ? at : at + 1) };
  }
  return { path: text, wanted: null };
}
