/**
 * Builds images out of recipes, in every packaging that tools write, without any of these tools.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type TarMemberSpec, writeTar } from './tar-writer.ts';

/** How a layer is stored. */
export type LayerCompression = 'none' | 'gzip' | 'zstd';

/** A step of the recipe: with members it makes a layer, without it is an empty step of the history. */
export interface StepRecipe {
  readonly createdBy: string;
  readonly members?: readonly TarMemberSpec[];
  /** The layer's bytes, for those that no recipe describes. */
  readonly tar?: Buffer;
}

/** A recipe of one image. */
export interface ImageRecipe {
  readonly platform?: string;
  readonly steps: readonly StepRecipe[];
  /** Members of the configuration's `config`, as Docker spells them. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Members of the configuration itself. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A blob and what descriptors say of it. */
export interface BuiltBlob {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** An image built from a recipe. */
export interface BuiltImage {
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly config: BuiltBlob;
  readonly layers: readonly BuiltBlob[];
  /** The layers' uncompressed tars. */
  readonly tars: readonly Buffer[];
  readonly manifest: BuiltBlob;
}

/** Files of an archive or a folder, by name. */
export type Files = Map<string, Buffer>;

const CREATED = '2026-01-02T03:04:05Z';

/** `sha256:…` of bytes. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Builds an image; the recipe and the compression decide every byte. */
export function buildImage(
  recipe: ImageRecipe,
  compression: LayerCompression | readonly LayerCompression[] = 'gzip',
): BuiltImage {
  const [os = 'linux', architecture = 'amd64', variant] = (recipe.platform ?? 'linux/amd64').split('/');
  const filled = recipe.steps.filter((step) => step.members !== undefined || step.tar !== undefined);
  const tars = filled.map((step) => step.tar ?? writeTar(step.members ?? []));
  const layers = tars.map((tar, i) =>
    storeLayer(tar, typeof compression === 'string' ? compression : (compression[i] ?? 'gzip')),
  );
  const document = {
    created: CREATED,
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: recipe.config ?? {},
    rootfs: { type: 'layers', diff_ids: tars.map(sha256) },
    history: recipe.steps.map((step) => ({
      created: CREATED,
      created_by: step.createdBy,
      ...(step.members === undefined && step.tar === undefined ? { empty_layer: true } : {}),
    })),
    ...recipe.document,
  };
  const config = jsonBlob(document, 'application/vnd.oci.image.config.v1+json');
  const manifest = jsonBlob(
    {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor(config),
      layers: layers.map(descriptor),
      ...(recipe.annotations === undefined ? {} : { annotations: recipe.annotations }),
    },
    'application/vnd.oci.image.manifest.v1+json',
  );
  return {
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    config,
    layers,
    tars,
    manifest,
  };
}

function storeLayer(tar: Buffer, compression: LayerCompression): BuiltBlob {
  const bytes = compression === 'gzip' ? gzipSync(tar) : compression === 'zstd' ? zstdCompressSync(tar) : tar;
  const suffix = compression === 'none' ? '' : `+${compression}`;
  return { bytes, digest: sha256(bytes), mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}` };
}

/** A JSON document as a blob. */
export function jsonBlob(document: unknown, mediaType: string): BuiltBlob {
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, digest: sha256(bytes), mediaType };
}

/** What points to a blob. */
export function descriptor({ mediaType, digest, bytes }: BuiltBlob): {
  mediaType: string;
  digest: string;
  size: number;
} {
  return { mediaType, digest, size: bytes.byteLength };
}

/** An index of several images, one for each platform. */
export function buildIndex(images: readonly BuiltImage[]): BuiltBlob {
  return jsonBlob(
    {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: images.map((image) => ({ ...descriptor(image.manifest), platform: image.platform })),
    },
    'application/vnd.oci.image.index.v1+json',
  );
}

/** All blobs of images, by digest. */
export function blobsOf(images: readonly BuiltImage[]): Map<string, BuiltBlob> {
  return new Map(
    images.flatMap((image) => [image.config, ...image.layers, image.manifest]).map((blob) => [blob.digest, blob]),
  );
}

/** An OCI image layout; several images share an index under one name. */
export function ociLayout(images: readonly BuiltImage[], name?: string): Files {
  const annotations = name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } };
  const index = images.length === 1 ? undefined : buildIndex(images);
  const root = index ?? (images[0] as BuiltImage).manifest;
  const files: Files = new Map([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    [
      'index.json',
      Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ ...descriptor(root), ...annotations }] })),
    ],
  ]);
  for (const blob of [...blobsOf(images).values(), ...(index === undefined ? [] : [index])])
    files.set(blobName(blob), blob.bytes);
  return files;
}

function blobName({ digest }: BuiltBlob): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** What `docker save` wrote before Docker 25: layers by path, uncompressed, the manifest last. */
export function dockerSaveLegacy(image: BuiltImage, names: readonly string[]): Files {
  const hex = image.config.digest.slice('sha256:'.length);
  const layers = image.tars.map((tar, i) => ({
    tar,
    folder: createHash('sha256').update(`${i}`).update(tar).digest('hex'),
  }));
  const files: Files = new Map();
  for (const { tar, folder } of layers) {
    files.set(`${folder}/VERSION`, Buffer.from('1.0'));
    files.set(`${folder}/json`, Buffer.from(JSON.stringify({ id: folder })));
    files.set(`${folder}/layer.tar`, tar);
  }
  files.set(`${hex}.json`, image.config.bytes);
  const manifest = [
    { Config: `${hex}.json`, RepoTags: names, Layers: layers.map(({ folder }) => `${folder}/layer.tar`) },
  ];
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return files;
}

/** What `docker save` writes since Docker 25: an OCI layout, and a manifest.json that points into it. */
export function dockerSaveHybrid(images: readonly BuiltImage[], name: string): Files {
  const files = ociLayout(images, name.slice(name.lastIndexOf(':') + 1));
  const first = images[0] as BuiltImage;
  const manifest = [{ Config: blobName(first.config), RepoTags: [name], Layers: first.layers.map(blobName) }];
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return files;
}

/** Files as a tar. */
export function archive(files: Files): Buffer {
  return writeTar([...files].map(([name, content]) => ({ name, content })));
}

/** Files as a folder. */
export function writeFolder(files: Files, folder: string): void {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
