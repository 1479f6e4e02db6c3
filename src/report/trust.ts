import type { Gap } from '../core/index.ts';
import type { CheckedAttachment, TrustVerdict } from '../trust/index.ts';
import type { Report } from './report.ts';

/** How signatures were checked. */
export interface TrustSection {
  /** Whom the user said to trust. */
  readonly policy: {
    /**
     * Who said so. `nobody`: no one did; `flags`: the command line; `rule`: a rule of a configuration file; `no-rule`: such
     * a file, which says nothing of this image.
     */
    readonly origin: 'nobody' | 'flags' | 'rule' | 'no-rule';
    /** The configuration file. */
    readonly path?: string;
    /** The rule's repositories; of `no-rule` the one that there is no rule for, null for what is in none. */
    readonly repository?: string | null;
    readonly keys: readonly { readonly name: string; readonly fingerprint: string }[];
    /** The first of the identities. */
    readonly identity: { readonly name: string; readonly issuer: string } | null;
    readonly identities: readonly { readonly name: string; readonly issuer: string }[];
    /** Authorities of the user's own, in place of those of the trusted root. */
    readonly authorities: {
      readonly roots: readonly TrustReportCertificate[];
      /** Of time stamps; none means those of the trusted root. */
      readonly timeStampRoots: readonly TrustReportCertificate[];
      readonly identity: { readonly name: string; readonly issuer: string | null } | null;
    } | null;
    /** Roots that signatures of Notation may lead to, and subjects of signers; no subject means whomever they certify. */
    readonly notation: {
      readonly roots: readonly TrustReportCertificate[];
      readonly identities: readonly string[];
      /** The statement of a trust policy that is for this repository; null where roots were given without one. */
      readonly statement: { readonly name: string; readonly level: string; readonly logged: readonly string[] } | null;
    } | null;
    /** How many different signers have to have signed an image. */
    readonly signatures: number;
    /** Types of attestations that have to be there. */
    readonly attestations: readonly string[];
    /** Whether signatures count that no transparency log knows. */
    readonly ignoreLog: boolean;
  };
  /** The authorities and logs that signatures were held against. */
  readonly trustedRoot: {
    readonly origin: 'embedded' | 'file' | 'mirror';
    readonly place: string;
    /** When its newest authority or log begins to be valid: it knows of nothing that came later. */
    readonly knowsUntil: string | null;
    /** Until when the metadata that vouch for it are valid. */
    readonly expires: string | null;
  };
  /** What was not done, in sentences. */
  readonly notChecked: readonly string[];
  /** Under what was looked for attachments, and what kept from looking. */
  readonly searched: readonly {
    readonly digest: string;
    readonly role: SignedRole;
    readonly found: number;
    readonly troubles: readonly string[];
  }[];
}

/** What a signature is over: an index, an image's manifest, or what BuildKit attests of an image. */
export type SignedRole = 'index' | 'image' | 'attestation-manifest';

/**
 * What `audit verify` says: who signed an image, and whether it is whom the user trusts. A document as the report is one:
 * names are a contract with scripts.
 */
export interface TrustReport extends TrustSection {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'layer-audit'; readonly version: string };
  readonly subject: Report['subject'];
  /** Left out where two runs on the same bytes are to say the same. */
  readonly startedAt?: string;
  /** One for each platform. */
  readonly images: readonly ({
    readonly platform: string;
    readonly names: readonly string[];
    readonly manifestDigest: string | null;
  } & TrustReportVerdict)[];
  readonly attachments: readonly TrustReportAttachment[];
  readonly gaps: readonly Gap[];
  readonly verdict: { readonly verified: boolean; readonly exitStatus: number };
}

/** What the signatures of one image are worth. */
export interface TrustReportVerdict {
  readonly verdict: TrustVerdict;
  readonly reasons: readonly string[];
  /** The documents whose signatures count: the image's manifest, or an index above it. */
  readonly signed: readonly { readonly digest: string; readonly role: SignedRole }[];
}

/** A certificate that is trusted. */
export interface TrustReportCertificate {
  readonly subject: string;
  /** `sha256:…` of its bytes. */
  readonly fingerprint: string;
}

/** One signature, or one statement, and what it is worth. */
export interface TrustReportAttachment {
  /** Its manifest. */
  readonly digest: string;
  /** The blob that holds it. */
  readonly blob: string | null;
  /** The document it hangs on. */
  readonly subject: string | null;
  readonly kind: CheckedAttachment['kind'];
  readonly format: CheckedAttachment['format'];
  readonly mediaType: string;
  readonly foundBy: CheckedAttachment['foundBy'];
  readonly verdict: TrustVerdict;
  readonly reasons: readonly string[];
  /** Who signed, where the signature itself is right; whether it is whom the user trusts, the verdict says. */
  readonly signer:
    | { readonly kind: 'certificate'; readonly name: string; readonly issuer: string | null }
    | { readonly kind: 'key'; readonly name: string; readonly fingerprint: string }
    | null;
  /** Names that the policy has for who signed, where it is verified. */
  readonly trustedAs: readonly string[];
  /** The signature over the manifest that an unsigned statement is a part of. */
  readonly coveredBy: string | null;
  /** When it was there already, by whom. */
  readonly times: readonly { readonly at: string; readonly by: 'log' | 'timestamp-authority' | 'signing-authority' }[];
  readonly logs: readonly { readonly url: string; readonly index: string }[];
  readonly predicateType: string | null;
  /** The image's name as the signer wrote it. */
  readonly reference: string | null;
}
