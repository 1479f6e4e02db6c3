import { formatInstruction, type Image } from '../image/index.ts';
import { asArray, asObject, asText, type JsonObject } from '../oci/index.ts';
import type { DiffPair, DiffSetting } from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import { compareLists } from '../stages/index.ts';

/**
 * Members of a configuration that are compared elsewhere, say only when and where it was built, or are left over from
 * Docker's classic builder.
 */
const NOT_COMPARED = new Set([
  'config',
  'history',
  'rootfs',
  'created',
  'container',
  'container_config',
  'docker_version',
]);

/** Members of its `config` that Docker's classic builder leaves there: the image and the container of the step before. */
const LEFT_OVERS = new Set(['image', 'hostname']);

/** Deepest value that is shown. */
const MAX_DEPTH = 32;

/**
 * Compares the configurations of two images, member by member: variables by name, labels, ports and volumes one by
 * one. What is empty on one side and absent on the other is the same, as runtimes see it.
 */
export function compareConfigs(a: ImageEvidence, b: ImageEvidence): DiffSetting[] {
  const [before, after] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((field) => ({ field, a: before.get(field) ?? null, b: after.get(field) ?? null }))
    .filter((setting) => setting.a !== setting.b);
}

/** Steps of two histories that only one has, in order. */
export function compareHistories(a: ImageEvidence, b: ImageEvidence): DiffPair['history'] {
  const changes = compareLists(instructionsOf(a.image, a.redact), instructionsOf(b.image, b.redact));
  return changes.map(({ change, text, index }) => ({ change, instruction: text, historyIndex: index }));
}

function instructionsOf({ config }: Image, redact: (text: string) => string): string[] {
  return (config?.history ?? []).map(({ createdBy, comment }) => redact(formatInstruction(createdBy ?? comment ?? '')));
}

/** Every member as `Env.PATH` or `User`, with its value as JSON. */
function settingsOf({ image, redact }: ImageEvidence): Map<string, string> {
  const settings = new Map<string, string>();
  const set = (field: string, value: unknown): void => {
    if (!isEmpty(value)) settings.set(redact(field), JSON.stringify(redactValue(value, redact, 0)));
  };
  const document = image.config?.document ?? {};
  for (const [name, value] of Object.entries(document)) if (!NOT_COMPARED.has(name.toLowerCase())) set(name, value);
  const config = Object.entries(document).find(([name]) => name.toLowerCase() === 'config')?.[1];
  for (const [name, value] of Object.entries(asObject(config) ?? {})) {
    if (LEFT_OVERS.has(name.toLowerCase())) continue;
    const variables = name === 'Env' ? asArray(value) : undefined;
    const members = asObject(value);
    if (variables !== undefined) setVariables(variables, set);
    else if (members !== undefined && name !== 'Healthcheck') setMembers(name, members, set);
    else set(name, value);
  }
  return settings;
}

function setVariables(variables: readonly unknown[], set: (field: string, value: unknown) => void): void {
  for (const variable of variables) {
    const text = asText(variable) ?? JSON.stringify(variable);
    const equals = text.indexOf('=');
    if (equals < 0) set(`Env.${text}`, true);
    // A variable that is set to nothing is set all the same.
    else set(`Env.${text.slice(0, equals)}`, text.slice(equals + 1) === '' ? '=' : text.slice(equals + 1));
  }
}

/** Ports and volumes are members without a value. */
function setMembers(name: string, members: JsonObject, set: (field: string, value: unknown) => void): void {
  for (const [key, value] of Object.entries(members)) set(`${name}.${key}`, isEmpty(value) ? true : value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function redactValue(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((one) => redactValue(one, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [redact(key), redactValue(one, redact, depth + 1)]),
  );
}
