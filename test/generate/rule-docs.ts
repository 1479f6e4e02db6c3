/** Writes docs/rules/: what every rule says of itself, a page for each family. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { RULES, type RuleDescription } from '../../src/rules/index.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  base: 'Base images',
  config: 'How a container of the image starts, stops and is watched',
  integrity: 'What does not fit together',
  layer: 'How layers were made',
  leftover: 'What the build left behind',
  'malware-hint': 'Hints for triage',
  'package-manager': 'Package managers',
  privilege: 'Ways to more rights',
  reference: 'What the image is asked for by',
  secrets: 'Secrets',
  shell: 'Shells',
  trust: 'Signatures and attestations',
  user: 'Who the container runs as',
};

const HEAD = '<!-- Made by `npm run generate` out of src/rules; a test compares them. -->';

/** Pages by file name, for the rules as they are now. */
export function generateRuleDocs(): Map<string, string> {
  const families = Map.groupBy(RULES, ({ id }) => id.split('/')[0] as string);
  const pages = new Map([...families].map(([family, rules]) => [`${family}.md`, page(family, rules)]));
  const rows = [...families].map(
    ([family, rules]) => `| [${family}](${family}.md) | ${FAMILIES[family] ?? family} | ${rules.length} |`,
  );
  const index = [
    HEAD,
    '# Rules',
    '',
    '`audit rules` lists them, `audit explain RULE` prints one. A finding may be more or less severe than its rule: what is',
    'deleted, cannot be run or is known from documentation is told as such.',
    '',
    '| family | what it is about | rules |',
    '|---|---|---|',
    ...rows,
    '',
  ];
  return pages.set('README.md', index.join('\n'));
}

function page(family: string, rules: readonly RuleDescription[]): string {
  const title = `# ${FAMILIES[family] ?? family}`;
  // Hundreds of kinds that differ in their names only are a table.
  const body = family === 'secrets' ? secretTable(rules) : rules.flatMap(section);
  return [HEAD, title, '', ...body, ''].join('\n');
}

function section({ id, title, severity, confidence, why, fix, references }: RuleDescription): string[] {
  return [
    `## ${id}`,
    '',
    `**${title}.** Severity ${severity}, confidence ${confidence}.`,
    '',
    escaped(why),
    '',
    `*Fix:* ${escaped(fix)}`,
    '',
    ...references.map((reference) => `- <${reference}>`),
    '',
  ];
}

function secretTable(rules: readonly RuleDescription[]): string[] {
  return [
    'What to do about each, and why, says `audit explain RULE`.',
    '',
    '| rule | what it is | severity | confidence | reference |',
    '|---|---|---|---|---|',
    ...rules.map(
      ({ id, title, severity, confidence, references }) =>
        `| ${id} | ${escaped(title)} | ${severity} | ${confidence} | ${references.map((one) => `<${one}>`).join(' ')} |`,
    ),
  ];
}

/** Text as it stands, in a language that gives meaning to some of its characters. */
function escaped(text: string): string {
  return text.replace(/[\\`*_<>|]/g, '\\$&');
}

if (import.meta.main) {
  const folder = new URL('../../docs/rules/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const pages = generateRuleDocs();
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(new URL(name, folder));
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
}
