import { extname } from 'node:path';
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import type {
  SecretLintCoreConfig,
  SecretLintCoreResultMessage,
  SecretLintRulePresetCreator,
  SecretLintUnionRuleCreator,
} from '@secretlint/types';
import type { Severity } from '../../../core/index.ts';
import { DETECTORS } from '../detectors.ts';
import { shortRuleId } from '../judge.ts';
import type { Judgement } from '../judgement.ts';
import type { CustomLint, CustomLintRule } from './custom-rules.ts';
import { importRule } from './import-rule.ts';

// Off: it keeps an entry for every rule of every call.
secretLintProfiler.setEnabled(false);

/** The attack: a comment in a file switches the audit of that file off. */
const FILTER_COMMENTS = '@secretlint/secretlint-rule-filter-comments';

/** Messages that our own detectors stand for already. */
const OURS = new Set<string>(DETECTORS.flatMap(({ messages }) => messages));

const SEVERITIES: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', info: 'info' };

/** Messages of one text that are taken: more are bait. */
const MAX_MESSAGES = 2000;

type CoreRule = SecretLintCoreConfig['rules'][number];

/** What asking about one text gave. */
export interface LintAnswer {
  readonly judgements: readonly Judgement[];
  /** Rules that broke, and how. */
  readonly broken: readonly { readonly id: string; readonly message: string }[];
}

/** Rules of secretlint that the user brought, loaded in this thread. */
export class LintRules {
  readonly #lint: CustomLint;
  #rules: Promise<CoreRule[]> | undefined;

  constructor(lint: CustomLint) {
    this.#lint = lint;
  }

  /** Asks them about a whole text. `offsetOf` tells where a character stands in the bytes. */
  async judge(text: string, path: string, offsetOf: (index: number) => number): Promise<LintAnswer> {
    this.#rules ??= Promise.all(this.#lint.rules.map(loadRule));
    const rules = await this.#rules;
    try {
      return { judgements: toJudgements(await this.#ask(rules, text, path), text, offsetOf), broken: [] };
    } catch {
      return this.#judgeEach(rules, text, path, offsetOf);
    }
  }

  /** One rule that breaks must not silence the others: whoever makes a file can make one that breaks it. */
  async #judgeEach(
    rules: readonly CoreRule[],
    text: string,
    path: string,
    offsetOf: (index: number) => number,
  ): Promise<LintAnswer> {
    const judgements: Judgement[] = [];
    const broken: { id: string; message: string }[] = [];
    for (const rule of rules) {
      try {
        judgements.push(...toJudgements(await this.#ask([rule], text, path), text, offsetOf));
      } catch (error) {
        broken.push({ id: rule.id, message: error instanceof Error ? error.message : String(error) });
      }
    }
    return { judgements, broken };
  }

  async #ask(
    rules: readonly CoreRule[],
    content: string,
    path: string,
  ): Promise<readonly SecretLintCoreResultMessage[]> {
    const config = { rules: [...rules], sharedOptions: this.#lint.sharedOptions } as SecretLintCoreConfig;
    const extension = extname(path);
    const { messages } = await lintSource({
      // The NUL keeps rules from opening a file of that name on this machine: the auditor's own files are no evidence.
      source: { content, filePath: `\0/${path}`, ext: extension === '.p12' ? '' : extension, contentType: 'text' },
      options: { config, maskSecrets: true, noPhysicFilePath: true },
    });
    return messages;
  }
}

async function loadRule({ url, settings }: CustomLintRule): Promise<CoreRule> {
  const rule = await importRule(url);
  const disabled = settings['disabled'] === true || rule.meta.id === FILTER_COMMENTS;
  // Findings are told by the name that a rule has itself, however the configuration writes it.
  return { ...settings, id: rule.meta.id, rule: isPreset(rule) ? withoutFilter(rule) : rule, disabled } as CoreRule;
}

function isPreset(rule: SecretLintUnionRuleCreator): rule is SecretLintRulePresetCreator {
  return rule.meta.type === 'preset';
}

/** A preset without the rule that listens to comments; secretlint has no switch for it. */
function withoutFilter(preset: SecretLintRulePresetCreator): SecretLintRulePresetCreator {
  return {
    ...preset,
    create(context, options) {
      const registerRule: typeof context.registerRule = (rule, ...rest) => {
        if (rule.meta.id !== FILTER_COMMENTS) context.registerRule(rule, ...rest);
      };
      preset.create({ ...context, registerRule }, options);
    },
  };
}

function toJudgements(
  messages: readonly SecretLintCoreResultMessage[],
  text: string,
  offsetOf: (index: number) => number,
): Judgement[] {
  return messages.slice(0, MAX_MESSAGES).flatMap(({ type, ruleId, messageId, range, severity }) => {
    const shift = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    const [start, end] = [offsetOf(range[0] + shift), offsetOf(range[1] + shift)];
    if (type !== 'message' || OURS.has(`${shortRuleId(ruleId)}/${messageId}`) || start >= end) return [];
    const id = findingId(ruleId);
    const custom = { title: `Secret found by ${id} (${messageId})`, severity: SEVERITIES[severity] ?? 'high' };
    const detector = { id, messages: [], literals: [], before: 0, after: 0, custom };
    return [{ detector, start, end, region: [start, end] as const, redacted: '****', doubt: null }];
  });
}

/** `secretlint-rule-acme` and `@acme/secretlint-rule-token` as `secretlint-acme` and `secretlint-acme-token`. */
function findingId(ruleId: string): string {
  const name = ruleId.replace(/^@secretlint\//, '').replace(/secretlint-rule-/, '');
  return `secretlint-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')}`;
}
