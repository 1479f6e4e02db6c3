import type { PackageKind } from '../examine/index.ts';

/** Below 0 where the first version is lower, above where it is higher; null where that is not known. */
type Comparison = (a: string, b: string) => number | null;

/** Who orders versions how. Kinds that are not here have versions that only numbers say the order of. */
const COMPARISONS: Partial<Record<PackageKind, Comparison>> = {
  dpkg: compareDebian,
  opkg: compareDebian,
  rpm: compareRpm,
  pacman: compareRpm,
  apk: compareAlpine,
  npm: compareSemantic,
  cargo: compareSemantic,
  golang: compareSemantic,
};

/**
 * Compares two versions as the package manager of their kind does: dpkg by Debian Policy 5.6.12, rpm and pacman by
 * rpmvercmp, apk as apk-tools does, npm, cargo and Go by Semantic Versioning 2.0. Of others, versions of numbers only are
 * compared number by number; null where the order is not known.
 */
export function compareVersions(kind: PackageKind, a: string, b: string): number | null {
  if (a === b) return 0;
  return (COMPARISONS[kind] ?? compareNumbers)(a, b);
}

function compareNumbers(a: string, b: string): number | null {
  const isNumeric = (text: string): boolean => /^\d+(?:\.\d+)*$/.test(text);
  if (!isNumeric(a) || !isNumeric(b)) return null;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = compareDigits(left[i] ?? '0', right[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers of any length: leading zeros do not count. */
function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return compareTexts(left, right);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Splits `epoch:version-release`. */
function parts(version: string): { epoch: string; upstream: string; release: string } {
  const [, epoch = '0', rest = version] = /^(\d+):(.*)$/s.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return dash < 0
    ? { epoch, upstream: rest, release: '' }
    : { epoch, upstream: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

function compareParts(a: string, b: string, compare: (a: string, b: string) => number): number {
  const [left, right] = [parts(a), parts(b)];
  return (
    compareDigits(left.epoch, right.epoch) ||
    compare(left.upstream, right.upstream) ||
    compare(left.release, right.release)
  );
}

function compareDebian(a: string, b: string): number {
  return compareParts(a, b, compareDebianPart);
}

/** Texts and numbers in turns; `~` comes before everything, even the end, and letters before other characters. */
function compareDebianPart(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = debianOrder(a, i) - debianOrder(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)];
    const order = compareDigits(a.slice(i, endA), b.slice(j, endB));
    if (order !== 0) return order;
    [i, j] = [endA, endB];
  }
  return 0;
}

function debianOrder(text: string, at: number): number {
  const character = text[at];
  if (character === undefined || isDigit(text, at)) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text, end)) end += 1;
  return end;
}

function compareRpm(a: string, b: string): number {
  return compareParts(a, b, compareRpmPart);
}

/** Segments of letters or digits; a number is higher than letters, `~` lower than the end and `^` higher than it. */
function compareRpmPart(a: string, b: string): number {
  const [left, right] = [rpmSegments(a), rpmSegments(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [one, other] = [left[i], right[i]];
    if (one === other) continue;
    if (one === '~' || other === '~') return one === '~' ? -1 : 1;
    if (one === '^' || other === '^') {
      if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
      return one === '^' ? -1 : 1;
    }
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (isDigit(one, 0) !== isDigit(other, 0)) return isDigit(one, 0) ? 1 : -1;
    const order = isDigit(one, 0) ? compareDigits(one, other) : compareTexts(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function rpmSegments(text: string): string[] {
  return text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}

/** What comes before a version without a suffix, and what after it. */
const ALPINE_SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];

/** `1.2.3b_rc1-r4`: numbers, a letter, suffixes, a revision. */
function compareAlpine(a: string, b: string): number | null {
  const [left, right] = [readAlpine(a), readAlpine(b)];
  if (left === null || right === null) return null;
  const numbers = compareNumbers(left.numbers, right.numbers) ?? 0;
  if (numbers !== 0) return numbers;
  const letters = compareTexts(left.letter, right.letter);
  if (letters !== 0) return letters;
  for (let i = 0; i < Math.max(left.suffixes.length, right.suffixes.length); i += 1) {
    const [one, other] = [left.suffixes[i] ?? ['', ''], right.suffixes[i] ?? ['', '']];
    const order =
      ALPINE_SUFFIXES.indexOf(one[0] ?? '') - ALPINE_SUFFIXES.indexOf(other[0] ?? '') ||
      compareDigits(one[1] ?? '', other[1] ?? '');
    if (order !== 0) return order;
  }
  return compareDigits(left.revision, right.revision);
}

function readAlpine(
  version: string,
): { numbers: string; letter: string; suffixes: string[][]; revision: string } | null {
  const match = /^(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/.exec(version);
  if (match === null) return null;
  const [, numbers = '', letter = '', suffixes = '', revision = ''] = match;
  const list = suffixes
    .split('_')
    .slice(1)
    .map((one) => [one.replace(/\d+$/, ''), /\d*$/.exec(one)?.[0] ?? '']);
  return list.every(([name = '']) => ALPINE_SUFFIXES.includes(name))
    ? { numbers, letter, suffixes: list, revision }
    : null;
}

function compareSemantic(a: string, b: string): number | null {
  const [left, right] = [readSemantic(a), readSemantic(b)];
  if (left === null || right === null) return null;
  const numbers = compareNumbers(left.numbers, right.numbers) ?? 0;
  if (numbers !== 0) return numbers;
  // A version before a release is lower than the release.
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length;
  for (let i = 0; i < Math.max(left.before.length, right.before.length); i += 1) {
    const [one, other] = [left.before[i], right.before[i]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    const order = isNumber ? compareDigits(one, other) : compareTexts(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

/** Go writes `v1.2.3` and `go1.22`. */
function readSemantic(version: string): { numbers: string; before: string[] } | null {
  const match = /^(?:v|go)?(\d+(?:\.\d+){0,2})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (match === null) return null;
  return { numbers: match[1] as string, before: match[2]?.split('.') ?? [] };
}
