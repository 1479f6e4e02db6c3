/** The security boundary: a layer's tar, read as the runtime reads it, with every disagreement told. */
export type { TarAnomaly, TarAnomalyKind } from './anomaly.ts';
export type { TarDamage } from './damage.ts';
export type { TarEntry, TarEntryKind, Xattr } from './entry.ts';
export type { HiddenRegion, TarFailure } from './guard.ts';
export { listMembers, looksLikeTar, type MemberList, type ReadAt, type TarMember } from './list-members.ts';
export { TarMemberReader, type TarMembers } from './member-reader.ts';
export { type TarFacts, TarReader, type TarVisitor } from './reader.ts';
