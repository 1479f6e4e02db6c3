/** The security boundary: a layer's tar, read as the runtime reads it, with every disagreement told. */
export type { TarAnomaly, TarAnomalyKind } from './anomaly.ts';

export type { TarEntry, TarEntryKind } from './entry.ts';
export type { HiddenRegion } from './guard.ts';
export { listMembers, looksLikeTar, type MemberList, type TarMember } from './list-members.ts';
export { TarMemberReader } from './member-reader.ts';
export { type TarFacts, TarReader, type TarVisitor } from './reader.ts';
