import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { readSbom } from '../../../src/sbom/index.ts';
import { cycloneDxOf, deb, SBOM_FORMS, spdxOf, statementOf, tagValueOf } from '../../support/sboms.ts';

const IMAGE = `sha256:${'a1'.repeat(32)}`;
const LAYER = `sha256:${'b2'.repeat(32)}`;
const FILE = 'c3'.repeat(32);
const CONTENT = {
  packages: [deb('base-files'), deb('zlib1g', '1:1.3.dfsg-1')],
  files: [{ path: '/bin/ls', sha256: FILE, layer: LAYER }],
  of: IMAGE,
};

const bytesOf = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));
const codeOf = (bytes: Uint8Array): string => {
  try {
    readSbom(bytes);
    return 'read';
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    expect(error.message).toMatch(/^(?:the SBOM|what was given)/);
    expect(error.hint).toMatch(/\.$/);
    return error.code;
  }
};

describe.each(SBOM_FORMS)('$form', ({ write, says }) => {
  const { document } = readSbom(write(CONTENT));

  test('says what it is, who wrote it, when, and of what', () => {
    expect(document).toMatchObject(says);
    expect(document).toMatchObject({ name: 'acme/api', tools: ['syft-1.52.0'], created: '2026-01-02T03:04:05Z' });
    expect(document.subject).toEqual({ names: ['acme/api'], digests: [IMAGE], layers: [], layerHints: [LAYER] });
  });

  test('lists the same packages and files as every other form', () => {
    const packages = document.packages.filter(({ role }) => role === 'package');
    expect(packages.map(({ name, version, purl, license }) => ({ name, version, purl, license }))).toEqual(
      CONTENT.packages.map((one) => ({ ...one, license: 'MIT' })),
    );
    expect(document.files).toMatchObject([{ path: '/bin/ls', checksums: [{ algorithm: 'sha256', value: FILE }] }]);
  });

  test('is read the same behind a byte order mark', () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), write(CONTENT)]);
    expect(readSbom(marked).document).toEqual(document);
  });

  test('cut anywhere is a coded error, or what stands before the cut', () => {
    const whole = write(CONTENT);
    for (let length = 0; length < whole.byteLength - 1; length += 3) {
      const code = codeOf(whole.subarray(0, length));
      if (says.encoding === 'tag-value') expect(code).toMatch(/^(?:read|SBOM_INVALID|SBOM_UNRECOGNISED)$/);
      else expect(code).toMatch(/^SBOM_(?:INVALID|UNRECOGNISED)$/);
    }
  });

  test('with any byte changed is read or is a coded error', () => {
    const whole = write(CONTENT);
    for (let at = 0; at < whole.byteLength; at += 5) {
      for (const value of [0, 0x22, 0x3c, 0x7b, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = value;
        expect(codeOf(changed)).toMatch(/^(?:read|SBOM_)/);
      }
    }
  });
});

describe('what is around an SBOM', () => {
  const statement = statementOf(spdxOf(CONTENT), IMAGE);
  const envelope = {
    payloadType: 'application/vnd.in-toto+json',
    payload: bytesOf(statement).toString('base64'),
    signatures: [],
  };

  test.each<[string, unknown]>([
    ['a statement', statement],
    ['an envelope', envelope],
    ['a Sigstore bundle', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: envelope }],
    ['a statement of cosign 1', statementOf({ Data: spdxOf(CONTENT) }, IMAGE)],
    ['a statement of cosign 1 around a text', statementOf({ Data: JSON.stringify(spdxOf(CONTENT)) }, IMAGE)],
    ['a statement around tag-value', statementOf(tagValueOf(CONTENT), IMAGE)],
  ])('%s is taken off, and its subject is kept', (_, wrapped) => {
    const read = readSbom(bytesOf(wrapped));
    expect(read.document.packages.filter(({ role }) => role === 'package')).toHaveLength(2);
    expect(read.statement).toEqual({ predicateType: 'https://spdx.dev/Document', subjects: [IMAGE] });
  });

  test('a statement about something else is no SBOM', () => {
    const provenance = { ...statement, predicateType: 'https://slsa.dev/provenance/v1' };
    expect(codeOf(bytesOf(provenance))).toBe('SBOM_UNRECOGNISED');
  });

  test('envelopes without end are refused', () => {
    let wrapped: object = statement;
    for (let i = 0; i < 10; i += 1) wrapped = { payload: bytesOf(wrapped).toString('base64') };
    expect(codeOf(bytesOf(wrapped))).toBe('SBOM_UNRECOGNISED');
  });
});

describe('what is no SBOM that is read', () => {
  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'SBOM_UNRECOGNISED'],
    ['a text', Buffer.from('hello'), 'SBOM_UNRECOGNISED'],
    ['other JSON', bytesOf({ a: 1 }), 'SBOM_UNRECOGNISED'],
    ['other XML', Buffer.from('<html/>'), 'SBOM_UNRECOGNISED'],
    ['a list', bytesOf([spdxOf(CONTENT)]), 'SBOM_UNRECOGNISED'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'SBOM_UNSUPPORTED'],
    ['RDF', Buffer.from('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'), 'SBOM_UNSUPPORTED'],
    ['protocol buffers', Buffer.from([0x0a, 0x03, 0x31, 0x2e, 0x36, 0x10, 0x01, 0x80, 0xff]), 'SBOM_UNRECOGNISED'],
    [
      'Syft’s own format',
      bytesOf({ schema: { url: 'https://raw.githubusercontent.com/anchore/syft/main/x' } }),
      'SBOM_UNSUPPORTED',
    ],
    ['a version that nobody knows', bytesOf({ ...spdxOf(CONTENT), spdxVersion: 'SPDX-9.0' }), 'SBOM_INVALID'],
    ['a later CycloneDX', bytesOf({ ...cycloneDxOf(CONTENT), specVersion: '2.0' }), 'SBOM_INVALID'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });
});

