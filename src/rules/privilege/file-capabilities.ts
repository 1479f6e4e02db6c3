import { decodeCapabilities } from '../capabilities.ts';
import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Capabilities that are as good as root, or lead there. */
const STRONG: ReadonlySet<string> = new Set([
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'setuid',
  'setgid',
  'setfcap',
  'sys_admin',
  'sys_module',
  'sys_ptrace',
  'sys_rawio',
  'mknod',
  'net_admin',
  'bpf',
]);

/** Programs that have rights of root, whoever starts them. */
export const privilegeFileCapabilities: Rule = {
  id: 'privilege/file-capabilities',
  title: 'A program has file capabilities',
  severity: 'low',
  confidence: 'high',
  why: 'File capabilities give a program a part of what root may do, whoever starts it. Some of them are as good as root; in a container they count as far as the runtime leaves them in the bounding set.',
  fix: 'Take away what nothing needs: RUN setcap -r /usr/bin/…. At run time, cap_drop: ALL and no-new-privileges make them powerless.',
  references: [
    'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    'https://www.cisecurity.org/benchmark/docker',
  ],
  *judgeImage(evidence) {
    for (const [layerIndex, { record }] of evidence.layers.entries()) {
      for (const { row, name, value } of record?.xattrs ?? []) {
        if (name !== 'security.capability') continue;
        const entry = evidence.filesystem.entry(layerIndex, row);
        if (entry.state !== 'live') continue;
        const path = `/${evidence.redact(entry.path)}`;
        const decoded = decodeCapabilities(value);
        if (typeof decoded === 'string') {
          yield {
            key: entry.path,
            state: 'live',
            severity: 'info',
            message: `${path} has capabilities that cannot be read: ${decoded}.`,
            evidence: [entryPlace(evidence, entry)],
          };
          continue;
        }
        const { permitted, inheritable, effective, version, rootUid } = decoded;
        const sets = [
          ...(permitted.length > 0
            ? [`cap_${permitted.join(', cap_')} permitted${effective ? ' and effective' : ''}`]
            : []),
          ...(inheritable.length > 0 ? [`cap_${inheritable.join(', cap_')} inheritable`] : []),
        ];
        const detail = `${sets.join('; ') || 'none'} (version ${version}${rootUid === null ? '' : `, for the namespace of UID ${rootUid}`})`;
        yield {
          key: entry.path,
          state: 'live',
          severity: permitted.length === 0 ? 'info' : permitted.some((one) => STRONG.has(one)) ? 'medium' : 'low',
          message: `${path} has ${detail}.`,
          evidence: [entryPlace(evidence, entry, { detail })],
        };
      }
    }
  },
};
