import type { LayerEvidence } from '../evidence.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Days after which a base has missed more than one round of everybody's updates. */
const MAX_DAYS = 180;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Docker's first release. Builds that can be repeated write times before it, and they mean nothing. */
const FIRST_MS = Date.parse('2013-03-20');

/** Images that were built upon a base that was old already. */
export const baseStale: Rule = {
  id: 'base/stale',
  title: 'The base image was old when the image was built',
  severity: 'low',
  confidence: 'medium',
  why: 'An image has the updates that its base had on the day the base was made. A base from half a year before the build lacks what its distribution has mended since, and that it was not fetched again often means that it is pinned and nobody moves the pin.',
  fix: 'Fetch the base with each build: docker build --pull. Where it is pinned by digest, which is right, let a bot move the pin: FROM debian:13-slim@sha256:… with Renovate or Dependabot.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
    'https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often',
  ],
  *judgeImage(evidence) {
    let newest: { layer: LayerEvidence['layer']; ms: number } | null = null;
    for (const { layer } of evidence.layers) {
      const ms = timeOf(layer.step?.created);
      if (layer.origin === 'base' && ms !== null && (newest === null || ms > newest.ms)) newest = { layer, ms };
    }
    const built = timeOf(evidence.image.config?.created);
    if (newest === null || built === null) return;
    const days = Math.floor((built - newest.ms) / DAY_MS);
    if (days <= MAX_DAYS) return;
    const { layer, ms } = newest;
    yield {
      key: 'base',
      state: 'live',
      message: `The base was made on ${day(ms)}, and the image ${days} days later, on ${day(built)}.`,
      evidence: [layerPlace(evidence, layer.index, { detail: layer.originBasis })],
    };
  },
};

function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) || ms < FIRST_MS ? null : ms;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
