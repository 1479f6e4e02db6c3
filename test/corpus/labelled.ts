/** Secrets that others labelled: what each sample is, and which of its bytes are the secret. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One labelled text. */
export interface Sample {
  readonly set: string;
  readonly provider: string;
  readonly rule: string;
  /** What the label says that it is. */
  readonly note: string;
  readonly isPositive: boolean;
  readonly text: string;
  /** The secrets in it; of a text without them what looks most like one. */
  readonly secrets: readonly string[];
}

interface LabelledLine {
  readonly rule: string;
  readonly provider: string;
  readonly canonical?: string;
  readonly label: string;
  readonly text: string;
  readonly note: string;
}

interface Snapshot {
  readonly sourceContent?: string;
  readonly messages?: readonly {
    readonly ruleId: string;
    readonly messageId: string;
    readonly range: readonly [number, number];
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
}

/** All samples of a folder of labelled secrets. */
export function readSamples(folder: string): Sample[] {
  return [
    ...['consensus-shared', 'noseyparker', 'kingfisher'].flatMap((set) => readLines(folder, set)),
    ...readSnapshots(join(folder, 'secretlint')),
  ];
}

function readLines(folder: string, set: string): Sample[] {
  const path = join(folder, 'labelled', `${set}.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { rule, provider, canonical, label, text, note } = JSON.parse(line) as LabelledLine;
    return {
      ...{ set, rule, note, text, provider: canonical ?? provider, isPositive: label === 'pos' },
      secrets: [
        /password|credentials|connection|secret \(|uri|json web token secret/i.test(note)
          ? (passwordOf(text) ?? mostSecret(text))
          : mostSecret(text),
      ],
    };
  });
}

/** The cases of secretlint's own rules, with what it has to report. */
function readSnapshots(folder: string): Sample[] {
  return globSync('**/test/snapshots/*/output.json', { cwd: folder })
    .sort()
    .flatMap((path): Sample[] => {
      const { sourceContent: text, messages = [] } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Snapshot;
      const [, rule = ''] = /secretlint-rule-([\w-]+)/.exec(path) ?? [];
      const name = relative(join(dirname(path), '..'), dirname(path));
      if (text === undefined || text === '') return [];
      const secrets = messages.map(({ range, data = {} }) => {
        // Of some secrets the range begins at their name.
        const value = Object.values(data).findLast((one) => typeof one === 'string' && text.includes(one));
        return (value as string | undefined) ?? text.slice(...range);
      });
      const note = [...new Set(messages.map(({ messageId }) => messageId))].join(', ') || name;
      return [
        {
          set: 'secretlint',
          provider: rule,
          rule: `${rule} ${name}`,
          note,
          isPositive: secrets.length > 0,
          text,
          secrets,
        },
      ];
    });
}

/**
 * The sets say that a text holds a secret, and not where. What looks most like one is a key in PEM, or a run of the
 * characters of tokens that holds much information.
 */
function mostSecret(text: string): string {
  const pem = /-----BEGIN [\s\S]*?(?:-----END [^\n-]*-----|$)/.exec(text)?.[0];
  if (pem !== undefined) return pem;
  let best = '';
  let most = 0;
  for (const { 0: run, index } of text.matchAll(/[^\s"'`<>,;|(){}[\]\\]{4,}/g)) {
    const isNamed = /key|secret|token|passw|pwd/i.test(text.slice(Math.max(0, index - 30), index));
    for (const part of [run, ...run.split(/(?<==|:\/\/|[?&]|:)/)]) {
      const much = information(part) * (isNamed ? 1.5 : 1);
      if (much > most) [best, most] = [part, much];
    }
  }
  return best;
}

/** The password in a text that is said to have one. */
function passwordOf(text: string): string | undefined {
  const assigned = /(?:pass(?:word|wd)?|pwd|secret)["']?\s*(?:=>|:=|[=:]|\s)\s*["'(]?([^\s"';,)]+)/i.exec(text)?.[1];
  const given =
    /(?: -p |(?:Credential|Entry)\([^)]*,\s*"|password" value="|password to proceed to installation:\s+)([^\s"]+)/i.exec(
      text,
    )?.[1];
  return given ?? /:\/\/[^\s:/@]*:([^\s]*?)@/.exec(text)?.[1] ?? assigned;
}

/** How much a text says: bits, of which words and addresses have few. */
function information(text: string): number {
  const counts = [...Map.groupBy(text, (character) => character).values()].map(({ length }) => length);
  const bits = counts.reduce((sum, count) => sum - count * Math.log2(count / text.length), 0);
  const words = text.match(/[A-Za-z][a-z]{3,}(?=[^a-z]|$)/g)?.join('').length ?? 0;
  return bits * (1 - words / Math.max(1, text.length)) * (/\d/.test(text) ? 1 : 0.5);
}
