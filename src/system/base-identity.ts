import { formatInstruction, type Image } from '../image/index.ts';
import type { OsRelease } from './os-release.ts';

/** What an image seems to have been built upon. Nothing in an image proves it: each statement names what it goes by. */
export interface BaseIdentity {
  /** A reference, or the name of an official image; null where nothing names one. */
  readonly name: string | null;
  readonly version: string | null;
  /** Digest of the base's manifest. */
  readonly digest: string | null;
  /** What the provenance that names it is worth; null where the image itself is all that tells. */
  readonly verdict: StatedBase['verdict'] | null;
  /** When the newest of its layers was made; null where the history does not tell. */
  readonly created: string | null;
  /** How many of the lowest layers are the base's; null where that is not known. */
  readonly layers: number | null;
  /** What the above goes by, best first. */
  readonly basis: readonly string[];
}

/** The base as provenance names it: a claim, whose layers only comparing would tell. */
export interface StatedBase {
  readonly name: string;
  readonly digest: string | null;
  readonly verdict: 'verified' | 'unverified' | 'unsigned';
}

interface Clue {
  readonly name: string | null;
  readonly version?: string | null;
  readonly digest?: string | null;
  readonly basis: string;
}

/** Annotations of the OCI specification (annotations.md), which builders such as buildah and Bake write. */
const BASE_NAME = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';
const REF_NAME = 'org.opencontainers.image.ref.name';
const VERSION = 'org.opencontainers.image.version';

/** Variables by which Docker's official images state their version in their own Dockerfile. */
const OFFICIAL: Readonly<Record<string, string>> = {
  ASPNET_VERSION: 'mcr.microsoft.com/dotnet/aspnet',
  CADDY_VERSION: 'caddy',
  DENO_VERSION: 'denoland/deno',
  DOTNET_VERSION: 'mcr.microsoft.com/dotnet/runtime',
  ELIXIR_VERSION: 'elixir',
  GHOST_VERSION: 'ghost',
  GOLANG_VERSION: 'golang',
  HAPROXY_VERSION: 'haproxy',
  HTTPD_VERSION: 'httpd',
  JAVA_VERSION: 'eclipse-temurin',
  JULIA_VERSION: 'julia',
  MAVEN_VERSION: 'maven',
  MEMCACHED_VERSION: 'memcached',
  MONGO_VERSION: 'mongo',
  MYSQL_VERSION: 'mysql',
  NGINX_VERSION: 'nginx',
  NODE_VERSION: 'node',
  OTP_VERSION: 'erlang',
  PG_VERSION: 'postgres',
  PHP_VERSION: 'php',
  PYTHON_VERSION: 'python',
  RABBITMQ_VERSION: 'rabbitmq',
  REDIS_VERSION: 'redis',
  RUBY_VERSION: 'ruby',
  RUST_VERSION: 'rust',
  TOMCAT_VERSION: 'tomcat',
  VALKEY_VERSION: 'valkey/valkey',
};

/** Instructions with which makers of distributions' images put the root filesystem in place. */
const ROOT_FILESYSTEMS: readonly (readonly [pattern: RegExp, name: string, versionGroup: number | null])[] = [
  [/^ADD alpine-minirootfs-(\d[\w.]*)-/, 'alpine', 1],
  [/^# debian\.sh .*'([a-z]+)' '@\d+'/, 'debian', 1],
  [/^BusyBox (\d[\w.]*)/, 'busybox', 1],
  [/^ADD ubuntu-([a-z]+)-/, 'ubuntu', 1],
  [/^ADD fedora-(\d+)/, 'fedora', 1],
  [/^ADD archlinux/, 'archlinux', null],
  [/^apko\b/, 'apko', null],
];

/** Longest history text looked at: these instructions are short. */
const MAX_CHARS = 1000;

/**
 * Works out what an image was built upon: what builders say in annotations and labels, what makers of base images leave in
 * the history, and which distribution's files there are.
 * @param os of the final filesystem
 * @param stated by provenance, which comes before all else
 */
export function identifyBase(image: Image, os: OsRelease | null, stated: StatedBase | null): BaseIdentity {
  const attested = stated === null ? [] : [{ ...stated, basis: `provenance (${stated.verdict})` }];
  const clues: Clue[] = [...attested, ...statedClues(image), ...historyClues(image), ...distributionClue(image, os)];
  const named = clues.find(({ name }) => name !== null);
  const base = image.layers.filter(({ origin }) => origin === 'base');
  const times = base.flatMap(({ step }) => (step?.created == null ? [] : [step.created])).sort();
  return {
    name: named?.name ?? null,
    version: named?.version ?? null,
    digest: named === undefined ? (clues.find(({ digest }) => digest != null)?.digest ?? null) : (named.digest ?? null),
    verdict: stated?.verdict ?? null,
    created: times.at(-1) ?? null,
    layers: base.length > 0 ? base.length : null,
    basis: [
      ...new Set([...clues.map(({ basis }) => basis), ...base.slice(0, 1).map(({ originBasis }) => originBasis)]),
    ],
  };
}

/** What the manifest's annotations and the labels say. */
function statedClues({ annotations, config }: Image): Clue[] {
  const labels = config?.config.labels ?? {};
  return [[annotations, 'annotation'] as const, [labels, 'label'] as const].flatMap(([texts, kind]) => {
    const name = texts[BASE_NAME] ?? null;
    const digest = texts[BASE_DIGEST] ?? null;
    if (name === null && digest === null) return [];
    return [{ name, digest, basis: `${kind} ${name === null ? BASE_DIGEST : BASE_NAME}` }];
  });
}

/** What the base's own instructions say, the newest first: an official image of Node stands upon one of Debian. */
function historyClues(image: Image): Clue[] {
  const history = (image.config?.history ?? []).slice(0, image.ownHistoryFrom ?? undefined);
  const clues: Clue[] = [];
  for (const { createdBy, comment } of history.toReversed()) {
    const text = formatInstruction((createdBy ?? comment ?? '').slice(0, MAX_CHARS));
    const variable = /^ENV ([A-Z]+_VERSION)[= ]"?v?(\d[\w.+-]*)/.exec(text);
    const official = OFFICIAL[variable?.[1] ?? ''];
    if (variable !== null && official !== undefined) {
      clues.push({
        name: official,
        version: variable[2] as string,
        basis: `history: ENV ${variable[1]} of an official image`,
      });
    }
    for (const [pattern, name, group] of ROOT_FILESYSTEMS) {
      const match = pattern.exec(text);
      if (match !== null) {
        clues.push({
          name,
          version: group === null ? null : (match[group] ?? null),
          basis: `history: how ${name} is put in place`,
        });
      }
    }
  }
  return clues;
}

/** The distribution: by the name that its makers give their images in labels, or else by its os-release. */
function distributionClue({ config }: Image, os: OsRelease | null): Clue[] {
  const labels = config?.config.labels ?? {};
  // Ubuntu's and Red Hat's labels stay in images that are built upon them.
  if (labels[REF_NAME] === 'ubuntu') {
    return [{ name: 'ubuntu', version: labels[VERSION] ?? null, basis: `label ${REF_NAME}` }];
  }
  if (/^(?:ubi|rhel)\d/.test(labels['name'] ?? '') && labels['vendor'] === 'Red Hat, Inc.') {
    return [
      { name: `registry.access.redhat.com/${labels['name']}`, version: labels['version'] ?? null, basis: 'label name' },
    ];
  }
  return os === null ? [] : [{ name: null, basis: 'os-release' }];
}
