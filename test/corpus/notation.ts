/**
 * Holds signatures of Notation in OCI layouts that other people made (notaryproject/notation,
 * test/e2e/testdata/registry/oci_layout) against what the names of their folders say of them:
 * `node test/corpus/notation.ts ROOTS FOLDER…`. ROOTS are files with roots, with commas between them. Layouts may hold
 * artifacts that are no images, so each signature is checked by itself, about what it names as its subject.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Digest } from '../../src/core/index.ts';
import { readManifestDocument } from '../../src/oci/index.ts';
import { checkNotation } from '../../src/trust/notation/check-notation.ts';
import { readTrustedCertificates } from '../../src/trust/notation/identity.ts';
import { readCose } from '../../src/trust/notation/read-cose.ts';
import { readJws } from '../../src/trust/notation/read-jws.ts';
import type { NotationPolicy } from '../../src/trust/notation/trust-policy.ts';

/** What these names promise has to fail; one of several signatures may. */
const IS_WRONG = /expired|invalid/;
const IS_MIXED = /multiple|timestamped/;

const [roots = '', ...folders] = process.argv.slice(2);
const ca = roots.split(',').flatMap((path) => readTrustedCertificates(path, readFileSync(path), 'root'));
const policy: NotationPolicy = {
  scope: null,
  statements: [
    {
      name: '',
      scopes: null,
      level: 'strict',
      logged: new Set(),
      verifyTimestamp: 'always',
      wantsTimeStamps: false,
      certificates: { ca, signingAuthority: [], tsa: [] },
      identities: [],
    },
  ],
};

let unexpected = 0;
let count = 0;
for (const folder of folders) {
  for (const { verdict, reasons } of signaturesOf(folder)) {
    const name = basename(folder);
    const isRight = IS_MIXED.test(name) || (verdict === 'verified') !== IS_WRONG.test(name);
    count += 1;
    if (!isRight) unexpected += 1;
    process.stdout.write(`${isRight ? 'ok   ' : 'WRONG'} ${name}: ${verdict} (${reasons.join('; ')})\n`);
  }
}
process.stdout.write(`${count} signatures, ${unexpected} with another outcome than expected\n`);
process.exitCode = unexpected === 0 && count > 0 ? 0 : 1;

function* signaturesOf(folder: string) {
  const blobs = join(folder, 'blobs', 'sha256');
  for (const name of readdirSync(blobs).sort()) {
    const document = documentOf(readFileSync(join(blobs, name)));
    const layer = document?.kind === 'manifest' ? document.layers[0] : undefined;
    if (document?.kind !== 'manifest' || document.subject === null || layer === undefined) continue;
    const { digest, mediaType, sizeBytes } = document.subject;
    const bytes = readFileSync(join(blobs, layer.digest.slice('sha256:'.length)));
    const read = () => (layer.mediaType === 'application/cose' ? readCose(bytes) : readJws(bytes));
    const target = { digest: digest as Digest, mediaType, sizeBytes: sizeBytes ?? -1 };
    yield checkNotation(read, target, { policy, repository: null });
  }
}

function documentOf(bytes: Uint8Array) {
  try {
    return readManifestDocument(bytes, 'a blob');
  } catch {
    return null;
  }
}
