import type { DiffId, Platform } from '../core/index.ts';
import { isDigest } from '../core/index.ts';
import { readPlatform } from './descriptor.ts';
import { asArray, asObject, asSize, asText, asTextList, asTextMap, type JsonObject, parseJsonObject } from './json.ts';

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
  const problems: string[] = [];
  const platform = readPlatform(document);
  if (platform === null) problems.push('it names no operating system or no architecture');
  const diffIds = asArray(asObject(document['rootfs'])?.['diff_ids']);
  if (diffIds === undefined) problems.push('it lists no diffIDs');
  else if (diffIds.some((value) => !isDigest(value))) problems.push('it lists a malformed diffID');
  const history = document['history'] ?? [];
  if (asArray(history) === undefined) problems.push('its history is no list');
  return {
    platform,
    created: asText(document['created']) ?? null,
    author: asText(document['author']) ?? null,
    config: readExecutionConfig(asObject(document['config']) ?? {}),
    diffIds: (diffIds ?? []).map((value) => (isDigest(value) ? (value as string as DiffId) : null)),
    history: (asArray(history) ?? []).map(readHistoryEntry),
    problems,
    document,
  };
}

function readExecutionConfig(config: JsonObject): ExecutionConfig {
  return {
    user: asText(config['User']) ?? '',
    env: asTextList(config['Env']),
    entrypoint: asTextList(config['Entrypoint']),
    cmd: asTextList(config['Cmd']),
    workingDir: asText(config['WorkingDir']) ?? '',
    exposedPorts: Object.keys(asObject(config['ExposedPorts']) ?? {}),
    volumes: Object.keys(asObject(config['Volumes']) ?? {}),
    labels: asTextMap(config['Labels']),
    stopSignal: asText(config['StopSignal']) ?? null,
    shell: asTextList(config['Shell']),
    onBuild: asTextList(config['OnBuild']),
    healthcheck: readHealthcheck(config['Healthcheck']),
  };
}

function readHealthcheck(value: unknown): Healthcheck | null {
  const object = asObject(value);
  if (object === undefined) return null;
  return {
    test: asTextList(object['Test']),
    intervalNs: asSize(object['Interval']) ?? null,
    timeoutNs: asSize(object['Timeout']) ?? null,
    startPeriodNs: asSize(object['StartPeriod']) ?? null,
    retries: asSize(object['Retries']) ?? null,
  };
}

function readHistoryEntry(value: unknown): HistoryEntry {
  const object = asObject(value) ?? {};
  return {
    created: asText(object['created']) ?? null,
    createdBy: asText(object['created_by']) ?? null,
    author: asText(object['author']) ?? null,
    comment: asText(object['comment']) ?? null,
    emptyLayer: object['empty_layer'] === true,
  };
}
