import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SEVERITIES, type Severity } from '../../core/index.ts';
import { type CustomAllowlist, type CustomPattern, compileRegex } from '../../examine/index.ts';
import { RULES } from '../../rules/index.ts';
import { readRulesFile } from './rules-file.ts';
import { TomlFile, type TomlTable } from './toml-table.ts';

/** Files that extend files that extend files; a file that extends itself does so for ever. */
const MAX_EXTENDED = 8;
const MAX_RULES = 1000;

/** Rules in gitleaks' format, as far as they say something: a rule may only change one of an extended file. */
interface PatternPart extends Omit<CustomPattern, 'title' | 'severity'> {
  readonly description: string | null;
  readonly severity: Severity | null;
  readonly table: TomlTable;
}

interface RuleSet {
  readonly rules: readonly PatternPart[];
  readonly allowlists: readonly CustomAllowlist[];
  /** Allowlists that are meant for some rules only. */
  readonly targeted: readonly { readonly ids: readonly string[]; readonly list: CustomAllowlist; table: TomlTable }[];
  readonly notes: readonly string[];
}

/** What a file of rules says. */
export interface GitleaksRules {
  readonly patterns: readonly CustomPattern[];
  readonly allowlists: readonly CustomAllowlist[];
  readonly notes: readonly string[];
}

/**
 * Reads a file of rules in gitleaks' format (version 8).
 * @throws AuditError `RULES_INVALID`, naming the line and the rule
 */
export function readGitleaksRules(path: string): GitleaksRules {
  const { rules, allowlists, targeted, notes } = readRuleSet(path, 0);
  const patterns = rules.map((part): CustomPattern => {
    const { description, severity, table, ...rest } = part;
    const lists = targeted.filter(({ ids }) => ids.includes(part.id)).map(({ list }) => list);
    if (part.regex === null && part.path === null) table.fail(`rule ${part.id} has neither a regex nor a path`);
    const groups = part.regex === null ? 0 : compileRegex(part.regex).matcher('').groupCount();
    if (part.secretGroup > groups)
      table.fail(`rule ${part.id}: secretGroup is ${part.secretGroup}, and its regex has ${groups}`, 'secretGroup');
    const title = description?.trim().replace(/\.$/, '') ?? '';
    return {
      ...rest,
      title: title === '' ? part.id : title,
      severity: severity ?? 'medium',
      allowlists: [...part.allowlists, ...lists],
    };
  });
  for (const { ids, table } of targeted) {
    const unknown = ids.find((id) => !rules.some((rule) => rule.id === id));
    if (unknown !== undefined) table.fail(`there is no rule ${unknown}`, 'targetRules');
  }
  const hasCommits = [...allowlists, ...patterns.flatMap((rule) => rule.allowlists)].some(({ commits }) => commits);
  const commitNote = `${path}: allowlists name commits; nothing here is of a commit, so they allow nothing`;
  return { patterns, allowlists, notes: hasCommits ? [...notes, commitNote] : notes };
}

function readRuleSet(path: string, depth: number): RuleSet {
  const file = new TomlFile(path, readRulesFile(path, '--secret-rules'));
  const { root } = file;
  for (const key of ['title', 'description', 'minVersion']) root.text(key);
  const extend = root.table('extend');
  const tables = root.tables('rules');
  if (tables.length > MAX_RULES) root.fail(`it has ${tables.length} rules; at most ${MAX_RULES} are taken`);
  const rules = tables.map(readRule);
  const global = [...singleOrList(root)].map((table) => ({
    ids: table.texts('targetRules').map(toId),
    list: readAllowlist(table, 'the file'),
    table,
  }));
  root.end();
  const own: RuleSet = {
    rules,
    allowlists: global.filter(({ ids }) => ids.length === 0).map(({ list }) => list),
    targeted: global.filter(({ ids }) => ids.length > 0),
    notes: [],
  };
  return extend === null ? own : extended(own, extend, path, depth);
}

/** What `[extend]` adds. */
function extended(own: RuleSet, extend: TomlTable, path: string, depth: number): RuleSet {
  const base = extend.text('path');
  const useDefault = extend.flag('useDefault');
  const disabled = extend.texts('disabledRules');
  if (extend.text('url') !== null)
    extend.fail('rules are not fetched from a URL', 'url', 'Fetch the file, and name it as path.');
  extend.end();
  if (base !== null && useDefault) extend.fail('path and useDefault exclude each other', 'useDefault');
  // What this program looks for cannot be switched off by a file that was written for another.
  const ours = disabled.find((id) => RULES.some((rule) => rule.id === `secrets/${toId(id)}`));
  if (useDefault && ours !== undefined)
    extend.fail(`disabledRules names ${ours}, which is a rule of this program, and stays`, 'disabledRules');
  if (useDefault) {
    // What has nothing to look for changes one of gitleaks' own rules.
    const kept = own.rules.filter(({ regex, path: wanted }) => regex !== null || wanted !== null);
    const dropped = own.rules.filter((rule) => !kept.includes(rule)).map(({ id }) => id);
    const ids = kept.map(({ id }) => id);
    const targeted = own.targeted.filter((one) => one.ids.some((id) => ids.includes(id)));
    const what = dropped.length === 0 ? '' : `, and what it changes of them (${dropped.join(', ')}) is left out`;
    const note = `${path}: gitleaks’ own rules (useDefault) are not used, this program’s take their place${what}`;
    return {
      ...own,
      rules: kept,
      targeted: targeted.map((one) => ({ ...one, ids: one.ids.filter((id) => ids.includes(id)) })),
      notes: [note],
    };
  }
  if (base === null) {
    if (disabled.length > 0) extend.fail('disabledRules without a path: there is nothing to disable', 'disabledRules');
    return own;
  }
  if (depth >= MAX_EXTENDED) extend.fail(`more than ${MAX_EXTENDED} files extend each other`, 'path');
  // Gitleaks looks from the folder that it is run in.
  const beside = resolve(dirname(path), base);
  const parent = readRuleSet(existsSync(beside) ? beside : resolve(base), depth + 1);
  const unknown = disabled.find((id) => !parent.rules.some((rule) => rule.id === toId(id)));
  if (unknown !== undefined) extend.fail(`disabledRules names ${unknown}, which ${base} has not`, 'disabledRules');
  const kept = parent.rules.filter(({ id }) => !disabled.map(toId).includes(id));
  const changed = kept.map((rule) => merged(rule, own.rules.find(({ id }) => id === rule.id) ?? null));
  return {
    rules: [...changed, ...own.rules.filter(({ id }) => !kept.some((rule) => rule.id === id))],
    allowlists: [...own.allowlists, ...parent.allowlists],
    targeted: [...own.targeted, ...parent.targeted],
    notes: [...parent.notes, ...own.notes],
  };
}

