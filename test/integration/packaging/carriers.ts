/** An image with a secret of its own in every place that an image can hide one, and where each has to be found. */
import { createHash } from 'node:crypto';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Evidence } from '../../../src/rules/index.ts';
import { elf } from '../../support/elf-writer.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import {
  dir,
  file,
  hardlink,
  opaque,
  symlink,
  type TarMemberSpec,
  whiteout,
  writeTar,
} from '../../support/tar-writer.ts';
import { zipArchive } from '../../unit/examine/nested/archive-writer.ts';

/** Where a secret has to be found. */
export interface ExpectedPlace {
  readonly state: Evidence['state'];
  /** Of the layer; null for what belongs to none. */
  readonly layer: number | null;
  readonly path: string | null;
  /** What of the entry, or of the image's metadata, holds it. */
  readonly field?: string;
  /** Members of archives, outermost first. */
  readonly nested?: readonly string[];
}

/** A secret for a carrier: another one for each, the same in every run. */
export function secretFor(carrier: string): string {
  const digest = createHash('sha512').update(`a secret in ${carrier}`).digest('base64').replace(/[+/=]/g, '');
  return `ghp_${digest.slice(0, 36)}`;
}

const text = (carrier: string): string => `token = "${secretFor(carrier)}"\n`;
const steps: { createdBy: string; members: TarMemberSpec[]; end?: Buffer }[] = [];
const EXPECTED = new Map<string, readonly ExpectedPlace[]>();

function expectAt(carrier: string, ...places: ExpectedPlace[]): void {
  EXPECTED.set(carrier, places);
}

/** A file with the secret of a carrier, live unless told otherwise. */
function carry(carrier: string, path: string, layer: number, state: Evidence['state'] = 'live'): TarMemberSpec {
  expectAt(carrier, { state, layer, path: `/${path}` });
  return file(path, text(carrier));
}

/** A file whose bytes hold the secret in archives of the names given; in several ways, where it stands there plainly, too. */
function wrap(carrier: string, path: string, bytes: Uint8Array, ...ways: (readonly string[])[]): TarMemberSpec {
  const nestedPaths = ways.length === 0 ? [[]] : ways;
  expectAt(
    carrier,
    ...nestedPaths.map((nested): ExpectedPlace => ({ state: 'live', layer: NESTED_LAYER, path: `/${path}`, nested })),
  );
  return file(path, bytes);
}

/** A file in git's forms: loose, and the only object of a pack. */
const asBlob = (content: string): string => `blob ${Buffer.byteLength(content)}\0${content}`;
const objectName = (content: string): string => createHash('sha1').update(asBlob(content)).digest('hex');
const objectPath = (content: string): string => objectName(content).replace(/^../, 'srv/.git/objects/$&/');

