import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { abortOnInterrupt, ProgressLine, programVersion, wantsColours, writeOutput } from '../../../src/cli/index.ts';
import { renderError } from '../../../src/cli/render-error.ts';
import { AuditError } from '../../../src/core/index.ts';

describe('colours', () => {
  test.each([
    [{}, undefined, false],
    [{ NO_COLOR: '1' }, undefined, false],
    [{ FORCE_COLOR: '1' }, undefined, true],
    [{ FORCE_COLOR: '0' }, undefined, false],
    [{ FORCE_COLOR: '' }, undefined, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, false],
    [{ NO_COLOR: '', FORCE_COLOR: '1' }, undefined, true],
    [{ FORCE_COLOR: '1' }, 'report.txt', false],
  ])('in a pipe with %j, to the file %j: %j', (env, path, expected) => {
    expect(wantsColours(env, path)).toBe(expected);
  });
});

describe('an error', () => {
  const cause = new Error('connect ECONNREFUSED\u001b[31m', { cause: new Error('deeper') });
  const error = new AuditError('REGISTRY_UNREACHABLE', 'r.io\u001b[2J cannot be reached\nPASSED', {
    hint: 'Check\u202e it.',
    cause,
  });

  test('is told with its code and what to do, in lines that no image can forge', () => {
    expect(renderError(error, false)).toBe(
      'audit: r.io\\x1b[2J cannot be reached\\x0aPASSED [REGISTRY_UNREACHABLE]\n  Check\\u{202e} it.\n',
    );
  });

  test('is told with its causes on demand', () => {
    const text = renderError(error, true);
    expect(text).toContain('  caused by: connect ECONNREFUSED\\x1b[31m\n  caused by: deeper\n');
    expect(text).not.toContain('at ');
  });

  test('of ours asks for a report, and shows where it was on demand only', () => {
    const bug = new TypeError('x is not a function');
    expect(renderError(bug, false)).toMatch(
      /^audit: this is a mistake in layer-audit.*\n {2}Please report it.*\n {2}Run it again with --verbose/,
    );
    expect(renderError(bug, false)).not.toMatch(/^\s+at /m);
    expect(renderError(bug, true)).toMatch(/^\s+at /m);
  });

  test.each([['a text'], [undefined], [null], [{}]])('may be %j', (thrown) => {
    expect(renderError(thrown, true)).toMatch(/^audit: this is a mistake/);
  });

  test('with endless causes ends', () => {
    const loop = new Error('round');
    loop.cause = loop;
    expect(renderError(new AuditError('DIGEST_INVALID', 'x', { cause: loop }), true).split('\n').length).toBeLessThan(
      10,
    );
  });
});

describe('output', () => {
  test('goes to a file, which others can read only where it has no secrets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layer-audit-output-'));
    try {
      await writeOutput('report\n', join(folder, 'open'));
      await writeOutput('secret\n', join(folder, 'secret'), { secret: true });
      expect(readFileSync(join(folder, 'open'), 'utf8')).toBe('report\n');
      expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
      await expect(writeOutput('x', join(folder, 'no/such/file'))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
      await expect(writeOutput('x', folder)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('an interrupt', () => {
  test('aborts, and is left to the system from then on', () => {
    const before = process.listenerCount('SIGINT');
    const { signal, release } = abortOnInterrupt();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'INTERRUPTED' });
    expect(process.listenerCount('SIGINT')).toBe(before);
    release();
  });

  test('is no longer watched for after the release', () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
    abortOnInterrupt().release();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
  });
});

describe('the progress line', () => {
  const draw = (isTTY: boolean, enabled: boolean, columns = 80): string => {
    let text = '';
    const line = new ProgressLine(
      {
        isTTY,
        columns,
        write: (part) => {
          text += part;
        },
      },
      enabled,
    );
    line.update({ type: 'opening', reference: 'acme\u001b[2J:1' });
    line.update({ type: 'layers', layers: 2, bytes: 3_000_000 });
    line.update({ type: 'layer-progress', layer: 'a', bytes: 1_000_000, totalBytes: null });
    line.update({ type: 'layer-done', layer: 'a' });
    line.update({ type: 'judging' });
    line.clear();
    return text;
  };

  test('is drawn on a terminal over itself, and wiped', () => {
    const parts = draw(true, true).split('\r\u001b[K');
    expect(parts).toContain('Opening acme\\x1b[2J:1');
    expect(parts).toContain('Examining layers: 1.0 MB of 3.0 MB, 1 of 2 layers done');
    expect(parts.at(-1)).toBe('');
  });

  test.each([
    [false, true],
    [true, false],
  ])('is silent where terminal is %j and wanted is %j', (isTTY, enabled) => {
    expect(draw(isTTY, enabled)).toBe('');
  });

  test('never wraps', () => {
    for (const part of draw(true, true, 20).split('\r\u001b[K')) expect(part.length).toBeLessThan(20);
  });
});

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(programVersion()).toBe(version);
});
