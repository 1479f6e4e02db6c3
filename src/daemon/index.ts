/** Daemons that keep images on this machine or another: Docker's, and Podman's service that speaks like it. */
export { DaemonClient, type DaemonImage, type DaemonPatience } from './daemon-client.ts';
export type { DaemonEndpoint, Engine, Environment } from './endpoint.ts';
export { findDaemon } from './find-daemon.ts';
