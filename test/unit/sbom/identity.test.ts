import { describe, expect, test } from 'vitest';
import type { PackageKind } from '../../../src/examine/index.ts';
import { fits, identityOfInstalled, identityOfListed } from '../../../src/sbom/compare/identity.ts';
import type { SbomPackage } from '../../../src/sbom/index.ts';
import type { ImagePackage } from '../../../src/system/index.ts';

/** A package as an SBOM lists it. */
function listed(purl: string | null, more: Partial<SbomPackage> = {}): SbomPackage {
  const nothing = { cpes: [], license: null, supplier: null, checksums: [], kind: null, locations: [] };
  return { id: 'x', role: 'package', name: '', version: '', purl, ...nothing, ...more };
}

/** A package as a layer has it. */
function installed(kind: PackageKind, name: string, version: string, more: Partial<ImagePackage> = {}): ImagePackage {
  return { kind, name, version, architecture: '', epoch: null, namespace: null, ...more } as ImagePackage;
}

/** How they stand to each other; `other` where they are not even called alike. */
function compare(one: SbomPackage, other: ImagePackage): string {
  const left = identityOfListed(one);
  const right = identityOfInstalled(other);
  return left === null || left.kind !== right.kind || left.name !== right.name ? 'other' : fits(left, right);
}

describe('what different programs call one package', () => {
  test.each<[string, SbomPackage, ImagePackage]>([
    [
      'Debian by Syft, epoch in the version',
      listed('pkg:deb/debian/zlib1g@1%3A1.3.dfsg-1?arch=amd64&distro=debian-13'),
      installed('dpkg', 'zlib1g', '1:1.3.dfsg-1', { architecture: 'amd64' }),
    ],
    [
      'Debian by Trivy, epoch beside it',
      listed('pkg:deb/debian/zlib1g@1.3.dfsg-1?arch=amd64&epoch=1&distro=debian-13.1'),
      installed('dpkg', 'zlib1g', '1:1.3.dfsg-1', { architecture: 'amd64' }),
    ],
    [
      'Debian with a plus sign',
      listed('pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64'),
      installed('dpkg', 'libstdc++6', '14.2.0-19', { architecture: 'amd64' }),
    ],
    [
      'Debian without a URL',
      listed(null, { kind: 'deb', name: 'tzdata', version: '2025b' }),
      installed('dpkg', 'tzdata', '2025b'),
    ],
    [
      'Debian for all architectures',
      listed('pkg:deb/debian/tzdata@2025b?arch=all'),
      installed('dpkg', 'tzdata', '2025b', { architecture: 'all' }),
    ],
    [
      'RPM with an epoch of its own',
      listed('pkg:rpm/redhat/openssl-libs@3.0.7-1.el9?arch=x86_64&epoch=1'),
      installed('rpm', 'openssl-libs', '3.0.7-1.el9', { architecture: 'x86_64', epoch: 1 }),
    ],
    [
      'RPM without the epoch',
      listed('pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64'),
      installed('rpm', 'openssl-libs', '1.0.2k-16.el7', { architecture: 'x86_64', epoch: 1 }),
    ],
    [
      'RPM with epoch 0',
      listed('pkg:rpm/fedora/bash@5.2-1?epoch=0'),
      installed('rpm', 'bash', '5.2-1', { architecture: 'x86_64' }),
    ],
    [
      'RPM whose version field has no release',
      listed('pkg:rpm/centos/bash@4.2.46-31.el7', { version: '4.2.46' }),
      installed('rpm', 'bash', '4.2.46-31.el7'),
    ],
    [
      'Alpine as older Syft wrote it',
      listed('pkg:alpine/busybox@1.36.1-r15?arch=x86_64'),
      installed('apk', 'busybox', '1.36.1-r15', { architecture: 'x86_64' }),
    ],
    ['npm in a scope', listed('pkg:npm/%40babel/core@7.24.0'), installed('npm', '@babel/core', '7.24.0')],
    ['Python by PEP 503', listed('pkg:pypi/typing-extensions@4.9.0'), installed('pypi', 'typing_extensions', '4.9.0')],
    ['Python by dots', listed('pkg:pypi/zope-interface@6.1'), installed('pypi', 'zope.interface', '6.1')],
    [
      'Go, in lower case',
      listed('pkg:golang/github.com/burntsushi/toml@v1.3.2'),
      installed('golang', 'github.com/BurntSushi/toml', 'v1.3.2'),
    ],
    [
      'Go, without the v',
      listed('pkg:golang/golang.org/x/net@0.20.0'),
      installed('golang', 'golang.org/x/net', 'v0.20.0'),
    ],
    [
      'Go, its path in the subpath',
      listed('pkg:golang/github.com/aws/aws-sdk-go-v2@v1.24.0#service/s3'),
      installed('golang', 'github.com/aws/aws-sdk-go-v2/service/s3', 'v1.24.0'),
    ],
    [
      'Go, a pseudo version',
      listed('pkg:golang/github.com/a/b@v0.0.0-20240102030405-0123456789ab'),
      installed('golang', 'github.com/a/b', 'v0.0.0-20240102030405-0123456789ab'),
    ],
    [
      'Go, incompatible',
      listed('pkg:golang/github.com/docker/docker@v25.0.1%2Bincompatible'),
      installed('golang', 'github.com/docker/docker', 'v25.0.1+incompatible'),
    ],
    [
      'Go, the main module',
      listed('pkg:golang/github.com/a/b@(devel)', { version: '(devel)' }),
      installed('golang', 'github.com/a/b', 'v1.0.0'),
    ],
    [
      'Go’s own library by Syft',
      listed('pkg:golang/stdlib@1.22.1', { version: 'go1.22.1' }),
      installed('golang', 'stdlib', 'go1.22.1'),
    ],
    ['Go’s own library by Trivy', listed('pkg:golang/stdlib@v1.22.1'), installed('golang', 'stdlib', 'go1.22.1')],
    [
      'a jar, with a group that was guessed',
      listed('pkg:maven/com.google.guava/guava@30.1-jre'),
      installed('maven', 'guava', '30.1-jre'),
    ],
    [
      'a jar by its full name',
      listed(null, { kind: 'jar', name: 'com.google.guava:guava', version: '30.1-jre' }),
      installed('maven', 'guava', '30.1-jre'),
    ],
    [
      '.NET with a fourth number',
      listed('pkg:nuget/Newtonsoft.Json@13.0.3.0'),
      installed('nuget', 'newtonsoft.json', '13.0.3'),
    ],
    [
      'PHP of a vendor',
      listed('pkg:composer/symfony/console@v7.0.0'),
      installed('composer', 'symfony/console', 'v7.0.0'),
    ],
  ])('%s', (_, one, other) => {
    expect(compare(one, other)).toBe('same');
  });
});

