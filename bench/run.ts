/**
 * How long an audit takes, in multiples of gunzip alone over the same layers: `npm run bench`.
 *
 *   npm run bench                          makes an image of 1.1 GB and 40,000 files
 *   npm run bench -- --megabytes 200       makes a smaller one
 *   npm run bench -- --image LAYOUT        measures an OCI layout with gzip layers that is there
 *   npm run bench -- --diff                measures audit diff of two versions against the audits of the two
 *
 * Peers that are installed are measured as well. Times are whole processes; start-up, measured with a tiny image
 * or nothing to do, is taken off. Quote the ratios: times differ from machine to machine and from hour to hour.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage, ociLayout, writeFolder } from '../test/support/image-builder.ts';
import { file } from '../test/support/tar-writer.ts';
import { benchDiff } from './diff.ts';
import { makeImage } from './make-image.ts';
import { measure, median, type Subject } from './measure.ts';
import { measureParts } from './parts.ts';

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    megabytes: { type: 'string', default: '1100' },
    files: { type: 'string', default: '40000' },
    rounds: { type: 'string', default: '3' },
    diff: { type: 'boolean', default: false },
  },
});

const node = process.execPath;
const run = new URL('../bin/run.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'layer-audit-bench-'));
process.once('SIGINT', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(130);
});

try {
  if (values.diff) {
    const { megabytes, files, rounds } = values;
    await benchDiff({ folder, megabytes: Number(megabytes), files: Number(files), rounds: Number(rounds), run });
  } else {
    await benchAudit();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An audit against gunzip alone, and what its parts cost. */
async function benchAudit(): Promise<void> {
  let layout = values.image === undefined ? undefined : resolve(values.image);
  if (layout === undefined) {
    layout = join(folder, 'image');
    console.log(`Making an image of ${values.megabytes} MB and ${values.files} files …`);
    const made = await makeImage({ folder: layout, megabytes: Number(values.megabytes), files: Number(values.files) });
    console.log(
      `${(made.storedBytes / 1e6).toFixed(0)} MB stored, ${(made.tarBytes / 1e6).toFixed(0)} MB uncompressed, ${made.files} files in 3 layers`,
    );
  }
  const tiny = join(folder, 'tiny');
  mkdirSync(tiny);
  writeFolder(ociLayout([buildImage({ steps: [{ createdBy: 'COPY a /', members: [file('a', 'x')] }] })]), tiny);

  const gunzip = (image: string): Subject => ({
    name: 'gunzip',
    command: node,
    args: [new URL('./gunzip.ts', import.meta.url).pathname, image],
    node: true,
  });
  const audit = (image: string, name: string): Subject => ({
    name,
    command: node,
    args: [run, 'image', `oci:${image}`, '--format', 'json', '--no-progress', '-o', '/dev/null'],
    node: true,
  });
  const peers = [
    {
      name: 'trivy (secrets)',
      command: 'trivy',
      args: ['image', '--quiet', '--scanners', 'secret', '--input', layout],
    },
    { name: 'syft', command: 'syft', args: ['--quiet', `oci-dir:${layout}`] },
  ].filter(({ command }) => spawnSync(command, ['--version']).status === 0);

  const rounds = Number(values.rounds);
  const [emptyGunzip, emptyAudit] = measure([gunzip(tiny), audit(tiny, 'audit image')], rounds);
  const startUp = new Map([emptyGunzip, emptyAudit].map((one) => [one?.name, median(one?.seconds ?? [0])]));
  const measured = measure(
    [gunzip(layout), audit(layout, 'audit image'), ...peers.map((peer) => ({ ...peer, node: false }))],
    rounds,
  );

  const limit = measured[0]?.seconds.map((seconds) => seconds - (startUp.get('gunzip') ?? 0)) ?? [];
  console.log(
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${rounds} rounds, start-up taken off`,
  );
  for (const { name, seconds, peakMegabytes } of measured) {
    const net = seconds.map((one) => one - (startUp.get(name) ?? 0));
    const ratios = net.map((one, i) => one / (limit[i] as number));
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const memory = peakMegabytes === null ? '' : `, ${peakMegabytes.toFixed(0)} MB at most`;
    console.log(
      `${name.padEnd(16)} ${median(ratios).toFixed(2)} times gunzip (${range}), ${median(net).toFixed(2)} s${memory}`,
    );
  }
  console.log('The parts alone, in one thread:');
  for (const { name, seconds, bytes } of await measureParts(layout)) {
    const ratio = (seconds / median(limit)).toFixed(2);
    console.log(`  ${name.padEnd(46)} ${ratio} times gunzip, ${(bytes / seconds / 1e9).toFixed(2)} GB/s`);
  }
}
