/** Compiles src/examine/prefilter/kernel.as.ts to WebAssembly and writes it as a TypeScript constant. */
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const source = new URL('../../src/examine/prefilter/kernel.as.ts', import.meta.url);
const target = new URL('../../src/examine/prefilter/kernel-wasm.ts', import.meta.url);

/** The text of kernel-wasm.ts for the kernel's source as it is now. */
export async function generateKernel(): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'kernel.as.ts',
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--enable',
      'relaxed-simd',
      '--importMemory',
      '--noAssert',
      '--outFile',
      'kernel.wasm',
    ],
    {
      readFile: (name) => (name === 'kernel.as.ts' ? readFileSync(source, 'utf8') : null),
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`AssemblyScript: ${error?.message}\n${stderr.toString()}`);
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  return [
    '// Made from kernel.as.ts by `npm run generate`; test/unit/examine/kernel.test.ts holds the two together.',
    '',
    '/** The compiled kernel. */',
    'export const KERNEL_BASE64 =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(target, await generateKernel());
