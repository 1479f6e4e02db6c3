/** The catalogue: pure functions from evidence to findings, each with its why and its fix. */
export { RULES } from './catalogue.ts';
export type {
  AttachedSbom,
  AttachmentSecret,
  FilesEvidence,
  ImageEvidence,
  LayerEvidence,
  MetadataSecret,
  OrphanEvidence,
  TrustEvidence,
} from './evidence.ts';
export type { Evidence, Finding } from './finding.ts';
export { judge } from './judge.ts';
export { formatTime, pathMembers } from './places.ts';
export type { RuleDescription } from './rule.ts';
export { customSecretRules } from './secrets/custom.ts';
