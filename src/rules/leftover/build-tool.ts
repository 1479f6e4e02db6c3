import type { Rule } from '../rule.ts';
import { BUILD_TOOLS, judgeTools } from '../tools.ts';

/** Programs that builds are driven by. */
export const leftoverBuildTool: Rule = {
  id: 'leftover/build-tool',
  title: 'A build tool is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'What drives a build is of no use once the program is built. It says that the image was built in one stage, with all that the build needed still in it.',
  fix: 'Build in one stage and copy the result into a small image in the last one: FROM … AS build, then COPY --from=build /out/app /app.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  judgeImage: (evidence) => judgeTools(evidence, 'build-tool', BUILD_TOOLS, 'low'),
};
