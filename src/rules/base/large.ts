import { isSystemKind } from '../../system/index.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/**
 * Bases made for running programs have fewer: Debian's slim images some 80, Ubuntu's 100, Red Hat's minimal one 110 and
 * its standard one 190.
 */
const MAX_PACKAGES = 200;

/** Bases made for building and for working in. */
export const baseLarge: Rule = {
  id: 'base/large',
  title: 'The base image brings very many packages',
  severity: 'info',
  confidence: 'medium',
  why: 'Every package is there to be updated, reported by scanners and used by whoever gets in, whether the program needs it or not. Most distributions and languages offer a slim variant.',
  fix: 'Take the slim variant (node:24-slim, python:3.14-slim), a distroless image or one of apko as the last stage, and install what is really needed.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image',
    'https://github.com/GoogleContainerTools/distroless',
  ],
  *judgeImage(evidence) {
    const base = evidence.image.layers.filter(({ origin }) => origin === 'base').map(({ index }) => index);
    const top = base.at(-1);
    if (top === undefined) return;
    const brought = evidence.system.packages.installed.filter(
      ({ kind, layerIndex }) => isSystemKind(kind) && layerIndex <= top,
    );
    if (brought.length <= MAX_PACKAGES) return;
    yield {
      key: 'packages',
      state: 'live',
      message: `It brings ${brought.length} packages of the distribution.`,
      evidence: base.map((index) =>
        layerPlace(evidence, index, { detail: evidence.image.layers[index]?.originBasis ?? null }),
      ),
    };
  },
};
