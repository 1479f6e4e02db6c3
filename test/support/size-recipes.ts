/** Arbitrary layers with few names and few contents, so that entries meet. */
import fc from 'fast-check';
import { dir, file, hardlink, opaque, symlink, type TarMemberSpec, whiteout } from './tar-writer.ts';

const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const content = fc.constantFrom('', 'x', 'xx', 'same', 'other content');
const attributes = fc.record({
  mode: fc.constantFrom(0o644, 0o755),
  uid: fc.constantFrom(0, 1000),
  mtime: fc.constantFrom(0, 1_700_000_000),
});

const member: fc.Arbitrary<TarMemberSpec> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(path, content, attributes).map(([name, text, more]) => file(name, text, more)) },
  { weight: 3, arbitrary: fc.tuple(path, attributes).map(([name, more]) => dir(name, more)) },
  { weight: 2, arbitrary: fc.tuple(path, path).map(([name, target]) => hardlink(name, target)) },
  { weight: 1, arbitrary: fc.tuple(path, path).map(([name, target]) => symlink(name, `/${target}`)) },
  { weight: 2, arbitrary: path.map(whiteout) },
  { weight: 1, arbitrary: path.map(opaque) },
);

/** Layers of an image, lowest first. */
export const arbitraryLayers: fc.Arbitrary<TarMemberSpec[][]> = fc.array(fc.array(member, { maxLength: 8 }), {
  minLength: 1,
  maxLength: 5,
});

/** Bytes that the regular files of some members have. */
export function fileBytes(members: readonly TarMemberSpec[]): number {
  return members
    .filter(({ type = '0', name }) => type === '0' && !String(name).includes('.wh.'))
    .reduce((sum, { content: bytes = '' }) => sum + Buffer.byteLength(bytes), 0);
}
