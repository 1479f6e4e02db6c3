import { describe, expect, test } from 'vitest';
import { AuditError, type Digest } from '../../../src/core/index.ts';
import { type DocumentClient, RememberingClient } from '../../../src/source/remembering-client.ts';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}` as Digest;
const SIGNAL = new AbortController().signal;

/** A registry that counts what it is asked, and of which some is not there. */
function counting(sizeBytes = 10): { client: DocumentClient; asked: string[] } {
  const asked: string[] = [];
  const bytes = new Uint8Array(sizeBytes);
  return {
    asked,
    client: {
      manifest: async (name) => {
        asked.push(`manifest ${name}`);
        if (name === 'absent') throw new AuditError('REGISTRY_NOT_FOUND', 'it is not there');
        return { bytes, digest: digest('a'), mediaType: 'application/json' };
      },
      referrers: async (subject) => {
        asked.push(`referrers ${subject}`);
        return { manifests: [], foundBy: 'referrers-api', more: false };
      },
      smallBlob: async (name, limitBytes) => {
        asked.push(`blob ${name}`);
        if (limitBytes < sizeBytes) throw new AuditError('DOCUMENT_TOO_LARGE', 'it is too large');
        return bytes;
      },
    },
  };
}

describe('a registry', () => {
  test('is asked once for what is wanted several times, by a tag or a digest', async () => {
    const { client, asked } = counting();
    const remembering = new RememberingClient(client);
    await remembering.manifest('1.4', SIGNAL);
    await remembering.manifest('1.4', SIGNAL);
    await remembering.manifest(digest('a'), SIGNAL);
    await Promise.all([remembering.referrers(digest('b'), SIGNAL), remembering.referrers(digest('b'), SIGNAL)]);
    await remembering.smallBlob(digest('c'), 100, SIGNAL);
    await remembering.smallBlob(digest('c'), 50, SIGNAL);
    expect(asked).toEqual(['manifest 1.4', `referrers ${digest('b')}`, `blob ${digest('c')}`]);
  });

  test('is not asked again for what is not there', async () => {
    const { client, asked } = counting();
    const remembering = new RememberingClient(client);
    for (let i = 0; i < 3; i += 1) {
      await expect(remembering.manifest('absent', SIGNAL)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    }
    expect(asked).toHaveLength(1);
  });

  test('is asked again for what was too large for who asked first', async () => {
    const { client, asked } = counting();
    const remembering = new RememberingClient(client);
    await expect(remembering.smallBlob(digest('c'), 5, SIGNAL)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    expect(await remembering.smallBlob(digest('c'), 100, SIGNAL)).toHaveLength(10);
    expect(asked).toHaveLength(2);
  });

  test('is asked again for what would be too much to keep', async () => {
    const { client, asked } = counting(48 * 1024 * 1024);
    const remembering = new RememberingClient(client);
    const limit = 128 * 1024 * 1024;
    for (const letter of ['b', 'c', 'b', 'c']) await remembering.smallBlob(digest(letter), limit, SIGNAL);
    expect(asked.map((one) => one.slice(0, 13))).toEqual(['blob sha256:b', 'blob sha256:c', 'blob sha256:c']);
  });
});
