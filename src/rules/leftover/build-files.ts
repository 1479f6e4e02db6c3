import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Dockerfiles, compose files and pipelines. */
export const leftoverBuildFiles: Rule = {
  id: 'leftover/build-files',
  title: 'Files of the build itself are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Dockerfile, compose file and pipelines say how the image is built and deployed: names of registries, hosts and secrets. They say that the whole folder was copied.',
  fix: 'Put Dockerfile*, compose*.yaml, .github and .gitlab-ci.yml into .dockerignore, or copy only what the program needs.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  judgeImage: (evidence) =>
    judgeLeftFiles(evidence, 'build-files', { what: 'Files of builds and pipelines', named: true }),
};
