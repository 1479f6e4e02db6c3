import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Devices that every container has: null, zero, full, random, urandom, tty, console, ptmx (devices.txt of Linux). */
const HARMLESS: ReadonlySet<string> = new Set(['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '5:1', '5:2']);

/** Device nodes that the image brings. */
export const privilegeDeviceNode: Rule = {
  id: 'privilege/device-node',
  title: 'A device node is in the image',
  severity: 'medium',
  confidence: 'high',
  why: 'Runtimes make the devices that a container needs. One that comes with the image names memory or a disk of the host; it opens as soon as a container runs privileged or the device is allowed.',
  fix: 'Leave /dev out of what is copied or added: in a root filesystem that is packed for ADD, tar --exclude=./dev.',
  references: ['https://docs.kernel.org/admin-guide/devices.html', 'https://www.cisecurity.org/benchmark/docker'],
  *judgeImage(evidence) {
    for (const [layerIndex, { record }] of evidence.layers.entries()) {
      for (const { row, major, minor } of record?.devices ?? []) {
        const entry = evidence.filesystem.entry(layerIndex, row);
        if (entry.state !== 'live') continue;
        const numbers = `${major}:${minor}`;
        const block = entry.kind === 'block-device';
        const detail = `${block ? 'block' : 'character'} device ${numbers}`;
        yield {
          key: entry.path,
          state: 'live',
          ...(!block && HARMLESS.has(numbers) ? { severity: 'info' } : {}),
          message: `/${evidence.redact(entry.path)} is a ${detail}.`,
          evidence: [entryPlace(evidence, entry, { detail })],
        };
      }
    }
  },
};
