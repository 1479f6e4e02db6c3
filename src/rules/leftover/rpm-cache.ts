import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Metadata and packages that dnf, yum, microdnf, tdnf and zypper leave. */
export const leftoverRpmCache: Rule = {
  id: 'leftover/rpm-cache',
  title: 'The package cache of dnf, yum or zypper is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'It serves only the next installation, which should not happen in a container, and makes every pull larger.',
  fix: 'Clean up in the same instruction: RUN dnf install -y … && dnf clean all, RUN microdnf install -y … && microdnf clean all, RUN zypper install -y … && zypper clean --all. In another instruction it stays in the layer below.',
  references: [
    'https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command',
    'https://docs.docker.com/build/building/best-practices/',
  ],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'rpm', { what: 'Metadata and packages of dnf, yum or zypper' }),
};
