import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FINGERPRINT_KEY_VARIABLE, loadFingerprintKey } from '../../../src/audit/index.ts';

let home: string;
let keyFile: string;
const startedIn = process.cwd();
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'layer-audit-key-'));
  keyFile = join(home, 'state', 'layer-audit', 'fingerprint.key');
});
afterEach(() => {
  process.chdir(startedIn);
  rmSync(home, { recursive: true, force: true });
});

const state = () => ({ XDG_STATE_HOME: join(home, 'state') });
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

describe('the key of fingerprints', () => {
  test('is what the environment says, and then nothing is written', () => {
    const key = loadFingerprintKey({ ...state(), [FINGERPRINT_KEY_VARIABLE]: 'ours' });
    expect(Buffer.from(key).toString()).toBe('ours');
    expect(existsSync(keyFile)).toBe(false);
  });

  test('is made at first use, for its owner only, and then stays', () => {
    const key = loadFingerprintKey(state());
    expect(key).toHaveLength(32);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(keyFile)).mode & 0o077).toBe(0);
    expect(readFileSync(keyFile, 'utf8')).toBe(`${hex(key)}\n`);
    expect(hex(loadFingerprintKey(state()))).toBe(hex(key));
  });

  test('differs between installations', () => {
    const other = loadFingerprintKey({ XDG_STATE_HOME: join(home, 'other') });
    expect(hex(other)).not.toBe(hex(loadFingerprintKey(state())));
  });

  test('is below the home folder where no state folder is set, and an empty variable is not set', () => {
    const key = loadFingerprintKey({ HOME: home, XDG_STATE_HOME: '', [FINGERPRINT_KEY_VARIABLE]: '' });
    expect(readFileSync(join(home, '.local/state/layer-audit/fingerprint.key'), 'utf8')).toBe(`${hex(key)}\n`);
  });

  test.each(['', '.', 'state'])('is never taken from the working folder, as XDG_STATE_HOME=%j asks', (folder) => {
    const planted = join(home, folder, 'layer-audit', 'fingerprint.key');
    mkdirSync(dirname(planted), { recursive: true });
    writeFileSync(planted, 'ab'.repeat(32));
    process.chdir(home);
    const key = loadFingerprintKey({ HOME: join(home, 'me'), XDG_STATE_HOME: folder });
    expect(hex(key)).not.toBe('ab'.repeat(32));
    expect(existsSync(join(home, 'me/.local/state/layer-audit/fingerprint.key'))).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['too short', 'ab'.repeat(16)],
    ['no hexadecimal', 'z'.repeat(64)],
  ])('is another in each run where the kept one is %s, and that is left alone', (_, text) => {
    mkdirSync(dirname(keyFile), { recursive: true });
    writeFileSync(keyFile, text);
    const [one, two] = [loadFingerprintKey(state()), loadFingerprintKey(state())];
    expect([one.byteLength, two.byteLength]).toEqual([32, 32]);
    expect(hex(one)).not.toBe(hex(two));
    expect(readFileSync(keyFile, 'utf8')).toBe(text);
  });

  test('is made for one run where nothing can be kept', () => {
    // A file where the folder should be stops even root.
    writeFileSync(join(home, 'state'), '');
    const [one, two] = [loadFingerprintKey(state()), loadFingerprintKey(state())];
    expect(one).toHaveLength(32);
    expect(hex(one)).not.toBe(hex(two));
  });

  test.skipIf(process.getuid?.() === 0)('is made for one run where the folder is read-only', () => {
    mkdirSync(join(home, 'state'));
    chmodSync(join(home, 'state'), 0o500);
    expect(loadFingerprintKey(state())).toHaveLength(32);
    expect(existsSync(keyFile)).toBe(false);
  });
});

describe('a key in a file of the user’s', () => {
  const given = 'a key that machines share';

  test.each([
    ['as it is', given],
    ['without the newline behind it', `${given}\n`],
    ['without that of Windows', `${given}\r\n`],
  ])('is taken %s, before the environment, and nothing is written', (_, text) => {
    const path = join(home, 'key');
    writeFileSync(path, text);
    const key = loadFingerprintKey({ ...state(), [FINGERPRINT_KEY_VARIABLE]: 'another' }, path);
    expect(Buffer.from(key).toString()).toBe(given);
    expect(existsSync(keyFile)).toBe(false);
  });

  test.each([
    ['is too short to be one', 'short\n', 'holds no key: it has 5 bytes'],
    ['is not there', null, 'cannot be read: ENOENT'],
  ])('is refused where it %s', (_, text, message) => {
    const path = join(home, 'key');
    if (text !== null) writeFileSync(path, text);
    expect(() => loadFingerprintKey(state(), path)).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
