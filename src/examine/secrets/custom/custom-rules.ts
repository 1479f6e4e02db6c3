import type { Severity } from '../../../core/index.ts';

/**
 * Rules that the user brings. Plain data, with every text of a regular expression as it was written: they travel to the
 * worker threads with the job.
 */
export interface CustomRules {
  /** Names the rules and all that they say: what was found with others is not to be mixed with it. */
  readonly digest: string;
  readonly patterns: readonly CustomPattern[];
  /** What no pattern reports. */
  readonly allowlists: readonly CustomAllowlist[];
  readonly lint: CustomLint | null;
}

/** A regular expression of the user's, as gitleaks has them. */
export interface CustomPattern {
  /** Names the rule: `secrets/<id>`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** RE2; null for a rule that reports files by their path alone. */
  readonly regex: string | null;
  /** RE2; null where the path does not matter. */
  readonly path: string | null;
  /** The group that is the secret; 0 for the first one that took part. */
  readonly secretGroup: number;
  /** Least Shannon entropy of the secret, in bits a character; 0 for any. */
  readonly entropy: number;
  /** One of them stands near every match, in any case; none means that all text is searched. */
  readonly keywords: readonly string[];
  readonly allowlists: readonly CustomAllowlist[];
}

/** What is not to be reported. */
export interface CustomAllowlist {
  /** Whether all that is given has to apply, or any of it. */
  readonly all: boolean;
  readonly paths: readonly string[];
  /** What the regular expressions look at. */
  readonly target: 'secret' | 'match' | 'line';
  readonly regexes: readonly string[];
  /** Lower-case. */
  readonly stopwords: readonly string[];
  /** Whether commits are given: there are none here, so that this part of it never applies. */
  readonly commits: boolean;
}

/** Rules of secretlint that the user brings, resolved to the modules that they are. */
export interface CustomLint {
  readonly rules: readonly CustomLintRule[];
  readonly sharedOptions: Readonly<Record<string, unknown>>;
}

/** One of them, or a preset. */
export interface CustomLintRule {
  readonly id: string;
  /** Address of the module. */
  readonly url: string;
  /** The other members of its entry in the configuration, for secretlint. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a finding of a rule of the user's says of itself. */
export interface CustomKind {
  readonly title: string;
  readonly severity: Severity;
}
