import type { FilesystemEntry } from '../filesystem/index.ts';
import type { ImageEvidence } from './evidence.ts';

/** Names of capabilities by their numbers (include/uapi/linux/capability.h). */
const NAMES =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'.split(
    ' ',
  );

/** Capabilities of a file (capabilities(7), "File capabilities"). */
export interface FileCapabilities {
  readonly version: 1 | 2 | 3;
  /** The program has them as soon as it starts; otherwise it has to ask. */
  readonly effective: boolean;
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  /** UID of the root of the user namespace in which they count; null in version 1 and 2. */
  readonly rootUid: number | null;
}

/** Reads `security.capability` (struct vfs_ns_cap_data); a sentence where it makes no sense. */
export function decodeCapabilities(value: Uint8Array): FileCapabilities | string {
  if (value.byteLength < 12) return 'it is too short';
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const magic = view.getUint32(0, true);
  const version = magic >>> 24;
  if (version !== 1 && version !== 2 && version !== 3) return `version ${version} is unknown`;
  const expected = [0, 12, 20, 24][version] as number;
  if (value.byteLength !== expected) return `version ${version} has ${expected} bytes, and it has ${value.byteLength}`;
  const words = version === 1 ? 1 : 2;
  const names = (at: number): string[] => {
    const set: string[] = [];
    for (let bit = 0; bit < words * 32; bit += 1) {
      const word = view.getUint32(at + Math.floor(bit / 32) * 8, true);
      if ((word & (1 << (bit % 32))) !== 0) set.push(NAMES[bit] ?? `capability ${bit}`);
    }
    return set;
  };
  return {
    version,
    effective: (magic & 1) !== 0,
    permitted: names(4),
    inheritable: names(8),
    rootUid: version === 3 ? view.getUint32(20, true) : null,
  };
}

/** Capabilities of a file in the final filesystem; null where it has none that make sense. */
export function fileCapabilities(evidence: ImageEvidence, file: FilesystemEntry): FileCapabilities | null {
  const content = file.content ?? file;
  const xattr = evidence.layers[content.layerIndex]?.record?.xattrs.find(
    ({ row, name }) => row === content.row && name === 'security.capability',
  );
  const decoded = xattr === undefined ? null : decodeCapabilities(xattr.value);
  return typeof decoded === 'string' ? null : decoded;
}
