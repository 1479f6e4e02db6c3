import { checkPattern, type IdentityPolicy, isTypeName, type TextPolicy } from '../trust/index.ts';
import { isRepositoryPattern } from './repository-pattern.ts';
import type { Table } from './table.ts';

/** Somebody who may sign. Who has several keys or names is one signer all the same. */
export interface SignerRule {
  readonly name: string;
  readonly identity: IdentityPolicy | null;
  /** Files with public keys. */
  readonly keys: readonly string[];
  /** Files with roots, and subjects, of Notation's signatures. */
  readonly notationRoots: readonly string[];
  readonly notationIdentities: readonly string[];
}

/** An attestation that has to be there. */
export interface AttestationRule {
  readonly type: string;
  readonly signers: readonly string[] | null;
  readonly builders: readonly TextPolicy[];
}

/** What is wanted of the images of some repositories. */
export interface TrustRule {
  readonly repository: string;
  /** How many of the signers have to have signed an image. */
  readonly signatures: number;
  readonly signers: readonly SignerRule[];
  readonly attestations: readonly AttestationRule[];
  /** A file with a trusted root. */
  readonly trustedRoot: string | null;
  readonly ignoreLog: boolean;
}

/** Reads one `[[trust]]`. @throws AuditError `CONFIG_INVALID`, `USAGE_INVALID` */
export function readTrustRule(table: Table): TrustRule {
  const repository = table.text('repository');
  if (repository === null)
    throw table.refuse('repository is missing: say which images it is about, as "ghcr.io/acme/*"');
  if (!isRepositoryPattern(repository)) {
    throw table.refuse(
      `${JSON.stringify(repository)} is no repository`,
      'repository',
      'Write the whole name (docker.io/library/debian), everything below one (ghcr.io/acme/*), or * for all others.',
    );
  }
  const official = /^(?:index\.)?docker\.io\/([^/*]+)$/.exec(repository)?.[1];
  if (official !== undefined) {
    throw table.refuse(`its images are called docker.io/library/${official}`, 'repository');
  }
  const signers = table.tables('signer').map(readSigner);
  const names = signers.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw table.refuse(`two signers have the name ${JSON.stringify(twice)}`);
  const attestations = table.tables('attestation').map((one) => readAttestation(one, names));
  const signatures = table.count('signatures') ?? 1;
  const trustedRoot = table.text('trusted-root');
  const ignoreLog = table.flag('insecure-ignore-tlog');
  table.end();
  if (signers.length === 0)
    throw table.refuse('it names no signer: add [[trust.signer]] with a key, or identity and issuer');
  if (signatures > signers.length) {
    throw table.refuse(`${signatures} signatures are wanted, and there are ${signers.length} signers`, 'signatures');
  }
  if (signatures === 0 && attestations.length === 0) {
    throw table.refuse('it wants nothing: neither signatures nor attestations', 'signatures');
  }
  return { repository, signatures, signers, attestations, trustedRoot, ignoreLog };
}

function readSigner(table: Table): SignerRule {
  const name = table.text('name');
  if (name === null) throw table.refuse('name is missing: say what to call this signer');
  const identity = textPolicy(table, 'identity');
  const issuer = textPolicy(table, 'issuer');
  const key = table.text('key');
  const keys = [...(key === null ? [] : [key]), ...table.texts('keys')];
  const notationRoots = table.texts('notation-roots');
  const notationIdentities = table.texts('notation-identities');
  table.end();
  if ((identity === null) !== (issuer === null)) {
    const missing = identity === null ? 'identity' : 'issuer';
    throw table.refuse(`${missing} is missing: a name without who vouches for it is anybody’s, and the reverse`);
  }
  if (notationIdentities.length > 0 && notationRoots.length === 0) {
    throw table.refuse('notation-roots is missing: anybody can make a certificate with any name');
  }
  if (identity === null && keys.length === 0 && notationRoots.length === 0) {
    throw table.refuse('it says nothing to know the signer by: key, identity and issuer, or notation-roots');
  }
  const known = identity === null || issuer === null ? null : { name: identity, issuer };
  return { name, identity: known, keys, notationRoots, notationIdentities };
}

function readAttestation(table: Table, signers: readonly string[]): AttestationRule {
  const type = table.text('type');
  if (type === null || !isTypeName(type)) {
    const why = type === null ? 'type is missing' : `${JSON.stringify(type)} is no type of attestation`;
    throw table.refuse(
      why,
      'type',
      'Give its URI, or a name: slsaprovenance1, spdx, cyclonedx, vuln, openvex, link, custom.',
    );
  }
  const by = table.texts('signers');
  const unknown = by.find((name) => !signers.includes(name));
  if (unknown !== undefined) {
    throw table.refuse(
      `no signer has the name ${JSON.stringify(unknown)}`,
      'signers',
      `There are: ${signers.join(', ')}.`,
    );
  }
  const builders: TextPolicy[] = [
    ...table.texts('builders').map((exactly) => ({ exactly })),
    ...table.texts('builder-regexps').map((pattern) => ({ pattern })),
  ];
  table.end();
  for (const policy of builders) checkPattern(policy, 'builder-regexps');
  if (builders.length > 0 && !/provenance/.test(type)) {
    throw table.refuse('builders are named in provenance only', 'builders');
  }
  return { type, signers: by.length === 0 ? null : by, builders };
}

function textPolicy(table: Table, name: 'identity' | 'issuer'): TextPolicy | null {
  const exactly = table.text(name);
  const pattern = table.text(`${name}-regexp`);
  if (exactly !== null && pattern !== null) throw table.refuse(`${name} and ${name}-regexp contradict each other`);
  const policy = exactly !== null ? { exactly } : pattern !== null ? { pattern } : null;
  if (policy !== null) checkPattern(policy, `${name}-regexp`);
  return policy;
}
