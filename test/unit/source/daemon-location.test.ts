import { describe, expect, test } from 'vitest';
import { parseLocation } from '../../../src/source/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const parse = (text: string, files: readonly string[] = []) => parseLocation(text, (path) => files.includes(path));

describe('the location of an image in a daemon', () => {
  test.each([
    ['docker-daemon:acme/api:1.4', 'docker', 'acme/api:1.4'],
    ['docker-daemon:alpine', 'docker', 'alpine'],
    ['docker-daemon:4f5d6b7c8d9e', 'docker', '4f5d6b7c8d9e'],
    [`docker-daemon:${DIGEST}`, 'docker', DIGEST],
    [`docker-daemon:acme/api@${DIGEST}`, 'docker', `acme/api@${DIGEST}`],
    ['podman:localhost/acme/api:1.4', 'podman', 'localhost/acme/api:1.4'],
  ])('%s is read', (text, engine, image) => {
    expect(parse(text)).toEqual({ kind: 'daemon', engine, image });
  });

  test.each([
    'docker-daemon:',
    'podman:',
    'docker-daemon:a b',
    'podman:../x',
    'docker-daemon:x?y',
    'podman:x@sha256:1',
  ])('%j is refused', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });

  test('is not looked for on disk', () => {
    expect(parse('podman:image.tar', ['image.tar', 'podman:image.tar'])).toMatchObject({ kind: 'daemon' });
  });

  test('is never guessed: a bare name is in a registry', () => {
    expect(parse('acme/api:1.4')).toMatchObject({ kind: 'registry' });
    expect(parse('docker-daemon')).toMatchObject({ kind: 'registry' });
  });
});

describe('the location of an image in a content store of containerd', () => {
  test.each([
    ['containerd:/var/lib/containerd', '/var/lib/containerd', null],
    [`containerd:/var/lib/containerd@${DIGEST}`, '/var/lib/containerd', `@${DIGEST}`],
    ['containerd:/not/there', '/not/there', null],
  ])('%s is read', (text, path, wanted) => {
    expect(parse(text, ['/var/lib/containerd'])).toEqual({ kind: 'containerd', path, wanted });
  });
});
