/** Runs before every test file: no test sees the developer's credentials or keys, and none leaves its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'layer-audit-home-'));
process.env['HOME'] = home;
process.env['XDG_STATE_HOME'] = join(home, 'state');
process.env['XDG_RUNTIME_DIR'] = join(home, 'run');
process.env['XDG_CONFIG_HOME'] = join(home, 'config');
process.env['DOCKER_CONFIG'] = join(home, 'docker');
process.env['NO_COLOR'] = '1';
delete process.env['FORCE_COLOR'];
for (const name of [
  'LAYER_AUDIT_FINGERPRINT_KEY',
  'LAYER_AUDIT_USERNAME',
  'LAYER_AUDIT_PASSWORD',
  'REGISTRY_AUTH_FILE',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_TLS',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'DOCKER_API_VERSION',
  'CONTAINER_HOST',
])
  delete process.env[name];
for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
  delete process.env[name];
  delete process.env[name.toLowerCase()];
}

afterAll(() => rmSync(home, { recursive: true, force: true }));
