import type * as CycloneDx from '@cyclonedx/cyclonedx-library';
import { toSpdxExpression } from './sbom-facts.ts';

/** A licence as CycloneDX has it: by SPDX's identifier, as an expression of these, or else by its name. */
export function toCycloneDxLicense({ Models, SPDX }: typeof CycloneDx, license: string): CycloneDx.Models.License {
  const expression = toSpdxExpression(license, SPDX.isSupportedSpdxId);
  if (expression === null) return new Models.NamedLicense(license);
  return SPDX.isSupportedSpdxId(expression)
    ? new Models.SpdxLicense(expression)
    : new Models.LicenseExpression(expression);
}