function gitPack(content: string): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\u0001', 'latin1');
  // A blob (3), and its length: four bits, then seven.
  const size = Buffer.from([0x80 | (3 << 4) | (bytes.byteLength & 15), bytes.byteLength >> 4]);
  const body = Buffer.concat([head, size, deflateSync(bytes)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

// The base, and what becomes of it.
steps.push({
  createdBy: 'ADD rootfs.tar.gz / # buildkit',
  members: [
    dir('etc'),
    dir('app'),
    carry('a file of the base layer', 'etc/base.conf', 0),
    carry('a deleted file', 'app/deleted', 0, 'deleted'),
    carry('the first version', 'app/versions', 0, 'overwritten'),
    dir('app/cache'),
    carry('a folder made opaque', 'app/cache/inside', 0, 'deleted'),
    dir('app/swap'),
    carry('a folder replaced by a file', 'app/swap/inside', 0, 'overwritten'),
    dir('app/gone'),
    carry('a deleted folder', 'app/gone/inside', 0, 'deleted'),
    carry('a file with a hard link', 'app/linked', 0),
    hardlink('app/link', 'app/linked'),
  ],
});
expectAt(
  'a file with a hard link',
  { state: 'live', layer: 0, path: '/app/link' },
  { state: 'live', layer: 0, path: '/app/linked' },
);
steps.push({
  createdBy: 'COPY versions /app # buildkit',
  members: [carry('the second version', 'app/versions', 1, 'overwritten')],
});
steps.push({
  createdBy: 'RUN /bin/sh -c tidy # buildkit',
  members: [
    carry('the third version', 'app/versions', 2),
    whiteout('app/deleted'),
    whiteout('app/gone'),
    dir('app/cache'),
    opaque('app/cache'),
    carry('a folder after it was made opaque', 'app/cache/new', 2),
    carry('a file in place of a folder', 'app/swap', 2),
    carry('the first of two entries of one path', 'app/twice', 2, 'never-effective'),
    carry('the second of two entries of one path', 'app/twice', 2),
  ],
});

// Files in files, and other ways to write.
const NESTED_LAYER = 3;
const inZip = (carrier: string, name: string): Buffer => zipArchive([{ name, content: text(carrier) }]);
const LOOSE = text('a loose object of git');
const PACKED = text('a pack of git');
const inTar = (name: string, content: string | Uint8Array): Buffer => writeTar([file(name, content)]);
steps.push({
  createdBy: 'COPY archives /srv # buildkit',
  members: [
    dir('srv'),
    wrap('a zip', 'srv/a.zip', inZip('a zip', 'settings'), ['settings']),
    wrap('a jar', 'srv/app.jar', inZip('a jar', 'BOOT-INF/application.yml'), ['BOOT-INF/application.yml']),
    wrap('a tar', 'srv/a.tar', inTar('settings', text('a tar')), ['settings'], []),
    wrap(
      'a tar in gzip',
      'srv/a.tgz',
      gzipSync(inTar('settings', text('a tar in gzip'))),
      ['a.tar', 'settings'],
      ['a.tar'],
    ),
    wrap(
      'a tar in zstd',
      'srv/a.tar.zst',
      zstdCompressSync(inTar('settings', text('a tar in zstd'))),
      ['a.tar', 'settings'],
      ['a.tar'],
    ),
    wrap('a file in gzip', 'srv/log.gz', gzipSync(text('a file in gzip')), ['log']),
    wrap('a file in zstd', 'srv/log.zst', zstdCompressSync(text('a file in zstd')), ['log'], []),
    wrap(
      'a jar in a zip in a tar in gzip',
      'srv/deep.tgz',
      gzipSync(
        inTar(
          'dist/a.zip',
          zipArchive([{ name: 'lib/x.jar', content: inZip('a jar in a zip in a tar in gzip', 'x.properties') }]),
        ),
      ),
      ['deep.tar', 'dist/a.zip', 'lib/x.jar', 'x.properties'],
    ),
    wrap('a loose object of git', objectPath(LOOSE), deflateSync(asBlob(LOOSE)), [`blob ${objectName(LOOSE)}`]),
    wrap('a pack of git', 'srv/.git/objects/pack/pack-1.pack', gitPack(PACKED), [`blob ${objectName(PACKED)}`]),
    wrap('a program', 'srv/program', elf({ texts: ['usage: program', secretFor('a program')] })),
    wrap('UTF-16, little end first', 'srv/le.txt', Buffer.from(`\ufeff${text('UTF-16, little end first')}`, 'utf16le')),
    wrap(
      'UTF-16, big end first',
      'srv/be.txt',
      swapped(Buffer.from(`\ufeff${text('UTF-16, big end first')}`, 'utf16le')),
    ),
    wrap(
      'base64',
      'srv/secret.yaml',
      Buffer.from(`data:\n  token: ${Buffer.from(secretFor('base64')).toString('base64')}\n`),
    ),
    wrap('a file without a name that tells', 'srv/x', Buffer.from(text('a file without a name that tells'))),
    wrap('the dependencies', 'srv/node_modules/y/README.md', Buffer.from(text('the dependencies'))),
  ],
});

// What belongs to no file's content.
const ODD_LAYER = 4;
const named = secretFor('the name of a file');
expectAt('the name of a file', { state: 'live', layer: ODD_LAYER, path: '/opt/****', field: 'path' });
expectAt('the target of a link', { state: 'live', layer: ODD_LAYER, path: '/opt/link', field: 'link target' });
expectAt('a comment in a PAX header', {
  state: 'metadata',
  layer: ODD_LAYER,
  path: null,
  field: 'tar:extended-header',
});
expectAt('an extended attribute', {
  state: 'live',
  layer: ODD_LAYER,
  path: '/opt/attributed',
  field: 'xattr:user.token',
});
expectAt('the bytes behind the end of the tar', {
  state: 'trailing',
  layer: ODD_LAYER,
  path: null,
  field: 'tar:after-end',
});
expectAt('the padding of a file', { state: 'never-effective', layer: ODD_LAYER, path: null, field: 'tar:padding' });
steps.push({
  createdBy: 'COPY odd /opt # buildkit',
  members: [
    dir('opt'),
    file(`opt/${named}`, 'empty'),
    symlink('opt/link', `/run/${secretFor('the target of a link')}`),
    file('opt/commented', 'x', { pax: { comment: secretFor('a comment in a PAX header') } }),
    file('opt/attributed', 'x', { pax: { 'SCHILY.xattr.user.token': secretFor('an extended attribute') } }),
    file('opt/padded', 'x', { padding: ` ${secretFor('the padding of a file')}` }),
  ],
  end: Buffer.concat([Buffer.alloc(1024), Buffer.from(text('the bytes behind the end of the tar').padEnd(512, '\0'))]),
});

/** In the configuration, with the field that holds each. */
const METADATA = {
  'an environment variable': 'config.Env[1]',
  'a label': 'config.Labels.org.acme.token',
  'the command': 'config.Cmd[2]',
  'the entrypoint': 'config.Entrypoint[1]',
  'the health check': 'config.Healthcheck.Test[1]',
  'an instruction for later builds': 'config.OnBuild[0]',
  'the author': 'author',
  'the comment': 'comment',
} as const;
for (const [carrier, field] of Object.entries(METADATA))
  expectAt(carrier, { state: 'metadata', layer: null, path: null, field });
expectAt('an instruction of the history', {
  state: 'metadata',
  layer: null,
  path: null,
  field: 'history[5].created_by',
});
expectAt('a build argument', { state: 'metadata', layer: 4, path: null, field: 'history[4].created_by' });
expectAt('a comment of the history', { state: 'metadata', layer: null, path: null, field: 'history[6].comment' });

const CREATED = '2026-01-02T03:04:05Z';

/** The image that every packaging can hold. */
export const carrierImage: ImageRecipe = {
  config: {
    Env: ['PATH=/usr/bin:/bin', `API_TOKEN=${secretFor('an environment variable')}`],
    Labels: { 'org.acme.token': secretFor('a label') },
    Cmd: ['run', '--token', secretFor('the command')],
    Entrypoint: ['/srv/program', secretFor('the entrypoint')],
    Healthcheck: { Test: ['CMD-SHELL', `curl -H 'X-Token: ${secretFor('the health check')}' http://localhost`] },
    OnBuild: [`RUN login ${secretFor('an instruction for later builds')}`],
    User: '1000',
  },
  document: {
    author: `build <${secretFor('the author')}>`,
    comment: secretFor('the comment'),
    history: [
      ...steps.slice(0, -1).map(({ createdBy }) => ({ created: CREATED, created_by: createdBy })),
      { created: CREATED, created_by: `|1 TOKEN=${secretFor('a build argument')} /bin/sh -c make # buildkit` },
      { created: CREATED, created_by: `LABEL x=${secretFor('an instruction of the history')}`, empty_layer: true },
      {
        created: CREATED,
        created_by: 'CMD ["run"]',
        comment: secretFor('a comment of the history'),
        empty_layer: true,
      },
    ],
  },
  steps: steps.map(({ createdBy, members, end }) => ({ createdBy, tar: writeTar(members, end) })),
};

/** Where each secret of {@link carrierImage} has to be found. */
export const CARRIERS: ReadonlyMap<string, readonly ExpectedPlace[]> = EXPECTED;

/** A second platform on the same base, with annotations: for packagings that can hold them. */
export const secondPlatform: ImageRecipe = {
  platform: 'linux/arm64',
  annotations: { 'org.acme.build': `by ${secretFor('an annotation')}` },
  config: { User: '1000' },
  steps: [{ createdBy: 'COPY only /app', members: [file('app/only', text('another platform'))] }],
};
