#!/usr/bin/env node
// The only entry. It checks the Node version first, in syntax and with imports that old versions know, because
// everything else fails on them with errors that name no cause.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);
const supported =
  major >= 26 || (major === 24 && minor >= 15) || (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)));

if (!supported) {
  process.stderr.write(
    `audit: layer-audit needs Node ^22.22.2, ^24.15.0 or >=26, and this is Node ${process.versions.node} [NODE_UNSUPPORTED]\n` +
      '  In a checkout, npx layer-audit and npm scripts use the Node that npm ci installs. Elsewhere: npx --package=node@26 --package=layer-audit -- audit\n',
  );
  process.exit(2);
}
if (!existsSync(new URL('../dist/commands', import.meta.url))) {
  process.stderr.write('audit: the program is not built [NOT_BUILT]\n  Run: npm run build\n');
  process.exit(2);
}
(await import('node:module')).enableCompileCache();
const { execute } = await import('@oclif/core');
await execute({ dir: import.meta.url });
