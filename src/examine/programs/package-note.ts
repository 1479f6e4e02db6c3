/** The package that a program says it is of (UAPI group, "Package Metadata for Executable Files"). */
export interface PackageNote {
  /** `rpm`, `deb`, `apk`, `alpm`. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

const OWNER = 'FDO\0';
const NOTE_TYPE = 0xcafe1a7e;
const HEADER_BYTES = 12;
/** Notes of one segment looked at. */
const MAX_NOTES = 64;

/** Finds the note of a package in a segment of notes (gABI, "Note Section"): sizes, type, owner, content. */
export function readPackageNote(segment: Uint8Array, bigEndian: boolean): PackageNote | null {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  for (let at = 0, notes = 0; at + HEADER_BYTES <= segment.byteLength && notes < MAX_NOTES; notes += 1) {
    const [ownerBytes, contentBytes, type] = [0, 4, 8].map((field) => view.getUint32(at + field, !bigEndian)) as [
      number,
      number,
      number,
    ];
    const content = at + HEADER_BYTES + align(ownerBytes);
    if (content + contentBytes > segment.byteLength) return null;
    const owner = Buffer.from(segment.subarray(at + HEADER_BYTES, at + HEADER_BYTES + ownerBytes)).toString('latin1');
    if (type === NOTE_TYPE && owner === OWNER) return parseNote(segment.subarray(content, content + contentBytes));
    at = content + align(contentBytes);
  }
  return null;
}

function align(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function parseNote(bytes: Uint8Array): PackageNote | null {
  try {
    const note = JSON.parse(Buffer.from(bytes).toString('utf8').replace(/\0+$/, '')) as Record<string, unknown> | null;
    const text = (key: string): string => (typeof note?.[key] === 'string' ? (note[key] as string).slice(0, 200) : '');
    const name = text('name');
    return name === ''
      ? null
      : { type: text('type'), name, version: text('version'), architecture: text('architecture') };
  } catch {
    return null;
  }
}
