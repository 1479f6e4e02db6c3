import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import { findPrograms } from '../programs.ts';
import type { Rule } from '../rule.ts';

/** Programs that run what crontabs list. */
const DAEMONS = ['cron', 'crond', 'anacron', 'fcron', 'dcron', 'cronie'];
/** Most jobs told of one file. */
const MAX_JOBS = 20;

/** Jobs that a cron daemon of the image would run. */
export const privilegeCronJob: Rule = {
  id: 'privilege/cron-job',
  title: 'cron jobs are in the image',
  severity: 'info',
  confidence: 'high',
  why: 'Jobs of cron run as whoever their line names, often root, and out of sight of the program that the container is for; planted ones survive restarts. They also need a second process beside it.',
  fix: 'Let the orchestrator keep the time: a Kubernetes CronJob, a systemd timer or a scheduled task that starts a container. Leave the cron package out of the image.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
    'https://attack.mitre.org/techniques/T1053/003/',
  ],
  *judgeImage(evidence) {
    const daemon = findPrograms(evidence, DAEMONS).find(({ runnable }) => runnable.can !== 'no');
    if (daemon === undefined) return;
    const jobs = evidence.system.cronJobs.filter(({ text }) => runsSomething(evidence, text));
    for (const [file, lines] of Map.groupBy(jobs, (job) => job.file)) {
      const shown = evidence.redact(
        lines
          .slice(0, MAX_JOBS)
          .map(({ text }) => text)
          .join('; '),
      );
      yield {
        key: file.path,
        state: 'live',
        message: `/${evidence.redact(file.path)} has ${lines.length === 1 ? 'a job' : `${lines.length} jobs`} for /${evidence.redact(daemon.entry.path)}: ${shown}.`,
        evidence: [entryPlace(evidence, file, { detail: shown })],
      };
    }
  },
};

/** Distributions list folders that are empty until a package puts a program into them. */
function runsSomething({ filesystem }: ImageEvidence, job: string): boolean {
  const folder = / run-parts (\/\S+)$/.exec(job)?.[1];
  if (folder === undefined) return true;
  return [...filesystem.below(folder)].some(({ kind }) => kind === 'file' || kind === 'hardlink' || kind === 'symlink');
}
