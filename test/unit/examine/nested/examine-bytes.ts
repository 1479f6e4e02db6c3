/** What a {@link NestedExaminer} makes of some bytes. */
import { DEFAULT_LIMITS } from '../../../../src/core/index.ts';
import { NestedExaminer, type NestedLimits } from '../../../../src/examine/nested/nested-examiner.ts';

export interface Examined {
  /** Content by the path of members that leads to it. */
  readonly files: Record<string, string>;
  readonly notes: string[];
  readonly exhausted: boolean;
}

/** Examines a file, in chunks of one size. */
export function examine(
  bytes: Uint8Array,
  more: { name?: string; chunkBytes?: number } & Partial<NestedLimits> = {},
): Examined {
  const { name = 'app/archive', chunkBytes = bytes.byteLength, ...limits } = more;
  const files: Record<string, string> = {};
  const notes: string[] = [];
  const examiner = new NestedExaminer({
    limits: { ...DEFAULT_LIMITS, ...limits },
    open: (path) => {
      const parts: Buffer[] = [];
      return {
        push: (piece) => parts.push(Buffer.from(piece)),
        end: () => {
          files[path.join(' > ')] = Buffer.concat(parts).toString('latin1');
        },
      };
    },
    note: (path, message) => notes.push([...path, message].join(' > ')),
  });
  const sink = examiner.begin(() => name);
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) sink.push(bytes.slice(at, at + chunkBytes));
  sink.end();
  return { files, notes, exhausted: examiner.exhausted };
}
