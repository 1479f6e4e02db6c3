import { formatCount } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { sbomPlace, sbomsOf, someNames } from './sboms.ts';

/** SBOMs that list packages which the image has not. */
export const trustSbomSurplusPackages: Rule = {
  id: 'trust/sbom-surplus-packages',
  title: 'The attached SBOM lists packages that the image has not',
  severity: 'low',
  confidence: 'medium',
  why: 'What is listed and not installed raises alarms that nobody can act upon, and shows that the SBOM was not made of this image: of a build stage, of the sources, or of an earlier build. Then it will miss something as well.',
  fix: 'Make the SBOM of the finished image and not of the sources or of a build stage: docker buildx build --sbom=true, or syft with the digest that was pushed; then attach it anew. Run audit sbom to see each package.',
  references: [
    'https://docs.docker.com/build/metadata/attestations/sbom/',
    'https://www.cisa.gov/sites/default/files/2023-04/sbom-types-document-508c.pdf',
  ],
  *judgeImage(evidence) {
    for (const [i, one] of sbomsOf(evidence).entries()) {
      const { surplus } = one.comparison.packages;
      if (surplus.length === 0) continue;
      const count = formatCount(surplus.length);
      const names = someNames(
        evidence,
        surplus.map(({ listed, removed }) => {
          const gone = removed?.removedIn ?? null;
          return `${listed.name} ${listed.version}`.trim() + (gone === null ? '' : ` (removed in layer ${gone})`);
        }),
      );
      yield {
        key: `sbom ${i}`,
        state: 'metadata',
        message: `The attached SBOM lists ${count === '1' ? 'one package that is' : `${count} packages that are`} not in this image: ${names}.`,
        evidence: [sbomPlace(evidence, one, names)],
      };
    }
  },
};
