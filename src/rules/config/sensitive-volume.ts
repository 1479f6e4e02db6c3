import { cleanPath } from '../../core/index.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Folders of the system, cleaned and without the slash in front. */
const SENSITIVE: ReadonlySet<string> = new Set(
  ' bin boot dev etc home lib lib64 proc root run sbin sys usr usr/bin usr/lib usr/sbin var var/lib var/run var/run/docker.sock run/docker.sock run/containerd var/lib/docker var/lib/kubelet'.split(
    ' ',
  ),
);

/** VOLUME on a folder of the system. */
export const configSensitiveVolume: Rule = {
  id: 'config/sensitive-volume',
  title: 'A folder of the system is a volume',
  severity: 'medium',
  confidence: 'high',
  why: 'A volume outlives the container and is not part of the image: what an attacker writes to programs, accounts or settings there survives an update, and later layers change it in vain. A socket of the runtime gives the host away.',
  fix: 'Make volumes only of folders that hold the data of the application: VOLUME /var/lib/app.',
  references: ['https://docs.docker.com/reference/dockerfile/#volume'],
  *judgeImage(evidence) {
    for (const volume of evidence.image.config?.config.volumes ?? []) {
      const { path } = cleanPath(volume);
      if (!SENSITIVE.has(path)) continue;
      yield {
        key: path,
        state: 'metadata',
        message: `/${path} is declared a volume.`,
        evidence: [imagePlace(evidence, { field: `config.Volumes./${path}` })],
      };
    }
  },
};
