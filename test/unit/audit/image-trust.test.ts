import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditImage, type LoadedTrust, loadTrust, verifyImage } from '../../../src/audit/index.ts';
import type { Report, TrustReport } from '../../../src/report/index.ts';
import {
  type AttachmentLayer,
  attach,
  bundleLayer,
  bundleOf,
  cosignSignature,
  layoutWith,
  payloadAbout,
  type TestAttachment,
  trustOf,
} from '../../support/attachments.ts';
import { auditFiles, TEST_KEY } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import {
  archive,
  type BuiltImage,
  buildImage,
  buildIndex,
  descriptor,
  dockerSaveLegacy,
  jsonBlob,
  writeFolder,
} from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import {
  keySigner,
  publicPem,
  SigstoreInstance,
  type TestSigner,
  TRUSTED_NAME,
} from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const imageFor = (platform: string): BuiltImage =>
  buildImage({ platform, steps: [{ createdBy: 'COPY app /', members: [file('app', platform)] }] });
const IMAGE = imageFor('linux/amd64');
const DIGEST = IMAGE.manifest.digest;
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const TOKEN = EXAMPLE_SECRETS['github-token']?.text as string;

let instance: SigstoreInstance;
let signer: TestSigner;
const [release, security] = [keySigner(), keySigner()];
let folder: string;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-policy-'));
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'root.json'), JSON.stringify(instance.root));
  writeFileSync(join(folder, 'keys', 'release.pub'), publicPem(release));
  writeFileSync(join(folder, 'keys', 'security.pub'), publicPem(security));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signed = async (...layers: readonly TestSigner[]): Promise<TestAttachment> =>
  attach(await Promise.all(layers.map((one) => cosignSignature(instance, one, payloadAbout(DIGEST)))), {
    tag: DIGEST,
    suffix: 'sig',
  });
const attested = async (by: TestSigner, predicate: object, type = PROVENANCE): Promise<TestAttachment> =>
  attach([bundleLayer(await bundleOf(instance, by, statementWith(predicate, type)))], { subject: IMAGE.manifest });

function statementWith(predicate: object, predicateType = PROVENANCE): string {
  const subject = [{ name: 'image', digest: { sha256: DIGEST.slice('sha256:'.length) } }];
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate });
}

/** Loads a policy from a file beside the keys. */
function policy(text: string, reference = 'ghcr.io/acme/api:1.4', more: object = {}): LoadedTrust {
  const config = join(folder, 'layer-audit.toml');
  writeFileSync(config, text);
  return loadTrust({ config, reference, ...more });
}

const RULE = `[[trust]]
repository = "ghcr.io/acme/api"
trusted-root = "root.json"
`;
const RELEASE = '[[trust.signer]]\nname = "release"\nkey = "keys/release.pub"\n';
const SECURITY = '[[trust.signer]]\nname = "security"\nkey = "keys/security.pub"\n';
const WORKFLOW = `[[trust.signer]]
name = "workflow"
identity = "${TRUSTED_NAME}"
issuer = "https://token.actions.githubusercontent.com"
`;

const audit = (attachments: readonly TestAttachment[], trust: LoadedTrust | null = null): Promise<Report> =>
  auditFiles(layoutWith([IMAGE], attachments), { trust, reproducible: true });
const trustRules = ({ findings }: Report): string[] =>
  findings.filter(({ rule }) => rule.startsWith('trust/')).map(({ rule, severity }) => `${rule} ${severity}`);

