import { AuditError } from '../../core/index.ts';
import type { GivenProvenance } from '../assign-stages.ts';
import { type DockerfileStage, parseDockerfile, stagesOfTarget } from '../dockerfile.ts';
import type { BuildProvenance } from './read-provenance.ts';

/** Reads the Dockerfiles that provenance holds. What is none, as the input of another frontend, is passed over. */
export async function prepareProvenance(provenance: BuildProvenance): Promise<GivenProvenance> {
  const dockerfiles: (readonly DockerfileStage[] | null)[] = [];
  for (const { name, text } of provenance.files) dockerfiles.push(await orNull(() => parseDockerfile(text, name)));
  const [stages] = dockerfiles;
  const { target } = provenance;
  const chain =
    stages === null || stages === undefined
      ? null
      : await orNull(async () => stagesOfTarget(stages, target ?? undefined, 'the Dockerfile'));
  return {
    provenance,
    dockerfiles,
    dockerfile: stages === null || stages === undefined || chain === null ? null : { stages, target: chain },
  };
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AuditError) return null;
    throw error;
  }
}
