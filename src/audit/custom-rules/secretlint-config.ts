import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AuditError } from '../../core/index.ts';
import { type CustomLint, type CustomLintRule, importRule } from '../../examine/index.ts';
import { invalidRules, readRulesFile } from './rules-file.ts';

/** What a configuration of secretlint's says. */
export interface SecretlintRules {
  readonly lint: CustomLint;
  /** What its modules are, besides what the configuration says of them. */
  readonly modules: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

/** What an entry may have, of rules and of presets. */
const RULE_MEMBERS = ['id', 'options', 'disabled', 'allowMessageIds', 'severity', 'rules'];

/**
 * Reads a configuration of secretlint's. Its rules and presets are modules of the user's: they are looked for beside
 * the file, as secretlint does, and run with the user's rights.
 * @throws AuditError `RULES_INVALID`
 */
export async function readSecretlintConfig(path: string): Promise<SecretlintRules> {
  const document = parseConfig(path);
  const { rules, sharedOptions = {}, ...unknown } = document;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw invalidRules(path, lineOf(path, extra), `${JSON.stringify(extra)} is not known here`);
  if (!Array.isArray(rules)) throw invalidRules(path, null, 'it has no list of rules');
  if (!isMembers(sharedOptions)) throw invalidRules(path, lineOf(path, 'sharedOptions'), 'sharedOptions is no object');
  const loaded = await Promise.all(rules.map((entry: unknown) => loadRule(path, entry)));
  return {
    lint: { rules: loaded.map(({ rule }) => rule), sharedOptions },
    modules: loaded.map(({ identity }) => identity),
  };
}

function parseConfig(path: string): Members {
  const text = readRulesFile(path, '--secretlintrc');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw invalidRules(path, null, `it is no JSON: ${message}`, 'Write the configuration as .secretlintrc.json.');
  }
  const own = basename(path) === 'package.json' && isMembers(document) ? document['secretlint'] : document;
  if (!isMembers(own)) throw invalidRules(path, null, 'it is no configuration of secretlint');
  return own;
}

async function loadRule(path: string, entry: unknown): Promise<{ rule: CustomLintRule; identity: string }> {
  if (!isMembers(entry) || typeof entry['id'] !== 'string') throw invalidRules(path, null, 'a rule has no id');
  const { id, ...settings } = entry as Members & { id: string };
  const unknown = Object.keys(settings).find((member) => !RULE_MEMBERS.includes(member));
  if (unknown !== undefined)
    throw invalidRules(path, lineOf(path, unknown), `rule ${id}: ${JSON.stringify(unknown)} is not known here`);
  const file = resolveModule(path, id);
  if (file === null) {
    throw invalidRules(
      path,
      lineOf(path, id),
      `rule ${id} is not installed`,
      `Install it beside the file: npm install ${fullName(id)}`,
    );
  }
  const url = pathToFileURL(file).href;
  try {
    await importRule(url);
  } catch (error) {
    throw brokenModule(path, id, error);
  }
  return { rule: { id, url, settings }, identity: `${id} ${versionOf(file)} ${digestOf(file)}` };
}

function brokenModule(path: string, id: string, error: unknown): AuditError {
  const message = error instanceof Error ? error.message : String(error);
  return invalidRules(path, lineOf(path, id), `rule ${id} cannot be loaded: ${message}`);
}

/** `example` as `secretlint-rule-example`, `@acme/example` as `@acme/secretlint-rule-example`. */
function fullName(id: string): string {
  const [, scope = '', name = ''] = /^(@[^/]+\/)?(.*)$/.exec(id) ?? [];
  return name.startsWith('secretlint-rule-') ? id : `${scope}secretlint-rule-${name}`;
}

/** The file of a rule's module: beside the configuration, or what comes with this program. */
function resolveModule(path: string, id: string): string | null {
  const config = resolve(path);
  if (/^\.{0,2}\//.test(id)) return tryResolve(resolve(dirname(config), id), config);
  const places = [config, fileURLToPath(import.meta.url)];
  for (const from of places) {
    for (const name of [fullName(id), id]) {
      const file = tryResolve(name, from);
      if (file !== null) return file;
    }
  }
  return null;
}

function tryResolve(name: string, from: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return resolveImportOnly(name, from);
  }
}

/** The main module of a package that is for `import` alone, which `require` does not find. */
function resolveImportOnly(name: string, from: string): string | null {
  try {
    const file = findPackageJSON(name, pathToFileURL(from));
    if (file === undefined) return null;
    const { exports } = JSON.parse(readFileSync(file, 'utf8')) as { exports?: unknown };
    const target = importTarget(isMembers(exports) && '.' in exports ? exports['.'] : exports);
    return target === null ? null : join(dirname(file), target);
  } catch {
    return null;
  }
}

function importTarget(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  if (!isMembers(entry)) return null;
  for (const [condition, target] of Object.entries(entry)) {
    if (!['node', 'import', 'module', 'default'].includes(condition)) continue;
    const found = importTarget(target);
    if (found !== null) return found;
  }
  return null;
}

function versionOf(file: string): string {
  try {
    const found = findPackageJSON('..', pathToFileURL(file));
    return found === undefined ? '' : String((JSON.parse(readFileSync(found, 'utf8')) as Members)['version'] ?? '');
  } catch {
    return '';
  }
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The line that a text in quotes stands in first. */
function lineOf(path: string, text: string): number | null {
  const lines = readFileSync(path, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(JSON.stringify(text)));
  return index < 0 ? null : index + 1;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
