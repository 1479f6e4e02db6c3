import type { RuleDescription } from '../../rules/index.ts';
import { columns, wrap } from './layout.ts';

/** All rules, a line each. */
export function renderRuleList(rules: readonly RuleDescription[]): string {
  const lines = columns(
    rules.map(({ id, severity, title }) => [id, severity, title]),
    new Set(),
  );
  return `${lines.join('\n')}\n`;
}

/** One rule in full. */
export function renderRule(rule: RuleDescription, width: number): string {
  const columnsWide = Math.min(Math.max(40, width), 100);
  const paragraph = (text: string): string => wrap(text, columnsWide).join('\n');
  return `${[
    `${rule.id}: ${rule.title}`,
    `severity ${rule.severity}, confidence ${rule.confidence}`,
    '',
    paragraph(rule.why),
    '',
    paragraph(`Fix: ${rule.fix}`),
    '',
    'References:',
    ...rule.references.map((reference) => `  ${reference}`),
  ].join('\n')}\n`;
}
