import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { parseLocation } from '../../../src/source/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const FILES = new Set(['image.tar', 'dir', 'a:b', 'a', './x', 'weird@name', '/tmp/my:images/i.tar', 'nginx']);
const parse = (text: string) => parseLocation(text, (path) => FILES.has(path));

describe('a location', () => {
  test.each([
    ['image.tar', null, 'image.tar', null],
    ['image.tar:acme/api:1.4', null, 'image.tar', 'acme/api:1.4'],
    [`dir@${DIGEST}`, null, 'dir', `@${DIGEST}`],
    ['a:b', null, 'a:b', null],
    ['a:b:c', null, 'a:b', 'c'],
    ['a:c', null, 'a', 'c'],
    ['weird@name', null, 'weird@name', null],
    ['weird@name:tag', null, 'weird@name', 'tag'],
    ['/tmp/my:images/i.tar:latest', null, '/tmp/my:images/i.tar', 'latest'],
    ['docker-archive:image.tar', 'docker-archive', 'image.tar', null],
    ['docker-archive:image.tar:repo:tag', 'docker-archive', 'image.tar', 'repo:tag'],
    ['docker-archive:a:b', 'docker-archive', 'a:b', null],
    ['oci-archive:image.tar:tag', 'oci-archive', 'image.tar', 'tag'],
    ['oci:dir', 'oci-layout', 'dir', null],
    ['oci:dir:tag', 'oci-layout', 'dir', 'tag'],
    [`oci:dir@${DIGEST}`, 'oci-layout', 'dir', `@${DIGEST}`],
    ['rootfs:image.tar', 'rootfs', 'image.tar', null],
    ['rootfs:image.tar:x', 'rootfs', 'image.tar:x', null],
    ['image.tar@1', null, 'image.tar', '@1'],
    ['docker-archive:image.tar:@1', 'docker-archive', 'image.tar', '@1'],
    ['oci:not-there:tag', 'oci-layout', 'not-there:tag', null],
  ])('%s is a path', (text, format, path, wanted) => {
    expect(parse(text)).toEqual({ kind: 'path', format, path, wanted });
  });

  test('- is standard input', () => {
    expect(parse('-')).toEqual({ kind: 'stdin' });
    for (const format of ['docker-archive', 'oci-archive', 'rootfs']) {
      expect(parse(`${format}:-`)).toEqual({ kind: 'stdin', format });
    }
  });

  test.each([
    ['alpine', 'docker.io', 'library/alpine'],
    ['ghcr.io/acme/api:1', 'ghcr.io', 'acme/api'],
    ['localhost:5000/x', 'localhost:5000', 'x'],
    ['docker://alpine', 'docker.io', 'library/alpine'],
    ['registry:nginx', 'docker.io', 'library/nginx'],
    ['docker:dind', 'docker.io', 'library/docker'],
  ])('%s is in a registry', (text, registry, repository) => {
    expect(parse(text)).toMatchObject({ kind: 'registry', reference: { registry, repository } });
  });

  test('that exists as a file is the file, and registry: says otherwise', () => {
    expect(parse('nginx')).toMatchObject({ kind: 'path', path: 'nginx' });
  });

  test.each(['missing.tar', './missing', '../x:tag', '/no/such', 'x.tar.gz', 'x.tgz', 'X.TAR', '~/x'])(
    '%s that does not exist is a missing file, not an image of a registry',
    (text) => {
      expect(() => parse(text)).toThrow(AuditError);
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'SOURCE_NOT_FOUND' }));
    },
  );

  test.each(['https://ghcr.io/acme/api', '', 'acme/UPPER', 'a b', 'x@sha256:short'])('%j is refused', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });
});
