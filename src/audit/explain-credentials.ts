import { AuditError } from '../core/index.ts';
import {
  apiHost,
  type CredentialOptions,
  type CredentialPlace,
  describeCredentials,
  lookUpCredentials,
} from '../registry/index.ts';
import { parseLocation } from '../source/index.ts';

/** Which credentials an audit would use for a reference; never a secret. */
export interface CredentialExplanation {
  /** Registry and repository that the reference means. */
  readonly repository: string;
  /** The host that is asked. */
  readonly host: string;
  /** What they are; null where there are none. */
  readonly found: string | null;
  /** Where they come from. */
  readonly origin: string | null;
  /** All places, in the order in which they are looked at. */
  readonly places: readonly CredentialPlace[];
}

/**
 * Looks for credentials as an audit would, asks the same helpers, and tells what it found. Sends nothing.
 * @throws AuditError
 */
export async function explainCredentials(
  reference: string,
  options: CredentialOptions,
): Promise<CredentialExplanation> {
  // Whether a file of that name exists does not matter: credentials are for registries.
  const location = parseLocation(reference, () => false);
  if (location.kind !== 'registry') {
    throw new AuditError('USAGE_INVALID', `${reference} is not in a registry, and needs no credentials`, {
      hint: 'Give a reference, for example ghcr.io/acme/api:1.4.',
    });
  }
  const { registry, repository } = location.reference;
  const { credentials, origin, places } = await lookUpCredentials(location.reference, options);
  return {
    repository: `${registry}/${repository}`,
    host: apiHost(registry),
    found: credentials === null ? null : describeCredentials(credentials),
    origin,
    places,
  };
}
