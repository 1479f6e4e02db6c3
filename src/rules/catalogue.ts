import { baseEndOfLife } from './base/end-of-life.ts';
import { baseLarge } from './base/large.ts';
import { baseStale } from './base/stale.ts';
import { configCommitted } from './config/committed.ts';
import { configCreated } from './config/created.ts';
import { configDatabaseBeside } from './config/database-beside.ts';
import { configDevelopmentMode } from './config/development-mode.ts';
import { configHealthcheckProgram } from './config/healthcheck-program.ts';
import { configHealthcheckTimes } from './config/healthcheck-times.ts';
import { configMaintainer } from './config/maintainer.ts';
import { configNoHealthcheck } from './config/no-healthcheck.ts';
import { configNoLabels } from './config/no-labels.ts';
import { configPackageRunner } from './config/package-runner.ts';
import { configSensitiveVolume } from './config/sensitive-volume.ts';
import { configSeveralServices } from './config/several-services.ts';
import { configShellForm } from './config/shell-form.ts';
import { configSshPort } from './config/ssh-port.ts';
import { configStopSignal } from './config/stop-signal.ts';
import { configTlsOff } from './config/tls-off.ts';
import { integrityCompression } from './integrity/compression.ts';
import { integrityDamagedLayer } from './integrity/damaged-layer.ts';
import { integrityDocument } from './integrity/document.ts';
import { integrityHistory } from './integrity/history.ts';
import { integrityLayerDigest } from './integrity/layer-digest.ts';
import { integrityLayerSize } from './integrity/layer-size.ts';
import { integrityOrphanBlob } from './integrity/orphan-blob.ts';
import { integrityPackageDatabase } from './integrity/package-database.ts';
import { integrityTarAnomaly } from './integrity/tar-anomaly.ts';
import { integrityTrailingData } from './integrity/trailing-data.ts';
import { layerAddLocal } from './layer/add-local.ts';
import { layerAddRemote } from './layer/add-remote.ts';
import { layerContextBeforeInstall } from './layer/context-before-install.ts';
import { layerDistUpgrade } from './layer/dist-upgrade.ts';
import { layerDominant } from './layer/dominant.ts';
import { layerDuplicateContent } from './layer/duplicate-content.ts';
import { layerEmpty } from './layer/empty.ts';
import { layerInstallRecommends } from './layer/install-recommends.ts';
import { layerLateCleanup } from './layer/late-cleanup.ts';
import { layerManyLayers } from './layer/many-layers.ts';
import { layerMetadataRewrite } from './layer/metadata-rewrite.ts';
import { layerOverwritten } from './layer/overwritten.ts';
import { layerPipeToShell } from './layer/pipe-to-shell.ts';
import { layerSudo } from './layer/sudo.ts';
import { layerUnpinnedInstall } from './layer/unpinned-install.ts';
import { layerUnverifiedDownload } from './layer/unverified-download.ts';
import { layerUpdateAlone } from './layer/update-alone.ts';
import { leftoverApkCache } from './leftover/apk-cache.ts';
import { leftoverAptCache } from './leftover/apt-cache.ts';
import { leftoverBuildCache } from './leftover/build-cache.ts';
import { leftoverBuildFiles } from './leftover/build-files.ts';
import { leftoverBuildTool } from './leftover/build-tool.ts';
import { leftoverBytecode } from './leftover/bytecode.ts';
import { leftoverCompiler } from './leftover/compiler.ts';
import { leftoverCoreDump } from './leftover/core-dump.ts';
import { leftoverCoverage } from './leftover/coverage.ts';
import { leftoverDebugger } from './leftover/debugger.ts';
import { leftoverDevDependencies } from './leftover/dev-dependencies.ts';
import { leftoverDevPackages } from './leftover/dev-packages.ts';
import { leftoverDocumentation } from './leftover/documentation.ts';
import { leftoverEditorFiles } from './leftover/editor-files.ts';
import { leftoverGit } from './leftover/git.ts';
import { leftoverGitRepository } from './leftover/git-repository.ts';
import { leftoverHeaders } from './leftover/headers.ts';
import { leftoverLogs } from './leftover/logs.ts';
import { leftoverNetworkTool } from './leftover/network-tool.ts';
import { leftoverNpmCache } from './leftover/npm-cache.ts';
import { leftoverPacmanCache } from './leftover/pacman-cache.ts';
import { leftoverPipCache } from './leftover/pip-cache.ts';
import { leftoverRpmCache } from './leftover/rpm-cache.ts';
import { leftoverSourceMaps } from './leftover/source-maps.ts';
import { leftoverTemporaryFiles } from './leftover/temporary-files.ts';
import { leftoverTests } from './leftover/tests.ts';
import { leftoverVcsFolder } from './leftover/vcs-folder.ts';
import { malwareHintFetchAndRun } from './malware-hint/fetch-and-run.ts';
import { malwareHintMiner } from './malware-hint/miner.ts';
import { malwareHintOddPlace } from './malware-hint/odd-place.ts';
import { malwareHintPackedProgram } from './malware-hint/packed-program.ts';
import { packageManagerNoDatabase } from './package-manager/no-database.ts';
import { packageManagerPresent } from './package-manager/present.ts';
import { privilegeAuthorizedKeys } from './privilege/authorized-keys.ts';
import { privilegeCronJob } from './privilege/cron-job.ts';
import { privilegeDeviceNode } from './privilege/device-node.ts';
import { privilegeFileCapabilities } from './privilege/file-capabilities.ts';
import { privilegeLdPreload } from './privilege/ld-preload.ts';
import { privilegeSetuid } from './privilege/setuid.ts';
import { privilegeSshServer } from './privilege/ssh-server.ts';
import { privilegeSudo } from './privilege/sudo.ts';
import { privilegeWorldWritable } from './privilege/world-writable.ts';
import { referenceMutableTag } from './reference/mutable-tag.ts';
import { referencePlatforms } from './reference/platforms.ts';
import type { Rule } from './rule.ts';
import { secretRules } from './secrets/index.ts';
import { shellInterpreter } from './shell/interpreter.ts';
import { shellListedAbsent } from './shell/listed-absent.ts';
import { shellNeeded } from './shell/needed.ts';
import { shellPresent } from './shell/present.ts';
import { stageSingleStage } from './stage/single-stage.ts';
import { trustBuilder } from './trust/builder.ts';
import { trustIndexOnly } from './trust/index-only.ts';
import { trustMaterialNotPinned } from './trust/material-not-pinned.ts';
import { trustMissingAttestation } from './trust/missing-attestation.ts';
import { trustNoProvenance } from './trust/no-provenance.ts';
import { trustNoSbom } from './trust/no-sbom.ts';
import { trustNotVerified } from './trust/not-verified.ts';
import { trustOtherSigner } from './trust/other-signer.ts';
import { trustOtherSubject } from './trust/other-subject.ts';
import { trustPlatformOnly } from './trust/platform-only.ts';
import { trustProvenanceUnsigned } from './trust/provenance-unsigned.ts';
import { trustSbomMissingPackages } from './trust/sbom-missing-packages.ts';
import { trustSbomOtherImage } from './trust/sbom-other-image.ts';
import { trustSbomSurplusPackages } from './trust/sbom-surplus-packages.ts';
import { trustSbomUnsigned } from './trust/sbom-unsigned.ts';
import { trustUnsigned } from './trust/unsigned.ts';
import { trustVerificationFailed } from './trust/verification-failed.ts';
import { userByName } from './user/by-name.ts';
import { userDuplicateAccount } from './user/duplicate-account.ts';
import { userEmptyPassword } from './user/empty-password.ts';
import { userLoginShell } from './user/login-shell.ts';
import { userNoUser } from './user/no-user.ts';
import { userPassword } from './user/password.ts';
import { userPrivilegedPort } from './user/privileged-port.ts';
import { userRoot } from './user/root.ts';
import { userSecondRoot } from './user/second-root.ts';
import { userSudoNopasswd } from './user/sudo-nopasswd.ts';
import { userUnknown } from './user/unknown.ts';
import { userWritableProgram } from './user/writable-program.ts';

