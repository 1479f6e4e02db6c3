/**
 * Histories as builders other than BuildKit write them, of one Dockerfile.
 *
 * Those of buildah are recorded from buildah 1.28.2, with Alpine's minirootfs as root.tgz:
 *
 *   BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs \
 *     buildah bud --layers --target runtime --build-arg FLAVOUR=x -t layers . && buildah push layers oci:layers
 *
 * and the same with `--layers=false`, which is what it does unless told: a stage is one layer then, and its last step
 * is said to have made it. Those of kaniko are in the shape that its executor gives them (`saveSnapshotToImage`):
 * instructions as they are written, nothing for settings; with `--single-snapshot` the last instruction for all.
 */
export const BUILDER_DOCKERFILE = `FROM scratch AS base
ADD root.tgz /
CMD ["/bin/sh"]

FROM base AS builder
WORKDIR /src
ARG FLAVOUR=plain
RUN echo "built $FLAVOUR" > /src/app && \\
    mkdir -p /src/cache
RUN ["/bin/sh", "-c", "echo two > /src/two"]

FROM base AS runtime
ENV MODE=production
RUN adduser -D app
COPY --from=builder /src/app /app/app
COPY --from=builder --chown=app /src/two /app/
USER app
ENTRYPOINT ["/app/app"]
`;

/** A step of a history, as the configuration has it. */
export interface RecordedStep {
  readonly created_by: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: true;
}

const nop = (instruction: string, comment?: string): RecordedStep => ({
  created_by: `/bin/sh -c #(nop) ${instruction}`,
  ...(comment === undefined ? {} : { comment: `FROM ${comment}` }),
});
const empty = (step: RecordedStep): RecordedStep => ({ ...step, empty_layer: true });

const ADD = nop('ADD file:f00e6eaa34b21f23f40af59e466c7816dd1cc43988e911dcde50691d964bd06b in / ');
const COPY_APP = 'COPY file:5323d8fb13af73acc5561a316461ddf8cdfcc8e4b12bfc73b947975d73824471 in /app/app ';
const COPY_TWO = 'COPY file:a5bf7c0d3edcd4b19b6182a3e9d0db92c19e2c0c063919dee25a82faf07f3f0d in /app/ ';

/** `buildah bud --layers`: four layers. */
export const BUILDAH_LAYERS: readonly RecordedStep[] = [
  ADD,
  empty(nop('CMD ["/bin/sh"]', '8c58b59912c8')),
  empty(nop('ENV MODE=production', 'ab7e97e5f895')),
  { created_by: '/bin/sh -c adduser -D app', comment: 'FROM df675122af10' },
  nop(COPY_APP, 'aa4f2ff3cc8a'),
  nop(COPY_TWO, 'ea1fcdf14628'),
  empty(nop('USER app', '579747c8bc8a')),
  empty(nop('ENTRYPOINT ["/app/app"]', 'ebf87587610e')),
];

/** `buildah bud`: a layer for each stage. */
export const BUILDAH_STAGES: readonly RecordedStep[] = [
  empty(ADD),
  nop('CMD ["/bin/sh"]'),
  empty(nop('ENV MODE=production')),
  empty({ created_by: '/bin/sh -c adduser -D app' }),
  empty(nop(COPY_APP)),
  empty(nop(COPY_TWO)),
  empty(nop('USER app')),
  nop('ENTRYPOINT ["/app/app"]', 'd12ed0034c00'),
];

const kaniko = (created_by: string): RecordedStep => ({ author: 'kaniko', created_by });

/** kaniko, built upon an image with a history of its own. */
export const KANIKO: readonly RecordedStep[] = [
  { created_by: '/bin/sh -c #(nop) ADD file:0123 in / ' },
  { created_by: '/bin/sh -c #(nop)  CMD ["/bin/sh"]', empty_layer: true },
  kaniko('RUN adduser -D app'),
  kaniko('COPY --from=builder /src/app /app/app'),
  kaniko('COPY --from=builder --chown=app /src/two /app/'),
];

/** `kaniko --single-snapshot`. */
export const KANIKO_SINGLE: readonly RecordedStep[] = [...KANIKO.slice(0, 2), kaniko('ENTRYPOINT ["/app/app"]')];
