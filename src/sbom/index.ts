export { readSbom } from './read/read-sbom.ts';
