/** Runs before every test file: no test sees the developer's credentials or keys, and none leaves its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'layer-audit-home-'));
process.env['HOME'] = home;
process.env['XDG_STATE_HOME'] = join(home, 'state');
process.env['DOCKER_CONFIG'] = join(home, 'docker');
process.env['NO_COLOR'] = '1';
delete process.env['FORCE_COLOR'];
delete process.env['LAYER_AUDIT_FINGERPRINT_KEY'];

afterAll(() => rmSync(home, { recursive: true, force: true }));
