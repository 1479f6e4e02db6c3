/** Facts about images that an independent reader computed; one line of observed-shared.jsonl each. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface ObservedLayer {
  readonly entries: number;
  readonly files: number;
  readonly whiteouts: readonly string[];
  readonly opaque: readonly string[];
  readonly dups: number;
  readonly diff_id: string;
  readonly error?: string;
}

export interface ObservedImage {
  readonly layers: readonly ObservedLayer[];
  readonly config_digest?: string;
  readonly config: { readonly User?: string };
  readonly platform: string;
  readonly manifest_digest?: string;
  readonly fs: {
    readonly files: number;
    readonly entries: number;
    readonly bytes: number;
    readonly suid: readonly string[];
    readonly world_writable: readonly string[];
    readonly shells: readonly string[];
    readonly pkgmgr: readonly string[];
    readonly os?: { readonly ID?: string; readonly VERSION_ID?: string };
    readonly users?: number;
    readonly uid0?: readonly string[];
    readonly login_shell_users?: readonly string[];
    readonly empty_pw_passwd?: readonly string[];
    readonly shadow_empty?: readonly string[];
    readonly apk?: number;
    readonly dpkg?: number;
    readonly 'dpkg_status.d'?: number;
  };
}

export interface Observed {
  readonly path: string;
  readonly images: readonly ObservedImage[];
  readonly notes: readonly string[];
  readonly legacy_layers?: number;
}

/** Where the corpus is: beside the repository, or where CORPUS says. */
export function corpusFolder(): URL {
  const { CORPUS } = process.env;
  return CORPUS === undefined
    ? new URL('../../../shared/corpus/', import.meta.url)
    : pathToFileURL(`${resolve(CORPUS)}/`);
}
