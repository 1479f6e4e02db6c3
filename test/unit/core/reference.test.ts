import { describe, expect, test } from 'vitest';
import { AuditError, formatReference, parseReference } from '../../../src/core/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('references', () => {
  test.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['debian:12', 'docker.io/library/debian:12'],
    ['acme/api', 'docker.io/acme/api:latest'],
    ['docker.io/debian', 'docker.io/library/debian:latest'],
    ['index.docker.io/acme/api', 'docker.io/acme/api:latest'],
    ['ghcr.io/acme/api:1.4', 'ghcr.io/acme/api:1.4'],
    ['localhost/acme', 'localhost/acme:latest'],
    ['localhost:5000/acme', 'localhost:5000/acme:latest'],
    ['127.0.0.1:5000/a/b/c:x', '127.0.0.1:5000/a/b/c:x'],
    ['[::1]:5000/acme', '[::1]:5000/acme:latest'],
    [`ghcr.io/acme/api@${DIGEST}`, `ghcr.io/acme/api@${DIGEST}`],
    [`ghcr.io/acme/api:1.4@${DIGEST}`, `ghcr.io/acme/api:1.4@${DIGEST}`],
    ['quay.io/a_b/c-d/e.f', 'quay.io/a_b/c-d/e.f:latest'],
  ])('%s is %s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });

  test.each([
    ['', 'the repository is missing'],
    ['https://ghcr.io/acme/api', 'URL scheme'],
    ['ghcr.io/Acme/api', 'not a repository name'],
    ['acme/api:', 'not a tag'],
    ['acme/api:a b', 'not a tag'],
    ['acme/api@sha256:abc', 'not a digest'],
    ['acme//api', 'not a repository name'],
    ['ghcr.io/../etc/passwd', 'not a repository name'],
    ['-host.io/acme', 'not a'],
    [`acme/${'a'.repeat(300)}`, 'not a repository name'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseReference(text)).toThrow(AuditError);
    expect(() => parseReference(text)).toThrow(why);
  });

  test('a URL is refused with the reference that was meant', () => {
    try {
      parseReference('https://ghcr.io/acme/api');
    } catch (error) {
      expect((error as AuditError).hint).toContain('ghcr.io/acme/api');
    }
    expect.assertions(1);
  });
});