describe('an audit', () => {
  test('tells who signed what, when, and that every image is verified', async () => {
    const report = await audit([await signed(signer)], trustOf(instance));
    expect(report.attachments).toMatchObject([
      {
        kind: 'signature',
        format: 'cosign-signature',
        verdict: 'verified',
        identity: { name: TRUSTED_NAME, issuer: 'https://token.actions.githubusercontent.com' },
        signs: 'image',
        subject: DIGEST,
        foundBy: ['tag'],
        logs: [{ url: 'https://rekor.test' }],
        reference: 'registry.test/acme/api',
      },
    ]);
    expect(report.attachments[0]?.times).toHaveLength(1);
    expect(report.images[0]?.trust).toEqual({
      verdict: 'verified',
      reasons: [],
      signed: [{ digest: DIGEST, role: 'image' }],
    });
    expect(report.verdict).toMatchObject({ verified: true, failed: false, exitStatus: 0 });
    expect(trustRules(report)).toEqual([]);
  });

  test('fails where an image is not verified as it has to be, whatever the threshold', async () => {
    const trust = trustOf(instance);
    const report = await auditFiles(layoutWith([IMAGE], []), { trust, failOn: 'none' });
    expect(report.verdict).toMatchObject({ verified: false, failed: true, exitStatus: 1 });
    expect(trustRules(report)).toEqual(['trust/unsigned high']);
  });

  test('wants nothing where nobody said whom to trust', async () => {
    const report = await audit([await signed(signer)]);
    expect(report.verdict.exitStatus).toBe(0);
    expect(report.verdict).not.toHaveProperty('verified');
    expect(report.trust?.policy.origin).toBe('nobody');
  });

  test('of an archive that can keep no signatures says so, and not that there are none', async () => {
    const files = new Map([['image.tar', archive(dockerSaveLegacy(IMAGE, ['ghcr.io/acme/api:1.4']))]]);
    writeFolder(files, folder);
    const told = (trust: LoadedTrust | null): Promise<Report> =>
      auditImage({ fingerprintKey: TEST_KEY, version: '0', reference: join(folder, 'image.tar'), trust });
    const report = await told(null);
    expect(report.images[0]?.trust).toMatchObject({ verdict: 'not-checked', reasons: [/docker save/] });
    expect(trustRules(report)).toEqual([]);
    const wanted = await told(trustOf(instance));
    expect(trustRules(wanted)).toEqual(['trust/not-verified high']);
    expect(wanted.verdict.exitStatus).toBe(1);
  });

  test('shows what attestations say, without the secrets in it', async () => {
    const external = { inputs: { token: TOKEN, [TOKEN]: 'x' } };
    const predicate = {
      buildDefinition: {
        externalParameters: external,
        resolvedDependencies: [{ uri: `https://x:${TOKEN}@git.test/a` }],
      },
      runDetails: { builder: { id: 'https://builder.test' } },
    };
    const report = await audit(
      [await attested(signer, predicate)],
      trustOf(instance, { predicateTypes: [PROVENANCE] }),
    );
    expect(report.attachments[0]?.says).toMatchObject({ kind: 'provenance', builder: 'https://builder.test' });
    expect(JSON.stringify(report)).not.toContain(TOKEN);
    expect(report.findings.map(({ rule }) => rule)).toContain('secrets/github-token');
  });

  test('keeps its own names whatever password the image has', async () => {
    // A password that is a word of the report must not take the word out of it.
    const image = buildImage({
      steps: [{ createdBy: 'COPY', members: [file('app', 'x')] }],
      config: { Env: ['DB_PASSWORD=verified', 'API_PASSWORD=provenance'] },
    });
    const layers = [await cosignSignature(instance, signer, payloadAbout(image.manifest.digest))];
    const files = layoutWith([image], [attach(layers, { tag: image.manifest.digest, suffix: 'sig' })]);
    const report = await auditFiles(files, { trust: trustOf(instance) });
    expect(report.attachments[0]?.verdict).toBe('verified');
    expect(report.images[0]?.trust?.verdict).toBe('verified');
  });
});

