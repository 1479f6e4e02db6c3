import { AuditError } from '../core/index.ts';
import { RULES, type RuleDescription } from '../rules/index.ts';

/** What every rule says about itself, by id. */
export function describeRules(): RuleDescription[] {
  return RULES.map(({ id, title, severity, confidence, why, fix, references }) => ({
    id,
    title,
    severity,
    confidence,
    why,
    fix,
    references,
  }));
}

/**
 * What one rule says about itself.
 * @throws AuditError `RULE_UNKNOWN`, naming rules that are meant perhaps
 */
export function describeRule(id: string): RuleDescription {
  const rules = describeRules();
  const found = rules.find((rule) => rule.id === id);
  if (found !== undefined) return found;
  const words = id
    .toLowerCase()
    .split(/[/\s-]+/)
    .filter((word) => word.length > 2);
  const near = rules.filter((rule) => words.some((word) => rule.id.includes(word))).map((rule) => rule.id);
  throw new AuditError('RULE_UNKNOWN', `there is no rule ${JSON.stringify(id)}`, {
    hint: near.length === 0 ? 'List all with: audit rules' : `Perhaps one of these: ${near.slice(0, 8).join(', ')}`,
  });
}
