import { BlockList, isIP } from 'node:net';
import { DOCKER_HUB } from '../core/index.ts';

/** The host that serves a registry's API: Docker Hub's is not the one in its references. */
export function apiHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

// Lists of addresses know IPv4 addresses written as IPv6, too: ::ffff:127.0.0.1 is 127.0.0.1.
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8);
LOCAL.addAddress('::', 'ipv6');
LOCAL.addSubnet('169.254.0.0', 16);
LOCAL.addSubnet('fe80::', 10, 'ipv6');
// The metadata service of Amazon's cloud.
LOCAL.addAddress('fd00:ec2::254', 'ipv6');

/** Whether a host is this machine. Only there is plain HTTP used unasked, as Docker does. */
export function isLoopback(host: string): boolean {
  const name = hostName(host);
  return name === 'localhost' || name.endsWith('.localhost') || isIn(LOOPBACK, name);
}

/** Whether a host is an address that only this machine or its hypervisor answers on. */
export function isLocalAddress(host: string): boolean {
  return isLoopback(host) || isIn(LOCAL, hostName(host));
}

function isIn(list: BlockList, name: string): boolean {
  const version = isIP(name);
  return version !== 0 && list.check(name, version === 4 ? 'ipv4' : 'ipv6');
}

/** A host without its port, brackets, and the dot that may end any name. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(host)?.[1];
  if (bracketed !== undefined) return bracketed.toLowerCase();
  const name = isIP(host) === 6 ? host : host.replace(/:\d+$/, '');
  return name.toLowerCase().replace(/\.$/, '');
}
