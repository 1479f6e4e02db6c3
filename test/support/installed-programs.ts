/** Programs that tests run if they are there. A skip is always told: CI looks for these lines. */
import { spawnSync } from 'node:child_process';
import { warn } from 'node:console';

/** Whether a program is installed; says `SKIPPED: … is not installed` where it is not. */
export function isInstalled(program: string, versionArgument = '--version'): boolean {
  const installed = spawnSync(program, [versionArgument], { stdio: 'ignore' }).error === undefined;
  if (!installed) warn(`SKIPPED: ${program} is not installed`);
  return installed;
}
