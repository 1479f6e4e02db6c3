import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Digest, parseReference } from '../../../src/core/index.ts';
import { RegistryClient, type RegistryClientOptions, readRegistriesConf } from '../../../src/registry/index.ts';
import { placesOf, type RegistriesConfig, type RegistryEntry } from '../../../src/registry/mirrors/places.ts';
import { buildImage } from '../../support/image-builder.ts';
import { otherBytes, RegistryServer } from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /', members: [file('a', 'x')] }] });
const OTHER = buildImage({ steps: [{ createdBy: 'COPY b /', members: [file('b', 'y')] }] });

const entry = (prefix: string, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  prefix,
  location: null,
  plainHttp: false,
  blocked: false,
  mirrors: [],
  ...more,
});
const mirror = (location: string, takes: 'all' | 'tags' | 'digests' = 'all'): RegistryEntry['mirrors'][number] => ({
  location,
  plainHttp: false,
  takes,
});

describe('the places of a repository', () => {
  const places = (name: string, config: RegistriesConfig): string[] =>
    placesOf(parseReference(name), config).map(
      ({ reference, isMirror }) => `${isMirror ? '' : '='}${reference.registry}/${reference.repository}`,
    );

  test.each<[string, RegistriesConfig, readonly string[]]>([
    ['debian', [], ['=docker.io/library/debian']],
    ['debian', [entry('ghcr.io', { mirrors: [mirror('m.test')] })], ['=docker.io/library/debian']],
    [
      'debian',
      [entry('docker.io', { mirrors: [mirror('m.test'), mirror('n.test:5000/hub')] })],
      ['m.test/library/debian', 'n.test:5000/hub/library/debian', '=docker.io/library/debian'],
    ],
    [
      'docker.io/acme/api',
      [entry('docker.io/acme', { mirrors: [mirror('m.test/a')] })],
      ['m.test/a/api', '=docker.io/acme/api'],
    ],
    ['docker.io/acmeco/api', [entry('docker.io/acme', { mirrors: [mirror('m.test/a')] })], ['=docker.io/acmeco/api']],
    [
      'docker.io/acme/api',
      [
        entry('docker.io', { mirrors: [mirror('short.test')] }),
        entry('docker.io/acme', { mirrors: [mirror('long.test')] }),
      ],
      ['long.test/api', '=docker.io/acme/api'],
    ],
    ['eu.gcr.io/p/i', [entry('*.gcr.io', { mirrors: [mirror('m.test')] })], ['m.test/p/i', '=eu.gcr.io/p/i']],
    ['gcr.io/p/i', [entry('*.gcr.io', { mirrors: [mirror('m.test')] })], ['=gcr.io/p/i']],
    ['ghcr.io/acme/api', [entry('ghcr.io', { location: 'proxy.test/ghcr' })], ['proxy.test/ghcr/acme/api']],
  ])('of %s by %j are %j', (name, config, expected) => {
    expect(places(name, config)).toEqual(expected);
  });

  test('keep tag and digest', () => {
    const [first] = placesOf(parseReference('ghcr.io/acme/api:1.4'), [
      entry('ghcr.io', { mirrors: [mirror('m.test')] }),
    ]);
    expect(first?.reference).toMatchObject({ registry: 'm.test', repository: 'acme/api', tag: '1.4' });
  });

  test('are none where it is blocked', () => {
    expect(() => placesOf(parseReference('ghcr.io/a'), [entry('ghcr.io', { blocked: true })])).toThrow(
      'ghcr.io/a is blocked by the configuration of registries (ghcr.io)',
    );
  });
});

