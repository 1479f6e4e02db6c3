/** Shows files to a collector, as a layer does. */
import { expect } from 'vitest';
import { DEFAULT_LIMITS, encodeBytes } from '../../../../src/core/index.ts';
import { PackageCollector, type PackageDatabase } from '../../../../src/examine/packages/index.ts';

/** What a collector makes of files, by path. */
export function collect(files: Readonly<Record<string, string | object>>): PackageCollector {
  const collector = new PackageCollector(DEFAULT_LIMITS);
  for (const [row, [path, content]] of Object.entries(files).entries()) {
    const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    collector.begin(encodeBytes(path), bytes.byteLength);
    // In two parts, as large files come.
    collector.content(bytes.subarray(0, 5));
    collector.content(bytes.subarray(5));
    collector.finish(row);
  }
  return collector;
}

/** The only database that a file makes. */
export function databaseOf(path: string, content: string | object): PackageDatabase {
  const { databases } = collect({ [path]: content });
  expect(databases).toHaveLength(1);
  return databases[0] as PackageDatabase;
}

/** What is stated of each package. */
export function stated({ packages }: PackageDatabase): unknown[] {
  return packages.map((one) =>
    Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null && value !== '')),
  );
}

/** A database of apk with two packages. */
export const APK = `C:Q1abc=
P:musl
V:1.2.4-r2
A:x86_64
L:MIT
o:musl
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
R:libc.musl-x86_64.so.1
F:

P:alpine-baselayout
V:3.4.3-r1
A:x86_64
F:etc
R:motd
`;

/** A database of dpkg with a package that is there, one that is not, and one that waits. */
export const DPKG = `Package: libc6
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9+deb12u3)
Version: 2.36-9+deb12u4
Description: GNU C Library
 Package: not-this-one

Package: gone
Status: deinstall ok config-files
Version: 1

Package: waiting
Status: install ok triggers-pending
Version: 2
`;
