import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { examineLayer } from '../../../src/examine/index.ts';
import { foldLayers } from '../../../src/filesystem/index.ts';
import { readSystem } from '../../../src/system/index.ts';
import { file, type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';

async function read(...members: readonly TarMemberSpec[]) {
  const job = {
    location: 'stream',
    expectedDigest: null,
    expectedDiffId: null,
    limits: DEFAULT_LIMITS,
    fingerprintKey: Buffer.from('key'),
  } as const;
  const { record } = await examineLayer(job, [Uint8Array.from(writeTar(members))]);
  return { record, system: readSystem(foldLayers([record.columns]).filesystem, [record]) };
}

describe('passwords in shadow', () => {
  const BODY = 'Kq8vN2rT5wX7zB3d';

  test.each([
    ['', 'empty', null],
    ['!', 'locked', null],
    ['*', 'locked', null],
    ['!!', 'locked', null],
    ['*LK*', 'locked', null],
    ['x', 'locked', null],
    ['NP', 'locked', null],
    [`$6$salt$${BODY}`, 'set', 'sha512'],
    [`$y$j9T$salt$${BODY}`, 'set', 'yescrypt'],
    [`$2b$12$${BODY}`, 'set', 'bcrypt'],
    [`$1$salt$${BODY}`, 'set', 'md5'],
    [`$argon2id$v=19$${BODY}`, 'set', 'argon2id'],
    ['ab1cD2eF3gH4i', 'set', 'des'],
    [`!$6$salt$${BODY}`, 'locked', 'sha512'],
    [`a word that is no hash ${BODY}`, 'locked', null],
  ])('%j is %s', async (password, state, hash) => {
    const { record, system } = await read(file('etc/shadow', `root:${password}:19000:0:99999:7:::\n`));
    expect(system.passwords).toEqual([{ name: 'root', state, hash }]);
    // A record holds no secret, and a hash is one.
    expect(JSON.stringify(record.systemFiles)).not.toContain(BODY);
    expect(JSON.stringify(record.systemFiles)).not.toContain('1cD2eF3');
  });

  test('in passwd, where they stood once, are not kept either', async () => {
    const { record, system } = await read(file('etc/passwd', `root:$1$salt$${BODY}:0:0:root:/root:/bin/sh\n`));
    expect(JSON.stringify(record.systemFiles)).not.toContain(BODY);
    expect(system.accounts[0]).toMatchObject({ name: 'root', uid: 0, emptyPassword: false });
  });
});

test('groups have numbers and members', async () => {
  const { system } = await read(file('etc/group', 'root:x:0:\n# x\nstaff:x:50:app, other\nodd:x:y:\nshort\n'));
  expect(system.groups).toEqual([
    { name: 'root', gid: 0, members: [] },
    { name: 'staff', gid: 50, members: ['app', 'other'] },
    { name: 'odd', gid: null, members: [] },
  ]);
});

describe('jobs of cron', () => {
  test('are told without their arguments, which may be secrets', async () => {
    const { record, system } = await read(
      file('etc/cron.d/x', 'TOKEN=hunter2\n*/5 * * * * app /opt/sync --token hunter2\n@daily root A=hunter2\n'),
      file('var/spool/cron/crontabs/app', '0 3 * * 1 /opt/report hunter2\n# hunter2\n'),
    );
    expect(system.cronJobs.map(({ file: { path }, text }) => [path, text])).toEqual([
      ['etc/cron.d/x', '*/5 * * * * app /opt/sync'],
      ['etc/cron.d/x', '@daily root …'],
      ['var/spool/cron/crontabs/app', '0 3 * * 1 - /opt/report'],
    ]);
    expect(JSON.stringify(record.systemFiles)).not.toContain('hunter2');
  });
});

test('rules of sudo are those that ask for no password, put together over lines', async () => {
  const { system } = await read(
    file('etc/sudoers', 'Defaults env_reset\n%sudo ALL=(ALL) ALL\napp ALL= \\\n NOPASSWD: /bin/x # why\n'),
    file('etc/sudoers.d/y', 'Defaults:app !authenticate\n'),
  );
  expect(system.sudoRules.map(({ text }) => text.replace(/\s+/g, ' '))).toEqual([
    'app ALL= NOPASSWD: /bin/x',
    'Defaults:app !authenticate',
  ]);
});
