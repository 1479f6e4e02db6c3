import { describe, expect, test } from 'vitest';
import { explainPath } from '../../../src/audit/index.ts';
import { renderWhyTable, type WhyReport } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { dir, file, hardlink, symlink, whiteout } from '../../support/tar-writer.ts';

const recipe: ImageRecipe = {
  steps: [
    {
      createdBy: 'COPY . /app',
      members: [dir('app'), file('app/key', 'secret'), file('app/lib', '123'), symlink('current', 'app')],
    },
    {
      createdBy: 'RUN chmod 600 /app/key',
      members: [file('app/key', 'secret', { mode: 0o600 }), hardlink('kept', 'app/lib')],
    },
    { createdBy: 'RUN rm -r /app/key', members: [whiteout('app/key'), file('app/new', '12345')] },
  ],
};

const why = (path: string): Promise<WhyReport> =>
  withLayouts([recipe], (reference = '') =>
    explainPath({ reference, path, fingerprintKey: TEST_KEY, version: '0.0.0' }),
  );

describe('why a path is there', () => {
  test('tells every version, the instruction that made it, and the one that hides it', async () => {
    const [image] = (await why('/app/key')).images;
    expect(image?.resolved).toBeNull();
    expect(image?.versions).toMatchObject([
      {
        layer: { index: 0, instruction: 'COPY . /app' },
        state: 'overwritten',
        mode: '0644',
        hiddenBy: { layer: { instruction: 'RUN chmod 600 /app/key' }, how: 'overwrite', sameContent: true },
      },
      {
        layer: { index: 1 },
        state: 'deleted',
        mode: '0600',
        hiddenBy: { layer: { index: 2, instruction: 'RUN rm -r /app/key' }, how: 'whiteout', sameContent: false },
      },
    ]);
    expect(image?.removal).toMatchObject({ liveFiles: 0, liveBytes: 0, allBytes: 12, keptByLinksBytes: 0 });
  });

  test('adds up a folder by layer, and what would go with it, but not what a hard link elsewhere keeps', async () => {
    const [image] = (await why('app')).images;
    expect(image?.below).toMatchObject({
      files: 2,
      bytes: 8,
      layers: [
        { layer: { index: 2 }, files: 1, bytes: 5 },
        { layer: { index: 0 }, files: 1, bytes: 3 },
      ],
    });
    expect(image?.removal).toMatchObject({ liveFiles: 2, liveBytes: 5, allBytes: 17, keptByLinksBytes: 3 });
  });

  test('names hard links to the same bytes', async () => {
    const [image] = (await why('kept')).images;
    expect(image?.versions).toMatchObject([
      { kind: 'hardlink', bytes: 3, linkTarget: 'app/lib', otherNames: [{ path: '/app/lib', layer: 0 }] },
    ]);
  });

  test('follows links where the path itself has no version', async () => {
    const [image] = (await why('/current/new')).images;
    expect(image).toMatchObject({ resolved: '/app/new', versions: [{ layer: { index: 2 }, state: 'live' }] });
  });

  test('takes the root for a folder', async () => {
    const [image] = (await why('/')).images;
    expect(image).toMatchObject({ below: { bytes: 8 }, removal: { allBytes: 20 } });
  });

  test('says of what no layer had so, and where something of that name is', async () => {
    await expect(why('/opt/lib')).rejects.toMatchObject({ code: 'PATH_ABSENT', hint: 'There is /app/lib.' });
    await expect(why('/nothing')).rejects.toMatchObject({ code: 'PATH_ABSENT' });
  });

  test('is told in sentences', async () => {
    const text = renderWhyTable(await why('/app/key'), { colours: false, width: 200 });
    expect(text).toContain('deleted (whiteout) by layer 2: RUN rm -r /app/key');
    expect(text).toContain('overwritten (overwrite, same content) by layer 1');
    expect(text).toContain('take 12 B out of the layers');
  });
});

describe('which package a path belongs to', () => {
  const packaged: ImageRecipe = {
    steps: [
      {
        createdBy: 'ADD base.tar /',
        members: [
          file(
            'var/lib/dpkg/status',
            'Package: curl\nStatus: install ok installed\nVersion: 8.5-1\nArchitecture: amd64\n',
          ),
          file('var/lib/dpkg/info/curl.list', '/.\n/bin\n/bin/curl\n/usr/share/doc/curl/README\n'),
          symlink('bin', 'usr/bin'),
          file('usr/bin/curl', 'c'),
          file('usr/bin/urlcurl', 'c'),
          file('lib/apk/db/installed', 'P:busybox\nV:1.37-r0\nF:usr/bin\nR:busybox\n\n'),
          file('usr/bin/busybox', 'b'),
          hardlink('usr/bin/sh', 'usr/bin/busybox'),
        ],
      },
      { createdBy: '/bin/sh -c #(nop)  CMD ["sh"]' },
      {
        createdBy: 'RUN npm install',
        members: [
          file('app/node_modules/left-pad/package.json', '{"name":"left-pad","version":"1.3.0"}'),
          file('app/node_modules/left-pad/lib/index.js', 'x'),
          file('app/own.js', 'x'),
        ],
      },
    ],
  };
  const ownersOf = async (path: string): Promise<string[]> => {
    const report = await withLayouts([packaged], (reference = '') =>
      explainPath({ reference, path, fingerprintKey: TEST_KEY, version: '0.0.0' }),
    );
    const [image] = report.images;
    return image?.owners.packages.map(({ type, name, layer, how }) => `${type} ${name} ${layer} ${how}`) ?? [];
  };

  test.each([
    ['/usr/bin/curl', ['dpkg curl 0 listed']],
    ['/bin/curl', ['dpkg curl 0 listed']],
    ['/usr/bin/busybox', ['apk busybox 0 listed']],
    ['/usr/bin/sh', ['apk busybox 0 listed']],
    ['/app/node_modules/left-pad/package.json', ['npm left-pad 1 database']],
    ['/app/node_modules/left-pad/lib/index.js', ['npm left-pad 1 folder']],
    ['/usr/bin/urlcurl', []],
    ['/app/own.js', []],
    ['/app', []],
  ])('of %s is told: %j', async (path, owners) => {
    expect(await ownersOf(path)).toEqual(owners);
  });

  test('stands beside the stage of the layer, and what that is known from', async () => {
    const report = await withLayouts([packaged], (reference = '') =>
      explainPath({ reference, path: '/app/own.js', fingerprintKey: TEST_KEY, version: '0.0.0' }),
    );
    expect(report.images[0]?.versions[0]?.layer.stage).toEqual({ name: 'own layers', basis: 'history' });
    expect(renderWhyTable(report, { colours: false, width: 120 })).toContain('layer 1 (stage own layers, a guess)');
  });

  test('is shown in a sentence', async () => {
    const report = await withLayouts([packaged], (reference = '') =>
      explainPath({ reference, path: '/bin/curl', fingerprintKey: TEST_KEY, version: '0.0.0' }),
    );
    expect(renderWhyTable(report, { colours: false, width: 120 })).toContain(
      'It belongs to dpkg package curl 8.5-1 (came with layer 0).',
    );
  });
});
