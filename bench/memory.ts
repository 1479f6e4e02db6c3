/** Loaded into a measured process with --import: writes its peak memory to the file named in BENCH_MEMORY. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const path = process.env['BENCH_MEMORY'];
  if (path !== undefined) writeFileSync(path, String(process.resourceUsage().maxRSS));
});
