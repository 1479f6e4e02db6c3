import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreConfig } from '@secretlint/types';
import type { Detector, WindowContext } from './detector.ts';
import { DETECTORS, IGNORED_MESSAGES, IGNORED_RULES } from './detectors.ts';
import type { Judgement } from './judgement.ts';
import { redactText } from './redact-text.ts';

// Off: it keeps an entry for every rule of every call, and costs more than the rules do.
secretLintProfiler.setEnabled(false);

/** File names under which windows are shown to secretlint. They must never name a file of this machine. */
const FILE_NAMES: Record<WindowContext, { filePath: string; ext: string }> = {
  plain: { filePath: '\0window', ext: '' },
  npmrc: { filePath: '\0window/.npmrc', ext: '' },
  'package-json': { filePath: '\0window/package.json', ext: '' },
  json: { filePath: '\0window/key.json', ext: '.json' },
};

const CONFIG: SecretLintCoreConfig = {
  rules: rules
    .filter((rule) => !IGNORED_RULES.includes(shortRuleId(rule.meta.id)))
    .map((rule) => ({
      id: rule.meta.id,
      rule,
      options: shortRuleId(rule.meta.id) === 'aws' ? { enableIDScanRule: true } : {},
    })),
} as SecretLintCoreConfig;

const BY_MESSAGE = new Map(
  DETECTORS.flatMap((detector) => detector.messages.map((message) => [message as string, detector])),
);

/** `github` for `@secretlint/secretlint-rule-github`. */
export function shortRuleId(id: string): string {
  return id.replace(/^@secretlint\/secretlint-rule-/, '');
}

/**
 * Asks secretlint's rules about a text in which each character is one byte.
 * Secrets are masked in all that secretlint returns; only their place is used.
 */
export async function judgeText(text: string, context: WindowContext): Promise<Judgement[]> {
  const { filePath, ext } = FILE_NAMES[context];
  const result = await lintSource({
    source: { content: text, filePath, ext, contentType: 'text' },
    options: { config: CONFIG, maskSecrets: true, noPhysicFilePath: true },
  });
  const judgements: Judgement[] = [];
  for (const message of result.messages) {
    if (message.type !== 'message') continue;
    const id = `${shortRuleId(message.ruleId)}/${message.messageId}`;
    const detector = BY_MESSAGE.get(id);
    if (detector === undefined) {
      if (!(IGNORED_MESSAGES as readonly string[]).includes(id))
        throw new Error(`secretlint reports ${id}, which no detector knows`);
      continue;
    }
    const judgement = toJudgement(detector, text, message.range[0], message.range[1]);
    if (judgement !== undefined) judgements.push(judgement);
  }
  return judgements;
}

/** Longest text behind the reported place in which a detector's own pattern looks for the secret. */
const REACH = 64 * 1024;

/**
 * Some rules of secretlint report the length of the secret from the place of its name (`_authToken=`), so
 * detectors with a pattern of their own find the secret themselves, from the reported place on.
 */
function toJudgement(detector: Detector, text: string, from: number, to: number): Judgement | undefined {
  const reported = text.slice(from, to);
  if (detector.secret === undefined) {
    const redacted = redactText(detector, reported);
    const doubt = detector.doubt?.(reported) ?? null;
    return { detector, start: from, end: to, region: [from, to], redacted, doubt };
  }
  const match = detector.secret.exec(text.slice(from, from + REACH));
  const secret = match?.[1];
  if (match === null || secret === undefined || secret === '') return undefined;
  const start = from + match.index + match[0].lastIndexOf(secret);
  const shown = detector.redact === undefined ? secret : reported;
  return {
    detector,
    start,
    end: start + secret.length,
    region: [from, Math.max(to, start + secret.length)],
    redacted: redactText(detector, shown),
    doubt: detector.doubt?.(shown) ?? null,
  };
}
