import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Databases and packages that pacman leaves. */
export const leftoverPacmanCache: Rule = {
  id: 'leftover/pacman-cache',
  title: 'The package cache of pacman is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'It serves only the next installation, which should not happen in a container, and makes every pull larger.',
  fix: 'Clean up in the same instruction: RUN pacman -Syu --noconfirm … && pacman -Scc --noconfirm. In another instruction it stays in the layer below.',
  references: ['https://wiki.archlinux.org/title/Pacman#Cleaning_the_package_cache'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'pacman', { what: 'Databases and packages of pacman' }),
};
