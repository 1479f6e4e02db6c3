import { expect, test } from 'vitest';
import { type Digest, parsePlatform } from '../../../src/core/index.ts';
import type { Descriptor } from '../../../src/oci/index.ts';
import { entriesFor } from '../../../src/source/wanted-platforms.ts';

/** An index entry for each platform; `-` for one that names none. */
function entries(...platforms: string[]): Descriptor[] {
  return platforms.map((text, i) => ({
    mediaType: '',
    digest: `sha256:${i}` as Digest,
    sizeBytes: null,
    urls: [],
    annotations: { text },
    platform: text === '-' ? null : parsePlatform(text),
    artifactType: null,
  }));
}

test.each<[string[], string[], string[]]>([
  [[], ['amd64', 'arm64', '-'], ['amd64', 'arm64', '-']],
  [['amd64'], ['amd64', 'arm64', 'windows/amd64'], ['amd64']],
  [
    ['amd64', 'arm64'],
    ['amd64', 's390x', 'arm64'],
    ['amd64', 'arm64'],
  ],
  [['linux/arm64'], ['linux/aarch64', 'amd64'], ['linux/aarch64']],
  [['arm'], ['linux/arm/v6', 'linux/arm/v7', 'amd64'], ['linux/arm/v6', 'linux/arm/v7']],
  [['linux/arm/v7'], ['linux/arm/v6', 'linux/arm/v7'], ['linux/arm/v7']],
  [['amd64'], ['amd64', 'arm64', '-'], ['amd64', '-']],
  [['amd64'], ['amd64', 'unknown/unknown', 'arm64'], ['amd64', 'unknown/unknown']],
  [['s390x'], ['amd64', 'arm64'], ['amd64', 'arm64']],
  [
    ['amd64', 's390x'],
    ['amd64', 'arm64'],
    ['amd64', 'arm64'],
  ],
  [['amd64'], ['-', '-'], ['-', '-']],
])('of those who want %j, an index with %j is read at %j', (wanted, offered, read) => {
  const found = entriesFor(entries(...offered), wanted.map(parsePlatform));
  expect(found.map(({ annotations }) => annotations['text'])).toEqual(read);
});
