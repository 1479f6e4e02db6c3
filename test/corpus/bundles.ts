/**
 * Holds verification of bundles against a suite of cases that other clients are held against, too
 * (sigstore-conformance, test/assets/bundle-verify): `node test/corpus/bundles.ts FOLDER`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBundle, embeddedRoots, readTrustedKey, rootsOfFile } from '../../src/trust/index.ts';

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

const folder = process.argv[2];
if (folder === undefined) throw new Error('give the folder of the cases');

const textOf = (path: string, otherwise: string): string =>
  existsSync(path) ? readFileSync(path, 'utf8').trim() : otherwise;

/** The verdict of one case; null where the trusted root itself is refused. */
function verdictOf(path: string): { verdict: string; why: string } {
  try {
    const artifact = existsSync(join(path, 'artifact')) ? join(path, 'artifact') : join(folder as string, 'a.txt');
    const rootPath = join(path, 'trusted_root.json');
    const keyPath = join(path, 'key.pub');
    const { verdict, reasons } = checkBundle(
      readFileSync(join(path, 'bundle.sigstore.json')),
      { artifact: readFileSync(artifact) },
      {
        roots: existsSync(rootPath) ? rootsOfFile(rootPath, readFileSync(rootPath)) : embeddedRoots(),
        ignoreLog: false,
        policy: existsSync(keyPath)
          ? { keys: [readTrustedKey('key.pub', readFileSync(keyPath))], identities: [] }
          : {
              keys: [],
              identities: [
                {
                  name: { exactly: textOf(join(path, 'identity'), IDENTITY) },
                  issuer: { exactly: textOf(join(path, 'issuer'), ISSUER) },
                },
              ],
            },
      },
    );
    return { verdict, why: reasons.join('; ') };
  } catch (error) {
    return { verdict: 'refused', why: (error as Error).message };
  }
}

let wrong = 0;
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of cases) {
  const { verdict, why } = verdictOf(join(folder, name));
  const isRight = (verdict === 'verified') !== name.endsWith('_fail');
  if (!isRight) wrong += 1;
  process.stdout.write(`${isRight ? 'ok   ' : 'WRONG'} ${name}: ${verdict}${why === '' ? '' : ` (${why})`}\n`);
}
process.stdout.write(`${cases.length} cases, ${wrong} with another outcome than expected\n`);
process.exitCode = wrong === 0 && cases.length > 0 ? 0 : 1;