describe('what an audit asks of a registry', () => {
  let registry: RegistryServer;
  beforeEach(async () => {
    registry = await RegistryServer.start();
    return () => registry[Symbol.asyncDispose]();
  });
  const ask = (reference: string, trust: LoadedTrust | null = null): Promise<Report> =>
    auditImage({ fingerprintKey: TEST_KEY, version: '0', reproducible: true, reference, trust, registry: { env: {} } });
  const statementLayer: AttachmentLayer = {
    bytes: Buffer.from(statementWith({})),
    mediaType: 'application/vnd.in-toto+json',
  };

  test('is each document once, and no more than a few questions for each platform', async () => {
    const images = Array.from({ length: 12 }, (_, i) => imageFor(`linux/a${i}`));
    const beside = images.map(({ manifest }) => ({ manifest, built: attach([statementLayer], { subject: manifest }) }));
    const entries = beside.map(({ manifest, built }) => ({
      ...descriptor(built.manifest),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': manifest.digest,
      },
    }));
    const plain = buildIndex(images);
    const { manifests, ...rest } = JSON.parse(plain.bytes.toString()) as { manifests: object[] };
    const index = jsonBlob({ ...rest, manifests: [...manifests, ...entries] }, plain.mediaType);
    registry.push('acme/api', images, [index, ...beside.flatMap(({ built }) => [built.manifest, ...built.blobs])]);
    registry.tag('acme/api', 'all', index);
    const report = await ask(`${registry.host}/acme/api:all`);
    expect(report.images).toHaveLength(12);
    expect(report.attachments).toHaveLength(12);
    const paths = registry.paths(/./);
    expect(paths.filter((path, i) => paths.indexOf(path) !== i)).toEqual([]);
    // Index, 12 images with configuration and layer, 12 attestation manifests with a blob; for 13 documents five ways to
    // attachments, and for 12 attestation manifests two.
    expect(paths.length).toBeLessThanOrEqual(1 + 12 * 3 + 12 * 2 + 13 * 5 + 12 * 2);
  });

  test('is nothing more once it has failed, where nobody needs the answer', async () => {
    const images = Array.from({ length: 12 }, (_, i) => imageFor(`linux/a${i}`));
    const index = buildIndex(images);
    registry.push('acme/api', images, [index]);
    registry.tag('acme/api', 'all', index);
    registry.on(/referrers/, (response) => response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}'));
    const report = await ask(`${registry.host}/acme/api:all`);
    expect(registry.paths(/referrers/)).toHaveLength(4);
    expect(report.images.map(({ trust }) => trust?.verdict)).toEqual(images.map(() => 'not-checked'));
    expect(trustRules(report)).toEqual([]);
  });

  test('where it could not be looked and a signature is wanted, the audit fails and does not say unsigned', async () => {
    registry.push('acme/api', [IMAGE]);
    registry.tag('acme/api', 'v1', IMAGE.manifest);
    registry.on(/\.sig$/, (response) => response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}'));
    const report = await ask(`${registry.host}/acme/api:v1`, trustOf(instance));
    expect(trustRules(report)).toContain('trust/not-verified high');
    expect(trustRules(report).join()).not.toContain('trust/unsigned');
    expect(report.verdict.exitStatus).toBe(1);
  });
});

describe('with the network cut', () => {
  test('a layout with what hangs on it and a trusted root is verified, and nothing is asked', async () => {
    const reference = join(folder, 'offline');
    writeFolder(layoutWith([IMAGE], [await signed(signer), await attested(signer, {})]), reference);
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
      throw new Error('the network is cut');
    });
    try {
      const trust = policy(
        `${RULE.replace('ghcr.io/acme/api', '*')}${WORKFLOW}[[trust.attestation]]\ntype = "${PROVENANCE}"\n`,
      );
      const verified = await verifyImage({ reference, trust, version: '0' });
      expect(verified.verdict).toEqual({ verified: true, exitStatus: 0 });
      const report = await auditImage({ fingerprintKey: TEST_KEY, version: '0', reference, trust });
      expect(report.verdict.verified).toBe(true);
      expect(connect).not.toHaveBeenCalled();
      // The same question to a registry shows that it would have been seen.
      const asked = verifyImage({ reference: '127.0.0.1:9/acme/api', trust, registry: { env: {} }, version: '0' });
      await expect(asked).rejects.toThrow();
      expect(connect).toHaveBeenCalled();
    } finally {
      connect.mockRestore();
    }
  });
});

