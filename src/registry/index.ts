/** The distribution client: reads images from registries, and sends credentials to nobody else. */
export { type FetchedManifest, RegistryClient, type RegistryClientOptions } from './client.ts';
export { type CredentialLookup, type Credentials, lookUpCredentials } from './credentials.ts';
export type { HttpOptions } from './http.ts';
