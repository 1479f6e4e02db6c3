import type { DiffId, Platform } from '../core/index.ts';
import { isDigest } from '../core/index.ts';
import { describeTwice, readPlatform } from './descriptor.ts';
import {
  ambiguousNames,
  asArray,
  asObject,
  asSize,
  asText,
  asTextList,
  asTextMap,
  type JsonObject,
  memberOf,
  parseJsonObject,
} from './json.ts';

/** One step of an image's history. */
export interface HistoryEntry {
  readonly created: string | null;
  readonly createdBy: string | null;
  readonly author: string | null;
  readonly comment: string | null;
  readonly emptyLayer: boolean;
}

/** How a container of the image checks its health; times in nanoseconds as the document has them. */
export interface Healthcheck {
  readonly test: readonly string[];
  readonly intervalNs: number | null;
  readonly timeoutNs: number | null;
  readonly startPeriodNs: number | null;
  readonly retries: number | null;
}

/** How a container of the image runs. */
export interface ExecutionConfig {
  readonly user: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | null;
  readonly shell: readonly string[];
  readonly onBuild: readonly string[];
  readonly healthcheck: Healthcheck | null;
}

/** An image configuration (OCI image specification, config.md; Docker's image specification v1.2). */
export interface ImageConfig {
  readonly platform: Platform | null;
  readonly created: string | null;
  readonly author: string | null;
  readonly config: ExecutionConfig;
  /** Null at a position whose diffID is malformed. */
  readonly diffIds: readonly (DiffId | null)[];
  readonly history: readonly HistoryEntry[];
  /** What the document has that is not what the specification says; sentences for a finding. */
  readonly problems: readonly string[];
  /** The document itself, for searches through fields that no specification knows. */
  readonly document: JsonObject;
}

/**
 * Reads an image configuration, as much of it as makes sense: an image with a broken label is audited all
 * the same.
 * @throws AuditError `DOCUMENT_INVALID` where it is no JSON object at all
 */
export function readImageConfig(bytes: Uint8Array, what: string): ImageConfig {
  const document = parseJsonObject(bytes, what);
  const rootfs = asObject(memberOf(document, 'rootfs'));
  const config = asObject(memberOf(document, 'config')) ?? {};
  const problems: string[] = [];
  const twice = [document, config, rootfs ?? {}].flatMap(ambiguousNames);
  if (twice.length > 0) problems.push(`it has ${describeTwice(twice)}`);
  const platform = readPlatform(document);
  if (platform === null) problems.push('it names no operating system or no architecture');
  const diffIds = asArray(memberOf(rootfs, 'diff_ids'));
  if (diffIds === undefined) problems.push('it lists no diffIDs');
  else if (diffIds.some((value) => !isDigest(value))) problems.push('it lists a malformed diffID');
  const history = memberOf(document, 'history') ?? [];
  if (asArray(history) === undefined) problems.push('its history is no list');
  return {
    platform,
    created: asText(memberOf(document, 'created')) ?? null,
    author: asText(memberOf(document, 'author')) ?? null,
    config: readExecutionConfig(config),
    diffIds: (diffIds ?? []).map((value) => (isDigest(value) ? (value as string as DiffId) : null)),
    history: (asArray(history) ?? []).map(readHistoryEntry),
    problems,
    document,
  };
}

function readExecutionConfig(config: JsonObject): ExecutionConfig {
  return {
    user: asText(memberOf(config, 'User')) ?? '',
    env: asTextList(memberOf(config, 'Env')),
    entrypoint: asTextList(memberOf(config, 'Entrypoint')),
    cmd: asTextList(memberOf(config, 'Cmd')),
    workingDir: asText(memberOf(config, 'WorkingDir')) ?? '',
    exposedPorts: Object.keys(asObject(memberOf(config, 'ExposedPorts')) ?? {}),
    volumes: Object.keys(asObject(memberOf(config, 'Volumes')) ?? {}),
    labels: asTextMap(memberOf(config, 'Labels')),
    stopSignal: asText(memberOf(config, 'StopSignal')) ?? null,
    shell: asTextList(memberOf(config, 'Shell')),
    onBuild: asTextList(memberOf(config, 'OnBuild')),
    healthcheck: readHealthcheck(memberOf(config, 'Healthcheck')),
  };
}

function readHealthcheck(value: unknown): Healthcheck | null {
  const object = asObject(value);
  if (object === undefined) return null;
  return {
    test: asTextList(memberOf(object, 'Test')),
    intervalNs: asSize(memberOf(object, 'Interval')) ?? null,
    timeoutNs: asSize(memberOf(object, 'Timeout')) ?? null,
    startPeriodNs: asSize(memberOf(object, 'StartPeriod')) ?? null,
    retries: asSize(memberOf(object, 'Retries')) ?? null,
  };
}

function readHistoryEntry(value: unknown): HistoryEntry {
  const object = asObject(value) ?? {};
  return {
    created: asText(memberOf(object, 'created')) ?? null,
    createdBy: asText(memberOf(object, 'created_by')) ?? null,
    author: asText(memberOf(object, 'author')) ?? null,
    comment: asText(memberOf(object, 'comment')) ?? null,
    emptyLayer: memberOf(object, 'empty_layer') === true,
  };
}
