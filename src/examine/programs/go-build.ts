/** A module that a Go program was built from (`go version -m`). */
export interface GoModule {
  readonly path: string;
  /** `(devel)` where it was built from a working copy. */
  readonly version: string;
  /** `h1:…` of its content; null for the main module. */
  readonly sum: string | null;
  /** What was built in its place (`replace` in go.mod). */
  readonly replacedBy: { readonly path: string; readonly version: string; readonly sum: string | null } | null;
}

/** What the Go linker writes into programs (debug/buildinfo). */
export interface GoBuild {
  /** `go1.22.3`; null where the program is of Go before 1.18, which keeps it elsewhere. */
  readonly version: string | null;
  /** Path of the main package. */
  readonly path: string | null;
  readonly main: GoModule | null;
  readonly dependencies: readonly GoModule[];
  /** Settings of the build, but for those that hold what people write on command lines: they may be secrets. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Beginning of the blob; a byte 0xff stands before it. */
export const GO_MAGIC = Buffer.from('\u00ff Go buildinf:', 'latin1');
/** The blob's header, with padding; the strings follow. */
export const GO_HEADER_BYTES = 32;
/** Largest blob read: two thousand dependencies take 200 kB. */
export const GO_MAX_BYTES = 1024 * 1024;
/** Most dependencies kept of one program. */
const MAX_DEPENDENCIES = 10_000;

const INLINE_STRINGS = 2;

/** Settings that say how and from what a program was built, and hold nothing that anybody typed. */
const SETTINGS: ReadonlySet<string> = new Set([
  '-buildmode',
  '-compiler',
  '-trimpath',
  '-race',
  'CGO_ENABLED',
  'GOARCH',
  'GOOS',
  'GOAMD64',
  'GOARM',
  'GOARM64',
  'GOFIPS140',
  'vcs',
  'vcs.revision',
  'vcs.time',
  'vcs.modified',
]);

/** Reads a build information blob, which may be cut; null for what is none (Go, debug/buildinfo/buildinfo.go). */
export function readGoBuild(blob: Uint8Array): GoBuild | null {
  if (blob.byteLength < GO_HEADER_BYTES || !GO_MAGIC.equals(blob.subarray(0, GO_MAGIC.byteLength))) return null;
  const unread: GoBuild = { version: null, path: null, main: null, dependencies: [], settings: {} };
  if (((blob[15] as number) & INLINE_STRINGS) === 0) return unread;
  const version = readString(blob, GO_HEADER_BYTES);
  if (version === null || version.text === '') return null;
  const framed = readString(blob, version.end)?.text ?? '';
  // Two marks of 16 bytes stand around it (cmd/go, modload.infoStart and infoEnd).
  const info = framed.length >= 33 && framed.at(-17) === '\n' ? framed.slice(16, -16) : '';
  return { ...unread, version: Buffer.from(version.text, 'latin1').toString('utf8'), ...parseModules(info) };
}

/** A text with its length in front of it. */
function readString(blob: Uint8Array, from: number): { text: string; end: number } | null {
  let length = 0;
  let at = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = blob[at];
    if (byte === undefined || at - from > 4) return null;
    at += 1;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  if (at + length > blob.byteLength) return null;
  return { text: Buffer.from(blob.subarray(at, at + length)).toString('latin1'), end: at + length };
}

/** Reads lines of `kind\tfields` (Go, runtime/debug/mod.go, ParseBuildInfo). */
function parseModules(latin1: string): Omit<GoBuild, 'version'> {
  let path: string | null = null;
  let main: GoModule | null = null;
  const dependencies: GoModule[] = [];
  const settings: Record<string, string> = {};
  /** The module that a line of what replaces it would be about. */
  let last: OpenModule | null = null;
  for (const line of Buffer.from(latin1, 'latin1').toString('utf8').split('\n')) {
    const [kind, ...fields] = line.split('\t');
    const [first = '', second = '', third = ''] = fields;
    switch (kind) {
      case 'path':
        path = first;
        break;
      case 'mod':
        last = toModule(first, second, third);
        main = last;
        break;
      case 'dep':
        last = toModule(first, second, third);
        if (dependencies.length < MAX_DEPENDENCIES) dependencies.push(last);
        break;
      case '=>':
        if (last !== null) last.replacedBy = { path: first, version: second, sum: third === '' ? null : third };
        last = null;
        break;
      case 'build': {
        const equals = first.indexOf('=');
        const key = first.slice(0, Math.max(0, equals));
        if (SETTINGS.has(key)) settings[key] = first.slice(equals + 1).replace(/^"(.*)"$/, '$1');
        break;
      }
      default:
        break;
    }
  }
  return { path, main, dependencies, settings };
}

type OpenModule = { -readonly [Member in keyof GoModule]: GoModule[Member] };

function toModule(path: string, version: string, sum: string): OpenModule {
  return { path, version, sum: sum === '' ? null : sum, replacedBy: null };
}