describe('a policy in a file', () => {
  const verify = async (attachments: readonly TestAttachment[], trust: LoadedTrust): Promise<TrustReport> => {
    const reference = mkdtempSync(join(folder, 'layout-'));
    writeFolder(layoutWith([IMAGE], attachments), reference);
    return verifyImage({ reference, trust, version: '0' });
  };
  const verdictOf = ({ images }: TrustReport): string => `${images[0]?.verdict}: ${images[0]?.reasons[0] ?? ''}`;

  test('names who signed', async () => {
    const report = await verify([await signed(release)], policy(`${RULE}${RELEASE}${SECURITY}`));
    expect(report.attachments[0]).toMatchObject({ verdict: 'verified', trustedAs: ['release'] });
    expect(report.policy).toMatchObject({ origin: 'rule', repository: 'ghcr.io/acme/api', signatures: 1 });
  });

  test('may want several different signers', async () => {
    const two = policy(`${RULE}signatures = 2\n${RELEASE}${SECURITY}`);
    expect(verdictOf(await verify([await signed(release, security)], two))).toBe('verified: ');
    expect(verdictOf(await verify([await signed(release)], two))).toBe(
      'failed: 1 of the 2 signers that are wanted signed it',
    );
  });

  test('CVE-2026-49834: one signer who signs twice is one, under however many names', async () => {
    const twice = `${RELEASE}[[trust.signer]]\nname = "again"\nkey = "keys/release.pub"\n`;
    const layers = await signed(release, release);
    for (const signers of [`${RELEASE}${SECURITY}`, twice]) {
      const report = await verify([layers], policy(`${RULE}signatures = 2\n${signers}`));
      expect(report.images[0]?.verdict).toBe('failed');
    }
  });

  test('two who count as one signer are one', async () => {
    const both = `[[trust.signer]]\nname = "either"\nkeys = ["keys/release.pub", "keys/security.pub"]\n`;
    const third = WORKFLOW;
    const wanted = policy(`${RULE}signatures = 2\n${both}${third}`);
    expect((await verify([await signed(release, security)], wanted)).images[0]?.verdict).toBe('failed');
    expect((await verify([await signed(release, signer)], wanted)).images[0]?.verdict).toBe('verified');
  });

  test('CVE-2022-35929: an attestation of another type, or by another signer than has to make it, is none', async () => {
    const wanted = policy(
      `${RULE}signatures = 0\n${RELEASE}${SECURITY}[[trust.attestation]]\ntype = "vuln"\nsigners = ["security"]\n`,
    );
    const vuln = 'https://cosign.sigstore.dev/attestation/vuln/v1';
    expect((await verify([await attested(security, {})], wanted)).verdict.verified).toBe(false);
    expect((await verify([await attested(release, {}, vuln)], wanted)).verdict.verified).toBe(false);
    expect((await verify([await attested(security, {}, vuln)], wanted)).verdict.verified).toBe(true);
  });

  test('may want a builder, whom a pattern has to fit as a whole', async () => {
    const wanted = policy(
      `${RULE}signatures = 0\n${RELEASE}[[trust.attestation]]\ntype = "slsaprovenance1"\nbuilder-regexps = ['https://builder\\.test/.*']\n`,
    );
    const by = (id: string): Promise<TestAttachment> => attested(release, { runDetails: { builder: { id } } });
    expect(verdictOf(await verify([await by('https://builder.test/a')], wanted))).toBe('verified: ');
    const other = await verify([await by('https://evil.test/?https://builder.test/a')], wanted);
    expect(verdictOf(other)).toMatch(/^failed: its slsaprovenance1 was built by https:\/\/evil\.test/);
    expect((await verify([await by('')], wanted)).verdict.verified).toBe(false);
  });

  test('says nothing of an image that it has no rule for, which is then not verified', async () => {
    const trust = policy(`${RULE}${RELEASE}`, 'docker.io/library/debian');
    const report = await verify([await signed(release)], trust);
    expect(verdictOf(report)).toMatch(/layer-audit\.toml says nothing of docker\.io\/library\/debian$/);
    expect(report.verdict.exitStatus).toBe(1);
    expect(trustRules(await audit([await signed(release)], trust))).toEqual(['trust/not-verified medium']);
  });

  test('an archive gets no rule by the name it gives itself, but by the one the user gives it', () => {
    const text = `${RULE}${RELEASE}`;
    writeFolder(new Map([['ghcr.tar', archive(dockerSaveLegacy(IMAGE, ['ghcr.io/acme/api:1.4']))]]), folder);
    const reference = join(folder, 'ghcr.tar');
    expect(policy(text, reference).origin.kind).toBe('no-rule');
    expect(policy(text, reference, { policyFor: 'ghcr.io/acme/api' }).origin.kind).toBe('rule');
  });

  test('is not put together with other flags', () => {
    const more = [{ keys: [join(folder, 'keys', 'release.pub')] }, { ignoreLog: true }, { predicateTypes: ['vuln'] }];
    for (const one of more)
      expect(() => policy(`${RULE}${RELEASE}`, undefined, one)).toThrow(/by --config and by other/);
    expect(() => loadTrust({ policyFor: 'ghcr.io/acme/api' })).toThrow(/wants --config/);
  });

  test('whose key is not there ends the run', () => {
    expect(() => policy(`${RULE}[[trust.signer]]\nname = "a"\nkey = "absent.pub"\n`)).toThrow(
      /absent\.pub cannot be read/,
    );
    expect(() => loadTrust({ config: join(folder, 'absent.toml') })).toThrow(/absent\.toml cannot be read/);
  });
});