describe('versions', () => {
  test.each(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'])('CycloneDX %s is read', (specVersion) => {
    expect(readSbom(bytesOf({ ...cycloneDxOf(CONTENT), specVersion })).document.specVersion).toBe(specVersion);
  });

  test.each(['2.2', '2.3'])('SPDX %s is read', (version) => {
    expect(readSbom(bytesOf({ ...spdxOf(CONTENT), spdxVersion: `SPDX-${version}` })).document.specVersion).toBe(
      version,
    );
  });

  test('tools of CycloneDX 1.4 are a list', () => {
    const old = {
      ...cycloneDxOf(CONTENT),
      metadata: { tools: [{ vendor: 'aquasecurity', name: 'trivy', version: '0.30' }] },
    };
    expect(readSbom(bytesOf(old)).document.tools).toEqual(['trivy-0.30']);
  });
});

describe('hostile documents', () => {
  test('with a name twice in one object are refused', () => {
    const text = JSON.stringify(spdxOf(CONTENT)).replace('"files":', '"packages":[],"files":');
    expect(codeOf(Buffer.from(text))).toBe('SBOM_INVALID');
  });

  test('with a tag twice in one package are refused', () => {
    const text = tagValueOf(CONTENT).replace('PackageVersion: 1.0', 'PackageVersion: 1.0\nPackageVersion: 2.0');
    expect(codeOf(Buffer.from(text))).toBe('SBOM_INVALID');
  });

  test('with two elements of one identifier are refused', () => {
    const graph = [
      { type: 'CreationInfo', specVersion: '3.0.1' },
      { type: 'software_Package', spdxId: 'urn:a', name: 'a' },
      { type: 'software_Package', spdxId: 'urn:a', name: 'b' },
    ];
    const document = { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': graph };
    expect(codeOf(bytesOf(document))).toBe('SBOM_INVALID');
  });

  test.each([
    ['JSON', '{"bomFormat":"CycloneDX","specVersion":"1.6","components":', '[', ''],
    ['objects in JSON', '{"a":', '{"a":', ''],
    ['XML', '<bom xmlns="http://cyclonedx.org/schema/bom/1.6">', '<a>', ''],
  ])('that are nested without end are too large: %s', (_, head, part, tail) => {
    expect(codeOf(Buffer.from(head + part.repeat(2_000_000) + tail))).toBe('SBOM_TOO_LARGE');
  });

  test('of many small values are too large before anything is built of them', () => {
    expect(codeOf(Buffer.from(`{"a":[${'{},'.repeat(4_100_000)}{}]}`))).toBe('SBOM_TOO_LARGE');
  });

  test.each([
    [
      'entities that stand for each other a billion times',
      `<!DOCTYPE bom [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (__, i) => `<!ENTITY ${'abcdefghij'[i + 1]} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]><bom>&j;</bom>`,
    ],
    ['an entity that stands for a file', '<!DOCTYPE bom [<!ENTITY a SYSTEM "file:///etc/passwd">]><bom>&a;</bom>'],
    ['a document type alone', '<!DOCTYPE bom SYSTEM "http://evil.test/bom.dtd"><bom/>'],
    ['an entity that nobody declared', '<bom xmlns="http://cyclonedx.org/schema/bom/1.6">&a;</bom>'],
  ])('of XML with %s are refused', (_, text) => {
    expect(codeOf(Buffer.from(text))).toBe('SBOM_INVALID');
  });

  test('name no member of every object', () => {
    const text = JSON.stringify(spdxOf({ packages: [deb('__proto__', 'constructor')] })).replace(
      '"files"',
      '"__proto__"',
    );
    const { document } = readSbom(Buffer.from(text));
    expect(document.packages[0]).toMatchObject({ name: '__proto__', version: 'constructor' });
    expect(document.files).toEqual([]);
    expect(
      readSbom(bytesOf({ ...spdxOf(CONTENT), packages: [{ name: 'x', primaryPackagePurpose: 'constructor' }] }))
        .document.packages,
    ).toMatchObject([{ role: 'package' }]);
  });

  test('with components in each other are read to the depth that is allowed', () => {
    let component: object = { type: 'library', name: 'inner' };
    for (let i = 0; i < 40; i += 1) component = { type: 'library', name: `outer ${i}`, components: [component] };
    const { document } = readSbom(bytesOf({ ...cycloneDxOf({ packages: [] }), components: [component] }));
    expect(document.packages).toHaveLength(41);
  });

  test('with types that are others than stated are read as far as they go', () => {
    const odd = {
      spdxVersion: 'SPDX-2.3',
      name: 7,
      packages: [null, 1, 'x', { name: {}, versionInfo: [] }],
      files: 'no',
      relationships: [1, null],
      creationInfo: [],
    };
    expect(readSbom(bytesOf(odd)).document.packages).toHaveLength(4);
    const bom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: [],
      components: [null, 3, { name: [], licenses: 'x', properties: {} }],
    };
    expect(readSbom(bytesOf(bom)).document.packages).toHaveLength(1);
  });
});
