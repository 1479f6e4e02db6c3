import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

interface Cruise {
  readonly modules: number;
  /** `rule: file` of each violation. */
  readonly violations: readonly string[];
}

/** Runs the import rules over a checkout, as `npm run check:imports` does. */
function cruise(folder: string): Cruise {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/.bin/depcruise'),
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      'src',
      'commands',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${stderr}`);
  const { summary } = JSON.parse(stdout) as {
    summary: { totalCruised: number; violations: { rule: { name: string }; from: string }[] };
  };
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
  };
}

describe('the import rules', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'layer-audit-imports-'));
    for (const name of ['src', 'commands', 'tsconfig.json', 'package.json', '.dependency-cruiser.mjs'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('read the modules, and find nothing', () => {
    const { modules, violations } = cruise(copy);
    // With a compiler that it cannot use, dependency-cruiser reads nothing and is content.
    expect(modules).toBeGreaterThan(150);
    expect(violations).toEqual([]);
  });

  test('report each kind of import that is forbidden', () => {
    const planted: Record<string, readonly [path: string, code: string]> = {
      'downward-only-core': ['src/core/planted.ts', "export { Unpacker } from '../bytes/index.ts';\n"],
      'downward-only-filesystem': ['src/filesystem/planted.ts', "export type { Rule } from '../rules/index.ts';\n"],
      'through-the-door-bytes': ['src/tar/planted.ts', "export { Unpacker } from '../bytes/unpack.ts';\n"],
      'report-reads-types-only': ['src/report/planted.ts', "export { RULES } from '../rules/index.ts';\n"],
      'rules-see-evidence-only': ['src/rules/planted.ts', "export { readFileSync } from 'node:fs';\n"],
      'commands-are-leaves': ['commands/planted.ts', "export { openSource } from '../src/source/index.ts';\n"],
      'engine-does-not-know-the-cli': ['src/audit/planted.ts', "export { Command } from '@oclif/core';\n"],
      'network-in-one-place': ['src/source/planted.ts', "export { default } from 'node-fetch';\n"],
      'tar-stream-behind-the-guard': ['src/examine/planted.ts', "export { extract } from 'tar-stream';\n"],
      'no-subprocess': ['src/cli/planted.ts', "export { spawn } from 'node:child_process';\n"],
      'not-to-unresolvable': ['src/oci/planted.ts', "export { gone } from './gone.ts';\n"],
      'not-to-dev-dep': ['src/image/planted.ts', "export { default } from 'fast-check';\n"],
    };
    for (const [path, code] of Object.values(planted)) writeFileSync(join(copy, path), code);
    const { violations } = cruise(copy);
    for (const [rule, [path]] of Object.entries(planted)) expect(violations).toContain(`${rule}: ${path}`);
  });
});
