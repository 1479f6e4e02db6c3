import { isIP } from 'node:net';
import { DOCKER_HUB } from '../core/index.ts';

/** The host that serves a registry's API: Docker Hub's is not the one in its references. */
export function apiHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

/** Whether a host is this machine. Only there is plain HTTP used unasked, as Docker does. */
export function isLoopback(host: string): boolean {
  const name = hostName(host);
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name) === 4 ? name.startsWith('127.') : name === '::1';
}

/** Whether a host is an address that only this machine or its hypervisor answers on. */
export function isLocalAddress(host: string): boolean {
  const name = hostName(host);
  return (
    isLoopback(host) || name.startsWith('169.254.') || name === '0.0.0.0' || name === '::' || /^fe[89ab]/i.test(name)
  );
}

/** A host without its port and brackets. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(host)?.[1];
  if (bracketed !== undefined) return bracketed.toLowerCase();
  return (isIP(host) === 6 ? host : host.replace(/:\d+$/, '')).toLowerCase();
}
