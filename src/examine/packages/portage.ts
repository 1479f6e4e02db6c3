import { decodeBytes } from '../../core/index.ts';
import { type PackageFacts, type ParseContext, toPackage } from './package.ts';
import { FileListBuilder, linesOf } from './stanzas.ts';

/** A version as Gentoo's package manager specification has it (PMS 3.2), behind the name in a folder's name. */
const VERSIONED = /^(.+?)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

/**
 * Reads `var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS` (PMS, "Contents of the VDB"): the folder names the package, the lines
 * its files: `obj PATH MD5 TIME`, `sym PATH -> TARGET TIME`, `dir PATH`.
 */
export function parsePortageContents(bytes: Uint8Array, path: string, context: ParseContext): PackageFacts[] {
  const [category = '', folder = ''] = path.split('/').slice(-3);
  const named = VERSIONED.exec(folder.slice(0, 300));
  if (named === null) return [];
  const files = new FileListBuilder(context);
  for (const line of linesOf(decodeBytes(bytes))) {
    if (line.startsWith('obj ')) files.add(line.slice(4).split(' ').slice(0, -2).join(' '));
    else if (line.startsWith('sym ')) files.add(line.slice(4).split(' -> ', 1)[0] as string);
  }
  const [, name = '', version = ''] = named;
  return [toPackage({ name: `${category}/${name}`, namespace: category, version, files: files.finish() })];
}
