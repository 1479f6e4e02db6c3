import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrustReport } from '../../src/report/index.ts';
import { attach, cosignSignature, layoutWith, payloadAbout } from '../support/attachments.ts';
import { buildImage, writeFolder } from '../support/image-builder.ts';
import { RECORDED_REPOSITORY, recordedPath } from '../support/recorded.ts';
import { keySigner, publicPem } from '../support/sigstore-instance.ts';
import { file } from '../support/tar-writer.ts';
import { type CliResult, runCli } from './run-cli.ts';

const RECORDED = [`${recordedPath('layout')}:1`];
const CHAIN = [
  '--certificate-chain',
  recordedPath('cosign', 'authorities.pem'),
  '--timestamp-certificate-chain',
  recordedPath('cosign', 'times.pem'),
  '--insecure-ignore-tlog',
];

let folder: string;
let results: Record<string, CliResult>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-verify-'));
  const image = buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', 'x')] }] });
  const [signer, other] = [keySigner(), keySigner()];
  const payload = payloadAbout(image.manifest.digest);
  const hostile = Buffer.from(payload.toString().replace('acme/api', 'acme/\\u001b[2Japi'));
  const layers = [await cosignSignature(null, signer, payload), await cosignSignature(null, signer, hostile)];
  const signature = attach(layers, { tag: image.manifest.digest, suffix: 'sig' });
  writeFolder(layoutWith([image], [signature]), join(folder, 'layout'));
  writeFileSync(join(folder, 'cosign.pub'), publicPem(signer));
  writeFileSync(join(folder, 'other.pub'), publicPem(other));
  const rule = (key: string): string =>
    `[[trust]]\nrepository = "*"\ninsecure-ignore-tlog = true\n[[trust.signer]]\nname = "release"\nkey = "${key}"\n`;
  writeFileSync(join(folder, 'good.toml'), rule('cosign.pub'));
  writeFileSync(join(folder, 'other.toml'), rule('other.pub'));
  writeFileSync(join(folder, 'bad.toml'), `${rule('cosign.pub')}isuer = "x"\n`);
  const runs: Record<string, string[]> = {
    verified: ['layout', '--key', 'cosign.pub', '--insecure-ignore-tlog'],
    json: ['layout', '--key', 'cosign.pub', '--insecure-ignore-tlog', '--format', 'json', '--reproducible'],
    other: ['layout', '--key', 'other.pub', '--insecure-ignore-tlog'],
    nobody: ['layout'],
    service: ['layout', '--key', 'awskms:///alias/k'],
    halfIdentity: ['layout', '--certificate-identity', 'a@b.test'],
    badPolicy: ['layout', '--config', 'bad.toml'],
    imagePolicy: ['image', 'layout', '--config', 'good.toml'],
    imageOtherPolicy: ['image', 'layout', '--config', 'other.toml', '--fail-on', 'none'],
    notation: [...RECORDED, '--notation-config', recordedPath('notation'), '--notation-scope', RECORDED_REPOSITORY],
    chain: [...RECORDED, ...CHAIN, '--certificate-identity', 'builder@acme.test'],
    chainAndRoots: [...RECORDED, ...CHAIN, '--ca-roots', recordedPath('cosign', 'root.crt')],
  };
  results = {};
  for (const [name, args] of Object.entries(runs)) {
    // Commands of the program are found from its own folder.
    const located = args.map((arg) => (/^(?:layout|\w+\.(?:pub|toml))$/.test(arg) ? join(folder, arg) : arg));
    results[name] = await runCli(located[0] === 'image' ? located : ['verify', ...located]);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['verified', 0],
  ['json', 0],
  ['other', 1],
  ['nobody', 1],
  ['service', 2],
  ['halfIdentity', 2],
  ['badPolicy', 2],
  ['imagePolicy', 0],
  ['imageOtherPolicy', 1],
  ['notation', 0],
  ['chain', 0],
  ['chainAndRoots', 2],
])('%s ends with %d', (name, status) => {
  expect(results[name]).toMatchObject({ status });
});

test('says who signed what, against which root, and what was not checked', () => {
  const { stdout } = results['verified'] as CliResult;
  expect(stdout).toMatch(/linux\/amd64 {2}sha256:[a-f0-9]{64} {2}VERIFIED/);
  expect(stdout).toContain('by the key');
  expect(stdout).toContain('trusted root: embedded, @sigstore/tuf');
  expect(stdout).toContain('not checked: whether a certificate was revoked');
});

test('says by whose certificate, and who proves when', () => {
  const { stdout } = results['chain'] as CliResult;
  expect(stdout).toContain('by builder@acme.test, vouched for by C=US, ST=WA');
  expect(stdout).toContain('says a timestamp authority');
});

test('shows nothing to a terminal that a signer wrote to do something to it', () => {
  for (const name of ['verified', 'json']) expect(results[name]?.stdout).not.toContain('\u001b');
  expect(results['verified']?.stdout).toContain('api');
});

test('says the same as JSON', () => {
  const report = JSON.parse(results['json']?.stdout ?? '') as TrustReport;
  expect(report.verdict).toEqual({ verified: true, exitStatus: 0 });
  expect(report.attachments).toHaveLength(2);
  expect(report.startedAt).toBeUndefined();
});

test('says where a policy is wrong, and what to do', () => {
  expect(results['badPolicy']?.stderr).toMatch(
    /bad\.toml:7: trust\.signer\[0\]: "isuer" is not known here \[CONFIG_INVALID\]/,
  );
});

test('an audit says in its table who signed, and what that is worth', () => {
  const { stdout } = results['imagePolicy'] as CliResult;
  expect(stdout).toMatch(/Signatures: verified, by what was signed: its manifest/);
  expect(stdout).toMatch(/VERIFIED {4} cosign-signature sha256:[a-f0-9]{12} on the manifest · by the key cosign\.pub/);
  expect(results['imageOtherPolicy']?.stdout).toContain('FAILED the image is not verified as it has to be');
  for (const name of ['imagePolicy', 'imageOtherPolicy']) {
    expect(results[name]?.stdout, name).not.toContain('\u001b');
  }
});
