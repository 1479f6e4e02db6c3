/** The distribution client: reads images from registries, and sends credentials to nobody else. */
export { RegistryClient, type RegistryClientOptions } from './client.ts';
export { type CredentialLookup, type CredentialPlace, describeCredentials } from './credentials/credentials.ts';
export { type CredentialOptions, lookUpCredentials } from './credentials/look-up.ts';
export { apiHost } from './endpoint.ts';
export { readRegistriesConf } from './mirrors/registries-conf.ts';
export { referrersTag } from './referrers.ts';
