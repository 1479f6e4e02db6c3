import type { RustCrate } from './crates.ts';
import type { GoBuild } from './go-build.ts';
import type { PackageNote } from './package-note.ts';
import type { Product } from './products.ts';

/** What begins like a program. */
export type ProgramFormat = 'elf' | 'pe' | 'mach-o' | 'script';

/** What a program is by its content, whatever it is called. */
export interface ProgramIdentity {
  /** `bash`, `busybox`, `coreutils`. */
  readonly name: string;
  /** As it stands in the program; null where it does not. */
  readonly version: string | null;
  /** Shells that it is or brings. */
  readonly shells: readonly string[];
  /** Whether it is many programs in one file, and runs the one that it is called as. */
  readonly multiCall: boolean;
}

/** What the bytes of a program say about it. Absent members of an ELF file are null where they could not be read. */
export interface ProgramFacts {
  /** Row of the entry that holds it. */
  readonly row: number;
  readonly format: ProgramFormat;
  /** `core` is memory of a program that crashed. */
  readonly kind: 'executable' | 'library' | 'core';
  /** As Go and image configurations spell it (`amd64`); null for scripts and where several are in one file. */
  readonly architecture: string | null;
  readonly bits: 32 | 64 | null;
  /** Null for what is no ELF file. */
  readonly linking: 'static' | 'static-pie' | 'dynamic' | null;
  /** The dynamic loader of an ELF file, the program behind `#!` of a script. */
  readonly interpreter: string | null;
  /** What a script's `env` looks for. */
  readonly envProgram: string | null;
  /** Names of the libraries that it needs; null where they could not be read. */
  readonly needed: readonly string[] | null;
  readonly soname: string | null;
  /** Folders that it has its libraries looked for in. */
  readonly runpath: readonly string[];
  /** Whether it has no symbol table; null where that was not to be seen. */
  readonly stripped: boolean | null;
  readonly packer: 'upx' | 'gzexe' | null;
  readonly identity: ProgramIdentity | null;
  /** What Go wrote into it. */
  readonly go: GoBuild | null;
  /** The crates that a Rust program was built from, where cargo-auditable left them in it. */
  readonly crates: readonly RustCrate[] | null;
  /** The package of a distribution that it says it is of. */
  readonly note: PackageNote | null;
  /** The well-known program or library that it is, whatever brought it. */
  readonly product: Product | null;
  /** Why no kernel would start it. */
  readonly damage: string | null;
}

/** Facts of a program of which nothing is known but its format. */
export function bareFacts(row: number, format: ProgramFormat): ProgramFacts {
  return {
    row,
    format,
    kind: 'executable',
    architecture: null,
    bits: null,
    linking: null,
    interpreter: null,
    envProgram: null,
    needed: null,
    soname: null,
    runpath: [],
    stripped: null,
    packer: null,
    identity: null,
    go: null,
    crates: null,
    note: null,
    product: null,
    damage: null,
  };
}