describe('a client with a mirror', () => {
  let origin: RegistryServer;
  let copy: RegistryServer;

  beforeEach(async () => {
    origin = await RegistryServer.start();
    copy = await RegistryServer.start();
    origin.push('acme/api', [IMAGE]);
    origin.tag('acme/api', '1.4', IMAGE.manifest);
  });

  afterEach(async () => {
    await origin[Symbol.asyncDispose]();
    await copy[Symbol.asyncDispose]();
  });

  function client(
    takes: 'all' | 'tags' | 'digests' = 'all',
    more: Partial<RegistryClientOptions> = {},
  ): RegistryClient {
    return new RegistryClient(parseReference(`${origin.host}/acme/api:1.4`), {
      limits: DEFAULT_LIMITS,
      env: {},
      registries: [entry(origin.host, { mirrors: [mirror(`${copy.host}/cache`, takes)] })],
      ...more,
    });
  }

  const fill = (image = IMAGE): void => {
    copy.push('cache/acme/api', [image]);
    copy.tag('cache/acme/api', '1.4', image.manifest);
  };
  const layer = IMAGE.layers[0]?.digest as Digest;
  const read = async (from: RegistryClient, digest: Digest): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of from.blob(digest, LIVE)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  test('asks the mirror, and the registry nothing', async () => {
    fill();
    const own = client();
    expect((await own.manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
    expect((await read(own, layer)).equals(IMAGE.layers[0]?.bytes as Buffer)).toBe(true);
    expect(origin.requests).toEqual([]);
  });

  test('asks the registry for what the mirror does not have', async () => {
    const own = client();
    expect((await own.manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
    expect((await read(own, layer)).equals(IMAGE.layers[0]?.bytes as Buffer)).toBe(true);
    expect(copy.paths(/cache/)).not.toEqual([]);
  });

  test('asks the registry for tags where the mirror is for digests', async () => {
    fill(OTHER);
    const own = client('digests');
    expect((await own.manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
    expect(copy.paths(/manifests\/1\.4/)).toEqual([]);
  });

  test('does not take a manifest of another digest from the mirror', async () => {
    fill();
    copy.on(/manifests/, otherBytes(Buffer.from('{}')));
    const { bytes } = await client().manifest(IMAGE.manifest.digest, LIVE);
    expect(Buffer.from(bytes).equals(IMAGE.manifest.bytes)).toBe(true);
  });

  test('does not take a small blob of another digest from the mirror', async () => {
    fill();
    copy.on(/blobs/, otherBytes(Buffer.from('{}')));
    const bytes = await client().smallBlob(IMAGE.config.digest as Digest, 1_000_000, LIVE);
    expect(Buffer.from(bytes).equals(IMAGE.config.bytes)).toBe(true);
  });

  test('shows the mirror no password that was given for the registry', async () => {
    const asked = await RegistryServer.start({ kind: 'basic', username: 'mirror', password: 'its own' });
    try {
      const own = client('all', {
        env: { LAYER_AUDIT_USERNAME: 'bob', LAYER_AUDIT_PASSWORD: 'from the environment' },
        login: { username: 'bob', password: 'from a flag' },
        registries: [entry(origin.host, { mirrors: [mirror(`${asked.host}/cache`)] })],
      });
      expect((await own.manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
      expect(asked.requests.length).toBeGreaterThan(0);
      for (const { headers } of asked.requests) expect(headers).not.toHaveProperty('authorization');
    } finally {
      await asked[Symbol.asyncDispose]();
    }
  });

  test('says what both said where neither has it', async () => {
    await expect(client().manifest('2.0', LIVE)).rejects.toThrow(
      new RegExp(`${origin.host}.*\\(before, ${copy.host}: .*\\)`, 's'),
    );
  });

  test('asks nobody else when it is stopped', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(client().manifest('1.4', stop.signal)).rejects.toThrow();
    expect(origin.requests).toEqual([]);
  });
});

describe('a registries.conf', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layer-audit-conf-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const conf = (text: string): RegistriesConfig => {
    const path = join(folder, 'registries.conf');
    writeFileSync(path, text);
    return readRegistriesConf(path);
  };

  test('gives prefixes, locations and mirrors', () => {
    const text = `
      unqualified-search-registries = ["docker.io"]
      [[registry]]
      prefix = "docker.io/library/"
      location = "docker.io/library"
      mirror-by-digest-only = true
      [[registry.mirror]]
      location = "mirror.test:5000/hub/"
      insecure = true
      [[registry.mirror]]
      location = "other.test"
      pull-from-mirror = "tag-only"
      [[registry]]
      location = "evil.test"
      blocked = true
    `;
    expect(conf(text)).toEqual([
      entry('docker.io/library', {
        mirrors: [
          { location: 'mirror.test:5000/hub', plainHttp: true, takes: 'digests' },
          { location: 'other.test', plainHttp: false, takes: 'tags' },
        ],
      }),
      entry('evil.test', { blocked: true }),
    ]);
  });

  test.each([
    ['registry = 1', 'registry is no list of tables'],
    ['[[registry]]\nblocked = true', 'registry 1 has neither prefix nor location'],
    ['[[registry]]\nlocation = "a.test"\nblokced = true', '"blokced" of registry 1 is not known'],
    ['[[registry]]\nlocation = "a.test"\nblocked = "yes"', 'blocked of registry 1 is neither true nor false'],
    ['[[registry]]\nlocation = "mirror/hub"', 'begins with "mirror", which is no host'],
    [
      '[[registry]]\nlocation = "a.test"\n[[registry.mirror]]\ninsecure = true',
      'mirror 1 of registry 1 has no location',
    ],
    [
      '[[registry]]\nlocation = "a.test"\n[[registry.mirror]]\nlocation = "b.test"\npull-from-mirror = "never"',
      'is "never"',
    ],
    ['[registries.search]\nregistries = ["docker.io"]', '"registries" is not known'],
    ['[[registry', 'cannot be read'],
  ])('%j is refused: %s', (text, why) => {
    expect(() => conf(text)).toThrow(why);
    expect(() => conf(text)).toThrow(expect.objectContaining({ code: 'REGISTRIES_CONFIG_INVALID' }));
  });

  test('that is not there is refused', () => {
    expect(() => readRegistriesConf(join(folder, 'none'))).toThrow('cannot be read: ENOENT');
  });
});
