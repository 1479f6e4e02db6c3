import { calls, instructionPlace, instructionsOf } from '../instructions.ts';
import { entryPlace } from '../places.ts';
import { findPrograms, listPaths } from '../programs.ts';
import type { Rule } from '../rule.ts';
import { BUILD_TOOLS, COMPILERS } from '../tools.ts';

/** Tools told one by one; the message counts the others. */
const MAX_TOOLS = 20;

/** Calls that make a program of sources. */
const BUILD =
  /^(?:\S*\/)?(?:make|gmake|cmake|ninja|meson|bazel|ant)(?:\s|$)|^(?:\S*\/)?(?:g?cc|g\+\+|c\+\+|clang(?:\+\+)?|rustc|javac|tsc|ghc)\s|^go\s+(?:build|install)(?:\s|$)|^cargo\s+(?:build|install)(?:\s|$)|^(?:\.\/)?(?:mvnw?|gradlew?)\s|^(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?build(?:\s|:|$)|^dotnet\s+(?:build|publish)(?:\s|$)|^stack\s+(?:build|install)|^cabal\s+(?:build|install)|^mix\s+(?:compile|release)|^swift\s+build|^zig\s+build/;

const isBuild = (call: string): boolean => BUILD.test(call);

/** Images that hold both a build step and the tools that it needed. */
export const stageSingleStage: Rule = {
  id: 'stage/single-stage',
  title: 'The stage that builds the program is the one that is shipped',
  severity: 'low',
  confidence: 'medium',
  why: 'The image has all that the build needed: compilers, sources, caches, dependencies for development. Most of it is larger than the program, and all of it is there for whoever gets in.',
  fix: 'Build in one stage and copy the result into a small image in the last one: FROM … AS build, RUN make, then FROM gcr.io/distroless/… and COPY --from=build /out/app /app.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  *judgeImage(evidence) {
    // What builds a base image built is the concern of whoever makes that.
    const builds = instructionsOf(evidence).filter(
      (one) =>
        one.layerIndex !== null && evidence.image.layers[one.layerIndex]?.origin !== 'base' && calls(one, isBuild),
    );
    if (builds.length === 0) return;
    const tools = findPrograms(evidence, [...COMPILERS, ...BUILD_TOOLS]).filter(
      ({ multiCall, runnable }) => !multiCall && runnable.can !== 'no',
    );
    if (tools.length === 0) return;
    const entries = tools.map(({ entry }) => entry);
    yield {
      key: 'build',
      state: 'live',
      message: `${builds.length === 1 ? 'An instruction builds' : `${builds.length} instructions build`} the program in a layer of the image, and ${listPaths(evidence, entries)} ${tools.length === 1 ? 'is' : 'are'} still in it.`,
      evidence: [
        ...builds.map((instruction) => instructionPlace(evidence, instruction)),
        ...entries.slice(0, MAX_TOOLS).map((entry) => entryPlace(evidence, entry)),
      ],
    };
  },
};
