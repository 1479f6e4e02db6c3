import { describe, expect, test } from 'vitest';
import type { AuditError } from '../../../src/core/index.ts';
import { type Config, chooseRule, isRepositoryPattern, parseConfig } from '../../../src/policy/index.ts';

const parse = (text: string): Config => parseConfig('layer-audit.toml', Buffer.from(text));
function refusal(text: string): Pick<AuditError, 'code' | 'message'> {
  try {
    parse(text);
  } catch (error) {
    return error as AuditError;
  }
  throw new Error('it was taken');
}

const WHOLE = `
[[trust]]
repository = "ghcr.io/acme/*"
signatures = 2
trusted-root = "root.json"
insecure-ignore-tlog = true

[[trust.signer]]
name = "release"
identity-regexp = 'https://github\\.com/acme/.*'
issuer = "https://token.actions.githubusercontent.com"

[[trust.signer]]
name = "security"
key = "a.pub"
keys = ["b.pub"]

[[trust.signer]]
name = "notary"
notation-roots = ["ca.pem"]
notation-identities = ["x509.subject: C=US, ST=WA, O=Acme"]

[[trust.attestation]]
type = "slsaprovenance1"
signers = ["release"]
builders = ["https://builder.test"]
builder-regexps = ['https://github\\.com/.*']

[[trust.attestation]]
type = "https://example.test/reviewed"

[[trust]]
repository = "*"
[[trust.signer]]
name = "anybody"
key = "c.pub"
`;
const SIGNER = '[[trust.signer]]\nname = "a"\nkey = "a.pub"\n';
const RULE = `[[trust]]\nrepository = "ghcr.io/acme/api"\n`;

