import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import type { Detector } from '../detector.ts';
import type { Judgement } from '../judgement.ts';
import type { CustomAllowlist, CustomPattern } from './custom-rules.ts';

/** Matches of one rule looked at in one part of a text: more are bait, or a rule that matches everything. */
const MAX_MATCHES = 500;
/** Bytes that are looked at together, and bytes behind them that a match may go on in. */
const PIECE_BYTES = 8 * 1024;
const PIECE_OVERLAP = 8 * 1024;
/** Steps of a test, in which states are known already, against those of finding the groups. */
const TEST_SHARE = 16;

/** What regular expressions of the user's may still cost: bytes looked at times the size of the expression. */
export interface StepBudget {
  left: number;
  /** Bytes that were not searched because nothing was left. */
  skippedBytes: number;
}

type Pattern = Pick<RE2JS, 'test' | 'matcher' | 'programSize'>;

let engine: typeof RE2JS | undefined;

/**
 * Compiles a regular expression in RE2's language, which needs linear time whatever it is given. The attack: a hostile
 * or careless expression, together with a text made for it, that a backtracking engine never comes to an end with.
 * @throws Error whose message says what is wrong
 */
export function compileRegex(source: string): Pattern {
  // Loaded when first needed: hardly any run has rules of the user's.
  engine ??= (createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
  return engine.compile(source);
}

/** Where a match and its groups stand; a group that took no part has no length. */
interface Match {
  readonly region: readonly [start: number, end: number];
  readonly groups: readonly (readonly [start: number, end: number])[];
}

function toMatch(matcher: ReturnType<Pattern['matcher']>, offset: number): Match {
  const place = (group: number): readonly [number, number] => [
    offset + matcher.start(group),
    offset + matcher.end(group),
  ];
  return { region: place(0), groups: Array.from({ length: matcher.groupCount() }, (_, i) => place(i + 1)) };
}

interface CompiledAllowlist {
  readonly list: CustomAllowlist;
  readonly paths: readonly Pattern[];
  readonly regexes: readonly Pattern[];
}

/** A rule of the user's, ready to be asked. */
export class PatternRule {
  readonly #rule: CustomPattern;
  readonly #regex: Pattern | null;
  readonly #path: Pattern | null;
  readonly #allowlists: readonly CompiledAllowlist[];
  readonly #steps: number;

  constructor(rule: CustomPattern, common: readonly CustomAllowlist[]) {
    this.#rule = rule;
    this.#regex = rule.regex === null ? null : compileRegex(rule.regex);
    this.#path = rule.path === null ? null : compileRegex(rule.path);
    this.#allowlists = [...common, ...rule.allowlists].map((list) => ({
      list,
      paths: list.paths.map(compileRegex),
      regexes: list.regexes.map(compileRegex),
    }));
    this.#steps = this.#regex?.programSize() ?? 0;
  }

  /** Whether it reports this file for its path alone. */
  reportsFile(path: string): boolean {
    return this.#regex === null && this.#wantsPath(path) && !this.#allows('', '', '', path);
  }

  /** Judges a part of a text. Places are offsets in `bytes`. */
  judge(detector: Detector, bytes: Uint8Array, path: string, budget: StepBudget): Judgement[] {
    if (this.#regex === null || !this.#wantsPath(path)) return [];
    const judgements: Judgement[] = [];
    let searchedTo = 0;
    for (const match of this.#matches(this.#regex, bytes, budget)) {
      const [start, end] = this.#secretIn(match);
      const region = match.region;
      // A piece may begin in the middle of what the one before found.
      if (region[0] < searchedTo) continue;
      searchedTo = region[1];
      if (start >= end || !this.#accepts(bytes, region, [start, end], path)) continue;
      const redacted = redact(Buffer.from(bytes.subarray(start, end)).toString('latin1'), detector);
      judgements.push({ detector, start, end, region, redacted, doubt: null });
    }
    return judgements;
  }

  /**
   * Matches in order. Whether there is any is told by an automaton that is many times faster than finding where: so the
   * bytes are looked at in pieces, and searched in those only that have one.
   */
  *#matches(regex: Pattern, bytes: Uint8Array, budget: StepBudget): Generator<Match> {
    let matches = 0;
    for (let at = 0; at === 0 || at + PIECE_OVERLAP < bytes.byteLength; at += PIECE_BYTES) {
      // One byte more: expressions ask what stands in front.
      const from = Math.max(0, at - 1);
      const piece = bytes.subarray(from, at + PIECE_BYTES + PIECE_OVERLAP);
      const isLast = at + PIECE_BYTES + PIECE_OVERLAP >= bytes.byteLength;
      if (!this.#spend(piece.byteLength, piece.byteLength / TEST_SHARE, budget)) continue;
      if (!regex.test(piece)) continue;
      const matcher = regex.matcher(piece);
      // Each look for another match may read on to the end.
      for (let to = 0; this.#spend(0, piece.byteLength - to, budget) && matcher.find(); to = matcher.end()) {
        if (!isLast && matcher.start() > PIECE_BYTES) break;
        matches += 1;
        if (matches > MAX_MATCHES) {
          budget.skippedBytes += bytes.byteLength - at;
          return;
        }
        yield toMatch(matcher, from);
      }
    }
  }

  #wantsPath(path: string): boolean {
    return this.#path === null || matchesPath(this.#path, path);
  }

  #spend(bytes: number, looks: number, budget: StepBudget): boolean {
    if (budget.left <= 0) {
      budget.skippedBytes += bytes;
      return false;
    }
    budget.left -= looks * this.#steps;
    return true;
  }

  #secretIn({ region, groups }: Match): readonly [start: number, end: number] {
    const { secretGroup } = this.#rule;
    if (secretGroup > 0) return groups[secretGroup - 1] ?? [0, 0];
    return groups.find(([start, end]) => end > start) ?? region;
  }

  #accepts(
    bytes: Uint8Array,
    region: readonly [number, number],
    place: readonly [number, number],
    path: string,
  ): boolean {
    const text = ([from, to]: readonly [number, number]): string => Buffer.from(bytes.subarray(from, to)).toString();
    const secret = text(place);
    if (this.#rule.entropy > 0 && entropyOf(secret) <= this.#rule.entropy) return false;
    return !this.#allows(secret, text(region), text(lineAround(bytes, region)), path);
  }

  #allows(secret: string, match: string, line: string, path: string): boolean {
    return this.#allowlists.some(({ list, paths, regexes }) => {
      const lower = secret.toLowerCase();
      const target = list.target === 'secret' ? secret : list.target === 'match' ? match : line;
      const checks = [
        ...(list.commits ? [false] : []),
        ...(paths.length === 0 ? [] : [path !== '' && paths.some((one) => matchesPath(one, path))]),
        ...(regexes.length === 0 ? [] : [target !== '' && regexes.some((one) => one.test(target))]),
        ...(list.stopwords.length === 0 ? [] : [list.stopwords.some((word) => lower.includes(word))]),
      ];
      return list.all ? checks.every(Boolean) : checks.some(Boolean);
    });
  }
}

/** Whether a path is meant: as it is below the root, and as reports write it, with a slash in front. */
function matchesPath(pattern: Pattern, path: string): boolean {
  return path !== '' && (pattern.test(path) || pattern.test(`/${path}`));
}

/** The lines that a match stands in, as far as they are here. */
function lineAround(bytes: Uint8Array, [start, end]: readonly [number, number]): readonly [number, number] {
  const to = bytes.indexOf(0x0a, Math.max(start, end - 1));
  return [start === 0 ? 0 : bytes.lastIndexOf(0x0a, start - 1) + 1, to < 0 ? bytes.byteLength : to];
}

/** A keyword that the secret begins with tells nothing that the rule does not tell. */
function redact(secret: string, { literals }: Detector): string {
  const lower = secret.toLowerCase();
  const known = literals.find(({ text }) => lower.startsWith(text) && secret.length - text.length >= 16);
  return `${secret.slice(0, known?.text.length ?? 0)}****`;
}

/** Shannon entropy of a text, in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  let length = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    length += 1;
  }
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}
