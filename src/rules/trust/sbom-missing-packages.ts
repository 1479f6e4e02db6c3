import { formatCount } from '../../core/index.ts';
import { packagePlaces } from '../packages.ts';
import type { Rule } from '../rule.ts';
import { sbomPlace, sbomsOf, someNames } from './sboms.ts';

/** SBOMs that miss packages of the image that they are attached to. */
export const trustSbomMissingPackages: Rule = {
  id: 'trust/sbom-missing-packages',
  title: 'The attached SBOM misses packages of the image',
  severity: 'medium',
  confidence: 'medium',
  why: 'Vulnerabilities are looked for in what an SBOM lists. What is installed and not listed, or listed in another version, is never found there, however vulnerable it is: the SBOM was made before these packages were added, or by hand.',
  fix: 'Make the SBOM of the finished image, after the last layer that installs anything: docker buildx build --sbom=true, or syft with the digest that was pushed; then attach it anew. Run audit sbom to see each package and its layer.',
  references: [
    'https://docs.docker.com/build/metadata/attestations/sbom/',
    'https://www.cisa.gov/sites/default/files/2023-04/sbom-types-document-508c.pdf',
  ],
  *judgeImage(evidence) {
    for (const [i, one] of sbomsOf(evidence).entries()) {
      const { missing, otherVersion } = one.comparison.packages;
      const installed = [...missing, ...otherVersion.map((pair) => pair.installed)];
      if (installed.length === 0) continue;
      const count = formatCount(installed.length);
      const names = someNames(
        evidence,
        installed.map(({ name, version }) => `${name} ${version}`.trim()),
      );
      yield {
        key: `sbom ${i}`,
        state: 'live',
        message: `The attached SBOM does not list ${count === '1' ? 'one package' : `${count} packages`} of this image as installed: ${names}.`,
        evidence: [sbomPlace(evidence, one), ...packagePlaces(evidence, installed)],
      };
    }
  },
};