/** All rules, by id. */
export const RULES: readonly Rule[] = [
  configNoHealthcheck,
  configHealthcheckProgram,
  configHealthcheckTimes,
  configShellForm,
  configStopSignal,
  configDevelopmentMode,
  configSshPort,
  configSensitiveVolume,
  configNoLabels,
  configSeveralServices,
  configCommitted,
  configCreated,
  layerAddRemote,
  layerAddLocal,
  layerPipeToShell,
  layerUpdateAlone,
  layerDistUpgrade,
  layerSudo,
  referenceMutableTag,
  baseLarge,
  configPackageRunner,
  configDatabaseBeside,
  configTlsOff,
  configMaintainer,
  layerContextBeforeInstall,
  layerDominant,
  layerDuplicateContent,
  layerEmpty,
  layerInstallRecommends,
  layerLateCleanup,
  layerManyLayers,
  layerMetadataRewrite,
  layerOverwritten,
  layerUnpinnedInstall,
  layerUnverifiedDownload,
  malwareHintFetchAndRun,
  malwareHintMiner,
  malwareHintOddPlace,
  referencePlatforms,
  stageSingleStage,
  userDuplicateAccount,
  leftoverBuildCache,
  leftoverBuildFiles,
  leftoverBytecode,
  leftoverCoverage,
  leftoverDocumentation,
  leftoverEditorFiles,
  leftoverHeaders,
  leftoverLogs,
  leftoverPacmanCache,
  leftoverRpmCache,
  leftoverSourceMaps,
  leftoverTemporaryFiles,
  leftoverTests,
  leftoverVcsFolder,
  leftoverBuildTool,
  leftoverCoreDump,
  leftoverDebugger,
  leftoverNetworkTool,
  malwareHintPackedProgram,
  privilegeAuthorizedKeys,
  privilegeCronJob,
  privilegeDeviceNode,
  privilegeFileCapabilities,
  privilegeLdPreload,
  privilegeSshServer,
  privilegeSudo,
  privilegeWorldWritable,
  userByName,
  userEmptyPassword,
  userLoginShell,
  userPassword,
  userPrivilegedPort,
  userSecondRoot,
  userSudoNopasswd,
  userUnknown,
  userWritableProgram,
  baseEndOfLife,
  baseStale,
  integrityCompression,
  integrityDamagedLayer,
  integrityDocument,
  integrityHistory,
  integrityLayerDigest,
  integrityLayerSize,
  integrityOrphanBlob,
  integrityPackageDatabase,
  integrityTarAnomaly,
  integrityTrailingData,
  leftoverApkCache,
  leftoverAptCache,
  leftoverCompiler,
  leftoverDevDependencies,
  leftoverDevPackages,
  leftoverGit,
  leftoverGitRepository,
  leftoverNpmCache,
  leftoverPipCache,
  packageManagerNoDatabase,
  packageManagerPresent,
  privilegeSetuid,
  ...secretRules,
  shellInterpreter,
  shellListedAbsent,
  shellNeeded,
  shellPresent,
  trustBuilder,
  trustIndexOnly,
  trustMaterialNotPinned,
  trustMissingAttestation,
  trustNoProvenance,
  trustNoSbom,
  trustNotVerified,
  trustOtherSigner,
  trustOtherSubject,
  trustPlatformOnly,
  trustProvenanceUnsigned,
  trustSbomUnsigned,
  trustUnsigned,
  trustVerificationFailed,
  trustSbomMissingPackages,
  trustSbomOtherImage,
  trustSbomSurplusPackages,
  userNoUser,
  userRoot,
].toSorted((a, b) => (a.id < b.id ? -1 : 1));
