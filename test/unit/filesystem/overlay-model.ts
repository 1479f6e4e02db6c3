/**
 * Overlay semantics as simply as they can be written: one map from path to what is there. Slow, and so plain
 * that it can be checked by reading.
 */
import type { HiddenHow } from '../../../src/filesystem/index.ts';

/** An entry of a layer in the model. */
export interface ModelEntry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'whiteout' | 'opaque';
  /** Of a whiteout, the path that it deletes; of an opaque marker, the folder. */
  readonly path: string;
  /** Of a link. */
  readonly target: string;
}

/** What became of the entries of a stack of layers. */
export interface ModelResult {
  /** `layer:row` by path. */
  readonly live: Map<string, string>;
  /** `layer how` by `layer:row`. */
  readonly hidden: Map<string, string>;
}

interface Live {
  readonly id: string;
  readonly entry: ModelEntry;
}

/** Applies layers, lowest first. */
export function applyModel(layers: readonly (readonly ModelEntry[])[]): ModelResult {
  const live = new Map<string, Live>();
  const hidden = new Map<string, string>();

  const hide = (path: string, layer: number, how: HiddenHow): void => {
    const there = live.get(path);
    if (there === undefined) return;
    hidden.set(there.id, `${layer} ${how}`);
    live.delete(path);
  };
  const hideBelow = (path: string, layer: number, how: HiddenHow): void => {
    for (const other of [...live.keys()]) if (path === '' || other.startsWith(`${path}/`)) hide(other, layer, how);
  };
  /** Where a folder really is: links followed, `..` stopping at the root. */
  const resolve = (folder: string, onStep: (path: string) => void): string => {
    let at: string[] = [];
    let links = 0;
    const rest = folder.split('/');
    while (rest.length > 0) {
      const segment = rest.shift() as string;
      if (segment === '' || segment === '.') continue;
      if (segment === '..') {
        at = at.slice(0, -1);
        continue;
      }
      const next = [...at, segment];
      onStep(next.join('/'));
      const there = live.get(next.join('/'))?.entry;
      if (there?.kind === 'symlink' && links < 255) {
        links += 1;
        if (there.target.startsWith('/')) at = [];
        rest.unshift(...there.target.split('/'));
      } else {
        at = next;
      }
    }
    return at.join('/');
  };
  const split = (path: string): [string, string] => {
    const slash = path.lastIndexOf('/');
    return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
  };
  const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

  for (const [layer, entries] of layers.entries()) {
    for (const { kind, path } of entries) {
      if (kind === 'opaque')
        hideBelow(
          resolve(path, () => undefined),
          layer,
          'opaque',
        );
      if (kind === 'whiteout') {
        const [folder, name] = split(path);
        const target = join(
          resolve(folder, () => undefined),
          name,
        );
        hide(target, layer, 'whiteout');
        hideBelow(target, layer, 'whiteout');
      }
    }
    for (const [row, entry] of entries.entries()) {
      if (entry.kind === 'whiteout' || entry.kind === 'opaque') continue;
      const [folder, name] = split(entry.path);
      const parent = resolve(folder, (step) => {
        if (live.get(step)?.entry.kind === 'file') hide(step, layer, 'type-change');
      });
      const path = join(parent, name);
      const before = live.get(path)?.entry.kind;
      hide(path, layer, before === entry.kind ? 'overwrite' : 'type-change');
      if (entry.kind !== 'directory') hideBelow(path, layer, 'type-change');
      live.set(path, { id: `${layer}:${row}`, entry });
    }
  }
  return { live: new Map([...live].map(([path, { id }]) => [path, id])), hidden };
}
