import { parse, TomlError, type TomlTable } from 'smol-toml';
import { AuditError } from '../core/index.ts';
import { Table } from './table.ts';
import { readTrustRule, type TrustRule } from './trust-rule.ts';

/** Longest list of rules; each is compared with each. */
const MAX_RULES = 1000;

/** What a configuration file says. */
export interface Config {
  /** As the user named it. */
  readonly path: string;
  readonly trust: readonly TrustRule[];
}

/**
 * Reads a configuration file (TOML 1.0). Whatever is not understood is an error.
 * @param path names the file in errors
 * @throws AuditError `CONFIG_INVALID`
 */
export function parseConfig(path: string, bytes: Uint8Array): Config {
  const text = Buffer.from(bytes).toString('utf8');
  let document: TomlTable;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new AuditError('CONFIG_INVALID', `${path}:${error.line}: ${error.message.split('\n')[0]}`, { cause: error });
  }
  const table = new Table(document, '', { path, text });
  const tables = table.tables('trust');
  table.end();
  if (tables.length > MAX_RULES) throw table.refuse(`it has more than ${MAX_RULES} rules of trust`);
  const seen = new Set<string>();
  const trust = tables.map((one) => {
    try {
      const rule = readTrustRule(one);
      // Of two rules for the same name nobody could say which one counts.
      if (seen.has(rule.repository)) throw one.refuse(`${rule.repository} has a rule already`);
      seen.add(rule.repository);
      return rule;
    } catch (error) {
      if (error instanceof AuditError && error.code !== 'CONFIG_INVALID') throw one.refuse(error.message);
      throw error;
    }
  });
  return { path, trust };
}
