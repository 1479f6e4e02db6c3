import { integrityCompression } from './integrity/compression.ts';
import { integrityDamagedLayer } from './integrity/damaged-layer.ts';
import { integrityDocument } from './integrity/document.ts';
import { integrityHistory } from './integrity/history.ts';
import { integrityLayerDigest } from './integrity/layer-digest.ts';
import { integrityLayerSize } from './integrity/layer-size.ts';
import { integrityOrphanBlob } from './integrity/orphan-blob.ts';
import { integrityTarAnomaly } from './integrity/tar-anomaly.ts';
import { integrityTrailingData } from './integrity/trailing-data.ts';
import { leftoverApkCache } from './leftover/apk-cache.ts';
import { leftoverAptCache } from './leftover/apt-cache.ts';
import { leftoverCompiler } from './leftover/compiler.ts';
import { leftoverGit } from './leftover/git.ts';
import { leftoverGitRepository } from './leftover/git-repository.ts';
import { leftoverNpmCache } from './leftover/npm-cache.ts';
import { leftoverPipCache } from './leftover/pip-cache.ts';
import { packageManagerPresent } from './package-manager/present.ts';
import { privilegeSetuid } from './privilege/setuid.ts';
import type { Rule } from './rule.ts';
import { secretRules } from './secrets/index.ts';
import { shellPresent } from './shell/present.ts';
import { userNoUser } from './user/no-user.ts';
import { userRoot } from './user/root.ts';

/** All rules, by id. */
export const RULES: readonly Rule[] = [
  integrityCompression,
  integrityDamagedLayer,
  integrityDocument,
  integrityHistory,
  integrityLayerDigest,
  integrityLayerSize,
  integrityOrphanBlob,
  integrityTarAnomaly,
  integrityTrailingData,
  leftoverApkCache,
  leftoverAptCache,
  leftoverCompiler,
  leftoverGit,
  leftoverGitRepository,
  leftoverNpmCache,
  leftoverPipCache,
  packageManagerPresent,
  privilegeSetuid,
  ...secretRules,
  shellPresent,
  userNoUser,
  userRoot,
].toSorted((a, b) => (a.id < b.id ? -1 : 1));
