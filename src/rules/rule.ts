import type { Confidence, Severity } from '../core/index.ts';
import type { ImageEvidence, SubjectEvidence } from './evidence.ts';
import type { Evidence, FindingState } from './finding.ts';

/** A problem that a rule saw in one image; the same problem in several images is put together. */
export interface Draft {
  /** Tells problems of one rule apart, the same in every image and build: a path, a name, a field. */
  readonly key: string;
  /**
   * What the fingerprint is made of instead of the key, for keys that differ from machine to machine. The
   * places of the finding count as well.
   */
  readonly identity?: 'places';
  readonly state: FindingState;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** Where it differs from the rule's. */
  readonly title?: string;
  /** What was seen, as a sentence. */
  readonly message: string;
  /** Where it differs from the rule's fix. */
  readonly remediation?: string;
  readonly evidence: readonly Evidence[];
}

/** What a rule says about itself; `audit explain` prints it. */
export interface RuleDescription {
  /** `family/name`. */
  readonly id: string;
  readonly title: string;
  /** Severity unless a finding says otherwise. */
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One paragraph: why it matters. */
  readonly why: string;
  /** How to get rid of it. */
  readonly fix: string;
  readonly references: readonly string[];
}

/** A rule: a description and a pure function of the evidence. */
export interface Rule extends RuleDescription {
  /** Looks at one image. */
  readonly judgeImage?: (evidence: ImageEvidence) => Iterable<Draft>;
  /** Looks at the subject as a whole. */
  readonly judgeSubject?: (evidence: SubjectEvidence) => Iterable<Draft>;
}
