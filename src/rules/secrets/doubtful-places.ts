import type { Evidence } from '../finding.ts';
import type { SecretKind } from './kinds.ts';

/** Folders of what others wrote: packages of distributions, languages and vendors. */
const LIBRARY =
  /^\/usr\/(?:lib|lib64|libexec|share|src|include)\/|^\/usr\/local\/(?:lib|share|go)\/|\/(?:node_modules|site-packages|dist-packages|gems|vendor|third_party|go\/pkg\/mod|\.cargo\/registry)\//;

/** Tests, their data, and manuals. */
const TEST_OR_MANUAL =
  /\/(?:tests?|testing|testdata|test[_-]data|__tests__|specs?|fixtures?|examples?|samples?|docs?|man)\/|\/test_[^/]{1,120}\.py$|_test\.(?:go|py|rb|exs)$|\.(?:test|spec)\.[cm]?[jt]sx?$|\.(?:md|rst|adoc)$/i;

/** Keys that packages make when they are installed, for those who have none yet. */
const SNAKEOIL = /\/ssl-cert-snakeoil\.key$/;

/**
 * Why a secret may be none where it stands: examples in the tests and manuals of libraries look like secrets. Only where
 * nothing but a name tells the kind: a token with a form of its own is one wherever it is. Null where a place speaks for it.
 */
export function doubtPlaces(kind: SecretKind, evidence: readonly Evidence[]): string | null {
  const paths = evidence.map(({ path, nestedPath }) => (path === null ? null : [path, ...nestedPath].join('/')));
  const all = (test: (path: string) => boolean): boolean =>
    paths.length > 0 && paths.every((path) => path !== null && test(path));
  if (all((path) => SNAKEOIL.test(path))) return 'it is the self-signed key that Debian’s ssl-cert makes for tests';
  if (kind.confidence === 'high') return null;
  return all((path) => LIBRARY.test(path) && TEST_OR_MANUAL.test(path))
    ? 'it stands in the tests or the manual of a library'
    : null;
}
