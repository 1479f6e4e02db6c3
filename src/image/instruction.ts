/** Behind every instruction that BuildKit ran; looked for at the end only, because histories can be megabytes. */
const BUILDKIT = '# buildkit';

/**
 * The Dockerfile instruction behind a history entry's `created_by`, as far as it tells.
 *
 * Docker's classic builder writes `/bin/sh -c #(nop)  CMD […]` for instructions that run nothing and
 * `/bin/sh -c …` for RUN, with build arguments before it as `|2 A=1 B=2 /bin/sh -c …`; BuildKit writes the
 * instruction and `# buildkit`. What other tools write is left as it is.
 */
export function formatInstruction(createdBy: string): string {
  const trimmed = createdBy.trim();
  const text = /\s# buildkit$/.test(trimmed.slice(-BUILDKIT.length - 1))
    ? trimmed.slice(0, -BUILDKIT.length).trim()
    : trimmed;
  const nop = /^\/bin\/sh -c #\(nop\)\s*/.exec(text);
  if (nop !== null) return text.slice(nop[0].length).trim();
  const run = /^(?:RUN )?\/bin\/sh -c /.exec(text);
  if (run !== null) return `RUN ${text.slice(run[0].length).trim()}`;
  if (/^\|\d+ /.test(text)) return `RUN ${text}`;
  return text;
}