describe('what is not the same', () => {
  test.each<[string, SbomPackage, ImagePackage, string]>([
    ['another version', listed('pkg:deb/debian/zlib1g@1.2'), installed('dpkg', 'zlib1g', '1.3'), 'other-version'],
    ['another release', listed('pkg:rpm/redhat/bash@5.1-1'), installed('rpm', 'bash', '5.1-2'), 'other-version'],
    [
      'another epoch, where both state one',
      listed('pkg:rpm/redhat/bash@5.1-1?epoch=2'),
      installed('rpm', 'bash', '5.1-1', { epoch: 1 }),
      'other-version',
    ],
    [
      'another architecture',
      listed('pkg:deb/debian/libc6@2.41?arch=arm64'),
      installed('dpkg', 'libc6', '2.41', { architecture: 'amd64' }),
      'other-architecture',
    ],
    ['another kind', listed('pkg:pypi/requests@2.31.0'), installed('npm', 'requests', '2.31.0'), 'other'],
    ['another scope', listed('pkg:npm/%40evil/core@7.24.0'), installed('npm', '@babel/core', '7.24.0'), 'other'],
    [
      'another major version of a module',
      listed('pkg:golang/github.com/a/b/v2@v2.0.0'),
      installed('golang', 'github.com/a/b', 'v2.0.0'),
      'other',
    ],
    [
      'a name in another case, where case counts',
      listed('pkg:rpm/redhat/perl-cgi@1'),
      installed('rpm', 'perl-CGI', '1'),
      'other',
    ],
  ])('%s', (_, one, other, expected) => {
    expect(compare(one, other)).toBe(expected);
  });

  test.each([
    ['a kind that no layer tells of', listed('pkg:generic/node@26')],
    ['a URL that is none', listed('a-purl-1')],
    ['a URL with broken escapes', listed('pkg:deb/debian/%zz@1')],
    ['neither a URL nor a kind', listed(null, { name: 'busybox' })],
  ])('nothing is made of %s', (_, one) => {
    expect(identityOfListed(one)).toBeNull();
  });
});
