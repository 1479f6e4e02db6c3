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
  const wanted = id.toLowerCase().slice(0, 60);
  const words = wanted.split(/[/\s-]+/).filter((word) => word.length > 2);
  const near = rules
    .map((rule) => ({ id: rule.id, distance: editDistance(wanted, rule.id) }))
    .filter((rule) => rule.distance <= 3 || words.some((word) => rule.id.includes(word)))
    .sort((a, b) => a.distance - b.distance)
    .map((rule) => rule.id);
  throw new AuditError('RULE_UNKNOWN', `there is no rule ${JSON.stringify(id)}`, {
    hint: near.length === 0 ? 'List all with: audit rules' : `Perhaps one of these: ${near.slice(0, 8).join(', ')}`,
  });
}

/** How many characters to insert, delete or replace to make one text of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
