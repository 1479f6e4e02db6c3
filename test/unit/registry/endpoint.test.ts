import { describe, expect, test } from 'vitest';
import { apiHost, isLocalAddress, isLoopback } from '../../../src/registry/endpoint.ts';

describe('where a registry is', () => {
  test.each([
    ['docker.io', 'registry-1.docker.io'],
    ['ghcr.io', 'ghcr.io'],
    ['localhost:5000', 'localhost:5000'],
    ['docker.io.example.com', 'docker.io.example.com'],
  ])('%s is served by %s', (registry, host) => {
    expect(apiHost(registry)).toBe(host);
  });

  test.each([
    'localhost',
    'localhost:5000',
    'LOCALHOST:5000',
    'localhost.',
    'registry.localhost:80',
    '127.0.0.1',
    '127.0.0.1:5000',
    '127.9.9.9',
    '[::1]',
    '[::1]:5000',
    '[::ffff:127.0.0.1]:5000',
    '[::ffff:7f00:1]',
  ])('%s is this machine', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(isLocalAddress(host)).toBe(true);
  });

  test.each([
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    '127.0.0.1.example.com',
    '127.example.com:5000',
    '10.0.0.1:5000',
    '[2001:db8::1]:5000',
    '[::ffff:10.0.0.1]',
    '',
  ])('%j is not this machine', (host) => {
    expect(isLoopback(host)).toBe(false);
    expect(isLocalAddress(host)).toBe(false);
  });

  test.each([
    '169.254.169.254',
    '169.254.169.254:80',
    '0.0.0.0:5000',
    '[::]:5000',
    '[fe80::1]',
    '[FEBF::1]:80',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]:80',
    '[::ffff:0.0.0.0]',
    '[fd00:ec2::254]',
  ])('%s is answered by this machine or its hypervisor only', (host) => {
    expect(isLocalAddress(host)).toBe(true);
    expect(isLoopback(host)).toBe(false);
  });

  test.each(['169.254.example.com', 'fe80.example.com', 'fe80abc', 'feb.io:443'])(
    '%s is a name like others, whatever it begins with',
    (host) => {
      expect(isLocalAddress(host)).toBe(false);
    },
  );

  test.each(['2130706433', '0x7f.1', '127.1', '[0:0:0:0:0:ffff:127.0.0.1]', 'LocalHost.'])(
    'http://%s/ is this machine, once a URL has been made of it',
    (host) => {
      expect(isLoopback(new URL(`http://${host}:5000/`).host)).toBe(true);
    },
  );
});
