/** Tokens that say what they are: JSON Web Tokens, and what stands in a request’s head. */
import type { Doubt } from '../doubts.ts';
import { decodeLogin, doubtPassword, isWritten } from './password-checks.ts';
import type { PatternToken, Provider } from './provider.ts';
import { isMixed } from './value-checks.ts';

/** What a token claims; null where it is none. */
function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const [head, claims] = token.split('.', 2).map((part) => parseObject(part));
    return head === undefined || claims === undefined || typeof head['alg'] !== 'string' ? null : claims;
  } catch {
    return null;
  }
}

function parseObject(base64: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(base64, 'base64url').toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new TypeError('it is no object');
  return value as Record<string, unknown>;
}

function isServiceAccount(token: string): boolean {
  const claims = claimsOf(token);
  return (
    claims !== null && (claims['iss'] === 'kubernetes/serviceaccount' || typeof claims['kubernetes.io'] === 'object')
  );
}

/**
 * Tokens that were over when these rules were written are over. Not the time of the audit: the same bytes give the same
 * record whenever they are examined.
 */
const RULES_DATE = Date.UTC(2026, 10, 1);

/** Whether a text is a token, or was one before somebody changed a character of it: its parts are objects in JSON. */
function isWebToken(token: string): boolean {
  const [head = '', claims = ''] = token.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  return /^\{\s{0,4}"/.test(claims) && /^\{.{0,200}"alg"\s{0,4}:\s{0,4}"\w.{0,800}\}\s{0,4}$/s.test(head);
}

/** What tokens in the manuals of libraries claim. */
const SAMPLE_CLAIMS = ['{}', '{"some":"payload"}', '{"foo":"bar"}', '{"hello":"world"}'];

/** Why a token may open nothing: it is over, everybody may have it, or it is the one that manuals show. */
function doubtWebToken(token: string): Doubt {
  const claims = claimsOf(token) ?? {};
  if (claims['name'] === 'John Doe' || claims['sub'] === '1234567890') return 'it is the example of jwt.io';
  if (SAMPLE_CLAIMS.includes(JSON.stringify(claims))) return 'it is one that manuals show';
  if (claims['role'] === 'anon') return 'it is meant for everybody: its role is anon';
  const { exp } = claims;
  if (typeof exp === 'number' && exp * 1000 < RULES_DATE) return `it expired on ${toDay(exp)}`;
  return null;
}

function toDay(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'a day long ago' : date.toISOString().slice(0, 10);
}

const WEB_TOKEN: PatternToken = {
  // A head begins with one of its names: alg, typ, kid, x5t, x5c, cty.
  literals: ['hbGci', '0eXAi', 'raWQi', '4NXQi', '4NWMi', 'jdHki'].map((text) => ({
    text: `eyJ${text}`,
    gate: { follows: 'run', of: 'wordDashDot', atLeast: 40 },
  })),
  before: 1,
  after: 12_000,
  pattern: /(?<![A-Za-z0-9_-])eyJ[\w-]{14,4000}\.eyJ[\w-]{10,8000}\.[\w-]{20,2000}(?![\w-])/g,
  accepts: isWebToken,
  doubt: doubtWebToken,
};

export const WEB_TOKEN_PROVIDERS: readonly Provider[] = [
  {
    id: 'kubernetes-service-account-token',
    title: 'Kubernetes service account token',
    gives: 'use the cluster as the service account',
    revoke: 'Delete its secret, or the service account: kubectl delete secret',
    reference: 'https://kubernetes.io/docs/concepts/security/service-accounts/',
    // Their head begins with alg.
    formats: [
      {
        ...WEB_TOKEN,
        literals: [{ text: 'eyJhbGci', gate: { follows: 'run', of: 'wordDashDot', atLeast: 40 } }],
        accepts: isServiceAccount,
      },
    ],
  },
  {
    id: 'json-web-token',
    title: 'JSON Web Token',
    gives: 'act as whom it was issued to, until it expires',
    revoke: 'Log out or revoke it where it was issued; change the signing key where that is not possible',
    reference: 'https://datatracker.ietf.org/doc/html/rfc7519',
    severity: 'high',
    formats: [WEB_TOKEN],
  },
  {
    id: 'basic-auth-header',
    title: 'User name and password in an Authorization header',
    gives: 'log in where the request goes',
    revoke: 'Change the password',
    reference: 'https://datatracker.ietf.org/doc/html/rfc7617',
    severity: 'high',
    formats: [
      {
        literals: [
          { text: 'authorization: basic ', ignoreCase: true, gate: { follows: 'run', of: 'base64', atLeast: 8 } },
          { text: 'authorization:basic ', ignoreCase: true, gate: { follows: 'run', of: 'base64', atLeast: 8 } },
        ],
        before: 0,
        after: 1024,
        pattern: /authorization: ?basic ([A-Za-z0-9+/]{8,1000}={0,2})(?![A-Za-z0-9+/=])/gi,
        accepts: (base64) => isWritten(decodeLogin(base64)?.password ?? ''),
        doubt: (base64) => {
          const { user = '', password = '' } = decodeLogin(base64) ?? {};
          return user === 's6BhdRkqt3' ? 'it is the example of RFC 6749' : doubtPassword(password);
        },
        redact: () => '****',
      },
    ],
  },
  {
    id: 'bearer-token',
    title: 'Token in an Authorization header',
    gives: 'do what the token’s owner can where the request goes',
    revoke: 'Revoke it where the request goes',
    reference: 'https://datatracker.ietf.org/doc/html/rfc6750',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [
          {
            text: 'authorization: bearer ',
            ignoreCase: true,
            gate: { follows: 'run', of: 'wordDashDot', atLeast: 15 },
          },
          { text: 'authorization: token ', ignoreCase: true, gate: { follows: 'run', of: 'wordDashDot', atLeast: 15 } },
        ],
        before: 0,
        after: 640,
        pattern: /authorization: (?:bearer|token) ([\w.~+/-]{15,600}={0,2})(?![\w.~+/=-])/gi,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
];
