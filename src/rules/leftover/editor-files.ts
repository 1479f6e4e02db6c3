import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Settings, swap files and backups that editors and desktops leave. */
export const leftoverEditorFiles: Rule = {
  id: 'leftover/editor-files',
  title: 'Files of editors and desktops are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Swap and backup files hold what a file was before, secrets that were removed from it among them, and folders of editors tell of the machine of whoever built the image. They say that the whole folder was copied.',
  fix: 'Put .vscode, .idea, *.swp, *~, *.bak and .DS_Store into .dockerignore, or copy only what the program needs.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'editor', { what: 'Files of editors and desktops', named: true }),
};
