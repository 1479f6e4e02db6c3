import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { DETECTORS, IGNORED_MESSAGES, IGNORED_RULES } from '../../../src/examine/secrets/detectors.ts';
import { distinctMatches, SecretScanner } from '../../../src/examine/secrets/index.ts';
import { shortRuleId } from '../../../src/examine/secrets/judge.ts';
import { SECRET_KINDS } from '../../../src/rules/secrets/kinds.ts';
import { secretOfEveryMessage } from '../../support/secretlint-samples.ts';

const knownMessages = DETECTORS.flatMap((detector) => detector.messages as readonly string[]);

describe('secretlint’s recommended preset', () => {
  test('knows no message that neither a detector stands for nor a reason leaves out', () => {
    const messages = rules
      .filter((rule) => !IGNORED_RULES.includes(shortRuleId(rule.meta.id)))
      .flatMap((rule) => Object.keys(rule.messages).map((id) => `${shortRuleId(rule.meta.id)}/${id}`));
    const known = [...knownMessages, ...IGNORED_MESSAGES];
    expect(messages.filter((message) => !known.includes(message))).toEqual([]);
    expect(known.filter((message) => !messages.includes(message))).toEqual([]);
  });

  test('may not be switched off by a comment in the file it looks at', () => {
    expect(IGNORED_RULES).toContain('filter-comments');
  });
});

test('every detector has a rule, and every rule of secrets a detector', () => {
  expect([...new Set(DETECTORS.map(({ id }) => id))].sort()).toEqual(Object.keys(SECRET_KINDS).sort());
});

describe('a secret of every kind gets through the gates to its rule', () => {
  async function detect(text: string): Promise<{ detector: string; secret: string | undefined; redacted: string }[]> {
    const scanner = new SecretScanner({ fingerprintKey: Buffer.from('key'), limits: DEFAULT_LIMITS });
    scanner.begin({ kind: 'content', row: 0 });
    scanner.push(Buffer.from(text), true);
    await scanner.judge();
    return distinctMatches(scanner.matches).map(({ detector, fingerprint, redacted }) => ({
      detector,
      redacted,
      secret: scanner.values.get(fingerprint),
    }));
  }

  test.each(secretOfEveryMessage)('$message', async ({ message, text, secret }) => {
    const detector = DETECTORS.find(({ messages }) => (messages as readonly string[]).includes(message));
    for (const surrounded of [
      text,
      `first line\n${text}\nlast line\n`,
      `x = "${text}";`,
      `binary\u0000\u0001${text}\u0000`,
    ]) {
      const found = await detect(surrounded);
      const match = found.find((one) => one.detector === detector?.id);
      expect(match?.secret, surrounded).toBe(secret ?? text);
    }
  });

  test('the samples leave no message out', () => {
    const sampled = new Set(secretOfEveryMessage.map(({ message }) => message));
    expect(knownMessages.filter((message) => !sampled.has(message))).toEqual([]);
  });

  test.each(secretOfEveryMessage)('$message: what is shown of it does not give it away', async ({ text, secret }) => {
    for (const { redacted } of await detect(text)) expect(redacted).not.toContain(secret ?? text);
  });
});