/** A rule of an extended file with what the extending one says of it. */
function merged(base: PatternPart, change: PatternPart | null): PatternPart {
  if (change === null) return base;
  return {
    id: base.id,
    table: change.table,
    description: change.description ?? base.description,
    severity: change.severity ?? base.severity,
    regex: change.regex ?? base.regex,
    path: change.path ?? base.path,
    secretGroup: change.secretGroup === 0 ? base.secretGroup : change.secretGroup,
    entropy: change.entropy === 0 ? base.entropy : change.entropy,
    keywords: [...base.keywords, ...change.keywords],
    allowlists: [...base.allowlists, ...change.allowlists],
  };
}

function readRule(table: TomlTable): PatternPart {
  const id = table.text('id') ?? '';
  if (toId(id) === '') table.fail('a rule has no id');
  const regex = table.text('regex');
  const path = table.text('path');
  const tags = table.texts('tags');
  const part: PatternPart = {
    id: toId(id),
    description: table.text('description'),
    severity: readSeverity(table, tags),
    regex: regex === '' ? null : regex,
    path: path === '' ? null : path,
    secretGroup: table.number('secretGroup') ?? 0,
    entropy: table.number('entropy') ?? 0,
    keywords: table.texts('keywords'),
    allowlists: [...singleOrList(table)].map((list) => readAllowlist(list, `rule ${id}`)),
    table,
  };
  for (const key of ['regex', 'path'] as const) checkRegex(part[key], table, key, `rule ${id}`);
  if (table.flag('skipReport') || table.tables('required').length > 0)
    table.fail(`rule ${id}: rules that need other rules (required, skipReport) are not known here`, 'required');
  if (part.secretGroup < 0 || !Number.isInteger(part.secretGroup))
    table.fail(`rule ${id}: secretGroup is no number of a group`, 'secretGroup');
  table.end();
  return part;
}

/** `severity`, which gitleaks has not, or a tag that is one. */
function readSeverity(table: TomlTable, tags: readonly string[]): Severity | null {
  const isSeverity = (text: string): text is Severity => (SEVERITIES as readonly string[]).includes(text);
  const stated = table.text('severity')?.toLowerCase() ?? null;
  if (stated !== null) {
    if (!isSeverity(stated)) table.fail(`severity is none of ${SEVERITIES.join(', ')}`, 'severity');
    return stated;
  }
  return tags.map((tag) => tag.toLowerCase().replace(/^severity[:=]/, '')).find(isSeverity) ?? null;
}

/** `[allowlist]`, as it was, or `[[allowlists]]`. */
function singleOrList(table: TomlTable): TomlTable[] {
  const single = table.table('allowlist');
  const list = table.tables('allowlists');
  if (single !== null && list.length > 0) single.fail('[allowlist] and [[allowlists]] exclude each other');
  return single === null ? list : [single];
}

function readAllowlist(table: TomlTable, owner: string): CustomAllowlist {
  table.text('description');
  const condition = (table.text('condition') ?? 'or').toLowerCase();
  if (!['and', '&&', 'or', '||', ''].includes(condition)) table.fail('condition is neither AND nor OR', 'condition');
  const target = table.text('regexTarget') ?? 'secret';
  if (target !== 'secret' && target !== 'match' && target !== 'line' && target !== '')
    table.fail('regexTarget is none of secret, match and line', 'regexTarget');
  const list: CustomAllowlist = {
    all: condition === 'and' || condition === '&&',
    paths: table.texts('paths'),
    target: target === '' ? 'secret' : target,
    regexes: table.texts('regexes'),
    stopwords: table.texts('stopwords').map((word) => word.toLowerCase()),
    commits: table.texts('commits').length > 0,
  };
  for (const key of ['paths', 'regexes'] as const) {
    for (const regex of list[key]) checkRegex(regex, table, key, `an allowlist of ${owner}`);
  }
  table.end();
  if (!list.commits && [list.paths, list.regexes, list.stopwords].every((members) => members.length === 0))
    table.fail('an allowlist has none of paths, regexes, stopwords and commits');
  return list;
}

function checkRegex(regex: string | null, table: TomlTable, key: string, owner: string): void {
  if (regex === null) return;
  try {
    compileRegex(regex);
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    table.fail(
      `${owner}: ${key} is no regular expression: ${message}`,
      key,
      'Expressions are those of RE2, as in Go: no lookaround and no backreferences.',
    );
  }
}

/** An id as rules of this program are named. */
function toId(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
