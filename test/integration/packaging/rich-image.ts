/** An image with a bit of everything that the audit looks for, in layers that hide, replace and link. */
import { acmeApi } from '../../../fixtures/recipes/acme-api.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { dir, file, hardlink, opaque, symlink, whiteout } from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'S3condT0kenThatWasOverwritten4Ever9z'.padEnd(36, 'Q').slice(0, 36)}`;

/** The recipe. */
export const richImage: ImageRecipe = {
  ...acmeApi,
  steps: [
    ...acmeApi.steps,
    {
      createdBy: 'COPY settings /app # buildkit',
      members: [
        file('app/settings.json', `{"token":"${TOKEN}"}`),
        file('app/twice', 'first'),
        file('app/twice', 'second'),
        hardlink('app/settings.bak', 'app/settings.json'),
        file('bin/helper', '#!/bin/sh\n', { mode: 0o4755 }),
      ],
    },
    {
      createdBy: 'RUN /bin/sh -c true # buildkit',
      members: [
        file('app/settings.json', '{}'),
        whiteout('app/settings.bak'),
        dir('var/lib/apt'),
        opaque('var/lib/apt'),
        file('var/lib/apt/own', 'x'),
        symlink('app/.git', '../tmp'),
      ],
    },
    { createdBy: 'USER root' },
  ],
};
