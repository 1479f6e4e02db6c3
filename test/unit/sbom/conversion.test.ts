import { describe, expect, test } from 'vitest';
import { convertToCycloneDx, convertToSpdx } from '../../../src/report/index.ts';
import { readSbom, type SbomDocument } from '../../../src/sbom/index.ts';
import { deb, SBOM_FORMS } from '../../support/sboms.ts';

const CONTENT = {
  packages: [deb('base-files'), deb('libstdc++6', '1:14.2.0-19')],
  files: [{ path: '/bin/ls', sha256: 'c3'.repeat(32), layer: `sha256:${'b2'.repeat(32)}` }],
  of: `sha256:${'a1'.repeat(32)}`,
};
const TOOL = { name: 'layer-audit', version: '0.0.0', ruleset: 'x' } as const;

/** What has to outlive a conversion. */
function kept({ packages, files, subject, name }: SbomDocument): object {
  return {
    name,
    digests: subject.digests,
    layerHints: subject.layerHints,
    packages: packages.filter(({ role }) => role === 'package').map(({ id: _, ...one }) => one),
    files: files.map(({ path, checksums }) => ({ path, checksums })),
  };
}

describe.each(SBOM_FORMS)('$form', ({ write }) => {
  const { document } = readSbom(write(CONTENT));

  test.each([
    ['CycloneDX', convertToCycloneDx],
    ['SPDX', convertToSpdx],
  ] as const)('says the same once it is %s, and the same each time', async (_, convert) => {
    const text = await convert(document, TOOL);
    const again = readSbom(Buffer.from(text)).document;
    expect(kept(again)).toEqual(kept(document));
    expect(again.tools).toEqual(['syft-1.52.0', 'layer-audit-0.0.0']);
    expect(await convert(document, TOOL)).toBe(text);
  });
});

test('what has no image, odd licences and no digests is converted as well', async () => {
  const nothing = {
    purl: null,
    cpes: ['no cpe'],
    license: 'my own',
    supplier: 'Acme',
    checksums: [],
    kind: null,
    locations: ['/a'],
  };
  const odd: SbomDocument = {
    format: 'spdx',
    encoding: 'json',
    specVersion: '2.3',
    name: null,
    tools: [],
    created: 'yesterday',
    subject: { names: [], digests: [], layers: [], layerHints: [] },
    packages: [{ id: 'a', role: 'package', name: 'a', version: '', ...nothing }],
    files: [{ id: 'f', path: 'bin/a', checksums: [{ algorithm: 'sha1', value: 'd'.repeat(40) }], packageId: 'a' }],
  };
  for (const convert of [convertToCycloneDx, convertToSpdx]) {
    const { document } = readSbom(Buffer.from(await convert(odd, TOOL)));
    expect(document.packages.find(({ name }) => name === 'a')).toMatchObject({ version: '', locations: ['/a'] });
    expect(document.files).toMatchObject([{ checksums: [{ algorithm: 'sha1' }] }]);
  }
});
