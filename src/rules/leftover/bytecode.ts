import type { Rule } from '../rule.ts';
import { judgeLeftFiles, WORTH_LEAVING_OUT } from './left-files.ts';

/** Modules that Python compiled: a megabyte or more. */
export const leftoverBytecode: Rule = {
  id: 'leftover/bytecode',
  title: 'Compiled Python is in the image beside its source',
  severity: 'info',
  confidence: 'high',
  why: 'Python compiles modules when it imports them. What is compiled in a build differs with every build, and doubles the modules. It saves some time at the first start: keep it where that counts.',
  fix: 'ENV PYTHONDONTWRITEBYTECODE=1 before the installation, pip install --no-compile.',
  references: ['https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE'],
  judgeImage: (evidence) =>
    judgeLeftFiles(evidence, 'bytecode', { what: 'Compiled modules of Python', minimumBytes: WORTH_LEAVING_OUT }),
};
