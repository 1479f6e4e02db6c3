/** JSON documents and reference texts cut and damaged at every place: read, or refused with a code. */
import { afterAll, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { readImageConfig, readManifestDocument } from '../../../src/oci/index.ts';
import { parsePax } from '../../../src/tar/pax.ts';
import { buildImage, buildIndex } from '../../support/image-builder.ts';
import { file, paxRecords } from '../../support/tar-writer.ts';
import { cuts, type Damaged, flips, gaps, NOT_FOR_PEOPLE, SWEEP_TIMEOUT_MS } from './cases.ts';

let ran = 0;
afterAll(() => console.log(`sweep of documents: ${ran} cases`));

const image = buildImage({
  platform: 'linux/arm64/v8',
  steps: [{ createdBy: 'COPY . /', members: [file('f', 'x')] }, { createdBy: 'ENV A=b' }],
  config: {
    User: 'app',
    Env: ['PATH=/bin', 'A=ü'],
    ExposedPorts: { '80/tcp': {} },
    Labels: { a: 'b' },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 },
  },
  annotations: { 'org.opencontainers.image.title': 'x' },
});
const index = buildIndex([image, buildImage({ steps: [] })]);

const READERS = [
  ['a manifest', image.manifest.bytes, (bytes: Uint8Array) => readManifestDocument(bytes, 'the manifest')],
  ['an index', index.bytes, (bytes: Uint8Array) => readManifestDocument(bytes, 'the index')],
  ['a configuration', image.config.bytes, (bytes: Uint8Array) => readImageConfig(bytes, 'the configuration')],
  [
    'a PAX header',
    paxRecords({ path: 'some/where', size: '12', mtime: '1.5', 'SCHILY.xattr.a': 'b', 'GNU.sparse.map': '1,2' }),
    (bytes: Uint8Array) => parsePax(bytes),
  ],
] as const;

function* all(bytes: Buffer): Generator<Damaged> {
  yield* cuts(bytes, bytes.byteLength);
  // Every mask at every place: these are short.
  for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
    for (let at = 0; at < bytes.byteLength; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ mask;
      yield { how: `byte ${at} xor ${mask}`, bytes: changed, at };
    }
  }
  yield* flips(bytes, bytes.byteLength);
  yield* gaps(bytes, bytes.byteLength, 7);
}

test.each(READERS)(
  '%s',
  (_, bytes, read) => {
    for (const { how, bytes: damaged } of all(bytes)) {
      ran += 1;
      try {
        read(damaged);
      } catch (error) {
        if (!(error instanceof AuditError)) throw new Error(how, { cause: error });
        if (NOT_FOR_PEOPLE.test(error.message)) expect.fail(`${how}: ${error.message}`);
      }
    }
  },
  SWEEP_TIMEOUT_MS,
);
