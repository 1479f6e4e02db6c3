import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { AuditError, systemErrorCode } from '../../core/index.ts';
import type { Mirror, RegistriesConfig, RegistryEntry } from './places.ts';

/** Members that mean nothing here: short names are Docker's, and credentials are looked for where they always are. */
const OTHER_MEMBERS: ReadonlySet<string> = new Set([
  'unqualified-search-registries',
  'short-name-mode',
  'aliases',
  'credential-helpers',
  'additional-layer-store-auth-helper',
]);
const ENTRY_MEMBERS: ReadonlySet<string> = new Set([
  'prefix',
  'location',
  'insecure',
  'blocked',
  'mirror',
  'mirror-by-digest-only',
]);
const MIRROR_MEMBERS: ReadonlySet<string> = new Set(['location', 'insecure', 'pull-from-mirror']);

/**
 * Reads a file of the form of containers-registries.conf(5), version 2, as Podman, Skopeo and Buildah do. What is
 * not known is refused: a misspelt "blocked" would block nothing.
 * @throws AuditError `REGISTRIES_CONFIG_INVALID`
 */
export function readRegistriesConf(path: string): RegistriesConfig {
  let document: Record<string, unknown>;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof TomlError ? error.message.split('\n')[0] : (systemErrorCode(error) ?? String(error));
    throw new AuditError('REGISTRIES_CONFIG_INVALID', `${path} cannot be read: ${why}`, { cause: error });
  }
  const refuse = (why: string): never => {
    throw new AuditError('REGISTRIES_CONFIG_INVALID', `${path}: ${why}`, {
      hint: 'It is read as containers-registries.conf(5) describes it, version 2.',
    });
  };
  for (const name of Object.keys(document)) {
    if (name !== 'registry' && !OTHER_MEMBERS.has(name)) refuse(`${JSON.stringify(name)} is not known`);
  }
  return tables(document['registry'], 'registry', refuse).map((table, i) =>
    toEntry(table, `registry ${i + 1}`, refuse),
  );
}

type Table = Readonly<Record<string, unknown>>;
type Refuse = (why: string) => never;

function toEntry(table: Table, where: string, refuse: Refuse): RegistryEntry {
  checkMembers(table, ENTRY_MEMBERS, where, refuse);
  const location = text(table, 'location', where, refuse);
  const prefix = text(table, 'prefix', where, refuse) ?? location ?? refuse(`${where} has neither prefix nor location`);
  if (location !== undefined && !location.startsWith('*.')) checkHost(location, where, refuse);
  const digestsOnly = flag(table, 'mirror-by-digest-only', where, refuse);
  const mirrors = tables(table['mirror'], `mirror of ${where}`, refuse).map((mirror, i) =>
    toMirror(mirror, `mirror ${i + 1} of ${where}`, digestsOnly, refuse),
  );
  return {
    prefix: trimmed(prefix),
    location: location === undefined || trimmed(location) === trimmed(prefix) ? null : trimmed(location),
    plainHttp: flag(table, 'insecure', where, refuse),
    blocked: flag(table, 'blocked', where, refuse),
    mirrors,
  };
}

function toMirror(table: Table, where: string, digestsOnly: boolean, refuse: Refuse): Mirror {
  checkMembers(table, MIRROR_MEMBERS, where, refuse);
  const location = text(table, 'location', where, refuse) ?? refuse(`${where} has no location`);
  const pull = text(table, 'pull-from-mirror', where, refuse) ?? (digestsOnly ? 'digest-only' : 'all');
  const takes = { all: 'all', 'digest-only': 'digests', 'tag-only': 'tags' }[pull];
  if (takes === undefined) refuse(`pull-from-mirror of ${where} is ${JSON.stringify(pull)}`);
  checkHost(location, where, refuse);
  return {
    location: trimmed(location),
    plainHttp: flag(table, 'insecure', where, refuse),
    takes: takes as Mirror['takes'],
  };
}

/** The attack, or rather the slip: a location without a dot is a namespace of Docker Hub, which then is asked. */
function checkHost(location: string, where: string, refuse: Refuse): void {
  const host = location.split('/')[0] as string;
  if (!/[.:]/.test(host) && host !== 'localhost') {
    refuse(
      `the location of ${where} begins with ${JSON.stringify(host)}, which is no host: write it with its domain or port`,
    );
  }
}

function checkMembers(table: Table, known: ReadonlySet<string>, where: string, refuse: Refuse): void {
  for (const name of Object.keys(table))
    if (!known.has(name)) refuse(`${JSON.stringify(name)} of ${where} is not known`);
}

function tables(value: unknown, where: string, refuse: Refuse): Table[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : refuse(`${where} is no list of tables`);
  return list.map((one) => (typeof one === 'object' && one !== null ? (one as Table) : refuse(`${where} is no table`)));
}

function text(table: Table, name: string, where: string, refuse: Refuse): string | undefined {
  const value = table[name];
  return value === undefined || typeof value === 'string' ? value : refuse(`${name} of ${where} is no text`);
}

function flag(table: Table, name: string, where: string, refuse: Refuse): boolean {
  const value = table[name] ?? false;
  return typeof value === 'boolean' ? value : refuse(`${name} of ${where} is neither true nor false`);
}

function trimmed(location: string): string {
  return location.replace(/\/+$/, '');
}