describe('a configuration file', () => {
  test('says who has to sign and attest what', () => {
    const [acme, others] = parse(WHOLE).trust;
    expect(acme).toEqual({
      repository: 'ghcr.io/acme/*',
      signatures: 2,
      trustedRoot: 'root.json',
      ignoreLog: true,
      signers: [
        {
          name: 'release',
          identity: {
            name: { pattern: 'https://github\\.com/acme/.*' },
            issuer: { exactly: 'https://token.actions.githubusercontent.com' },
          },
          keys: [],
          notationRoots: [],
          notationIdentities: [],
        },
        { name: 'security', identity: null, keys: ['a.pub', 'b.pub'], notationRoots: [], notationIdentities: [] },
        {
          name: 'notary',
          identity: null,
          keys: [],
          notationRoots: ['ca.pem'],
          notationIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
        },
      ],
      attestations: [
        {
          type: 'slsaprovenance1',
          signers: ['release'],
          builders: [{ exactly: 'https://builder.test' }, { pattern: 'https://github\\.com/.*' }],
        },
        { type: 'https://example.test/reviewed', signers: null, builders: [] },
      ],
    });
    expect(others).toMatchObject({ repository: '*', signatures: 1, attestations: [], trustedRoot: null });
  });

  test('may be empty', () => {
    expect(parse('').trust).toEqual([]);
  });

  test.each([
    ['no TOML', '[[trust', /^layer-audit\.toml:1: /],
    ['an unknown table', '[ignore]\n', /^layer-audit\.toml:1: "ignore" is not known here$/],
    [
      'a misspelt key of a rule',
      `${RULE}signature = 2\n${SIGNER}`,
      /toml:3: trust\[0\]: "signature" is not known here/,
    ],
    ['a misspelt key of a signer', `${RULE}${SIGNER}isuer = "x"\n`, /toml:6: trust\.signer\[0\]: "isuer" is not known/],
    ['a name that every object has', `${RULE}${SIGNER}toString = "x"\n`, /"toString" is not known/],
    ['a rule that is a table', '[trust]\nrepository = "*"\n', /has to be written as \[\[trust\]\]/],
    ['no repository', `[[trust]]\n${SIGNER}`, /repository is missing/],
    ['a star in a part of a name', `[[trust]]\nrepository = "ghcr.io/acme*"\n${SIGNER}`, /is no repository/],
    ['a short name of Docker Hub', `[[trust]]\nrepository = "debian"\n${SIGNER}`, /is no repository/],
    [
      'an official image without its folder',
      `[[trust]]\nrepository = "docker.io/debian"\n${SIGNER}`,
      /library\/debian/,
    ],
    ['nobody', RULE, /names no signer/],
    ['more signatures than signers', `${RULE}signatures = 2\n${SIGNER}`, /2 signatures are wanted, and there are 1/],
    ['nothing wanted', `${RULE}signatures = 0\n${SIGNER}`, /wants nothing/],
    ['half a signature', `${RULE}signatures = 0.5\n${SIGNER}`, /whole number/],
    ['a signer without anything', `${RULE}[[trust.signer]]\nname = "a"\n`, /nothing to know the signer by/],
    ['an identity without an issuer', `${RULE}[[trust.signer]]\nname = "a"\nidentity = "b"\n`, /issuer is missing/],
    ['an empty text', `${RULE}[[trust.signer]]\nname = ""\n`, /name has to be a text/],
    ['two of one name', `${RULE}${SIGNER}${SIGNER}`, /two signers have the name "a"/],
    [
      'a subject without a root',
      `${RULE}[[trust.signer]]\nname = "a"\nnotation-identities = ["x"]\n`,
      /notation-roots/,
    ],
    [
      'a pattern that is none',
      `${RULE}[[trust.signer]]\nname = "a"\nidentity-regexp = "("\nissuer = "b"\n`,
      /trust\[0\]: identity-regexp is no regular expression/,
    ],
    [
      'both a name and a pattern',
      `${RULE}[[trust.signer]]\nname = "a"\nidentity-regexp = "b"\nidentity = "c"\nissuer = "b"\n`,
      /contradict/,
    ],
    ['a type that is none', `${RULE}${SIGNER}[[trust.attestation]]\ntype = "slsaprovenanse"\n`, /is no type/],
    [
      'a signer who is not there',
      `${RULE}${SIGNER}[[trust.attestation]]\ntype = "vuln"\nsigners = ["b"]\n`,
      /no signer/,
    ],
    [
      'a builder of a scan',
      `${RULE}${SIGNER}[[trust.attestation]]\ntype = "vuln"\nbuilders = ["b"]\n`,
      /provenance only/,
    ],
    ['two rules for one name', `${RULE}${SIGNER}${RULE}${SIGNER}`, /has a rule already/],
  ])('is refused for %s', (_, text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
  });

  test('that was cut off anywhere is refused, or a policy that is whole', () => {
    for (let end = 0; end < WHOLE.length; end += 1) {
      try {
        for (const { signers } of parse(WHOLE.slice(0, end)).trust) expect(signers).not.toEqual([]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
      }
    }
  });
});

describe('the rule for a repository', () => {
  const rules = ['*', 'ghcr.io/acme/*', 'ghcr.io/acme/team/*', 'ghcr.io/acme/api'].map((repository) => ({
    repository,
  }));

  test.each([
    ['ghcr.io/acme/api', 'ghcr.io/acme/api'],
    ['ghcr.io/acme/web', 'ghcr.io/acme/*'],
    ['ghcr.io/acme/team/web', 'ghcr.io/acme/team/*'],
    ['ghcr.io/acme/team/sub/web', 'ghcr.io/acme/team/*'],
    ['GHCR.IO/acme/api', 'ghcr.io/acme/api'],
    ['ghcr.io:443/acme/api', 'ghcr.io/acme/api'],
    ['ghcr.io/acme-evil/api', '*'],
    ['ghcr.io/acme', '*'],
    ['evil.test/ghcr.io/acme/api', '*'],
    [null, '*'],
  ])('%s is %s, wherever it stands', (repository, wanted) => {
    expect(chooseRule(rules, repository)?.repository).toBe(wanted);
    expect(chooseRule(rules.toReversed(), repository)?.repository).toBe(wanted);
  });

  test('is none where no rule is for it', () => {
    expect(chooseRule([{ repository: 'ghcr.io/acme/*' }], 'docker.io/library/debian')).toBeNull();
    expect(chooseRule([{ repository: 'ghcr.io/acme/*' }], null)).toBeNull();
  });

  test.each(['*', 'ghcr.io/a', 'localhost/a', 'localhost:5000/a/b', 'registry:5000/*', 'docker.io/library/debian'])(
    '%s can be one',
    (text) => {
      expect(isRepositoryPattern(text)).toBe(true);
    },
  );
  test.each([
    '',
    'ghcr.io',
    '*/acme',
    'ghcr.io/*/api',
    'ghcr.io/**',
    'ghcr.io/a:1.4',
    'https://ghcr.io/a',
    'ghcr.io//a',
  ])('%j cannot', (text) => {
    expect(isRepositoryPattern(text)).toBe(false);
  });
});
