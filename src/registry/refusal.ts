import { AuditError, formatReference, type RegistryReference } from '../core/index.ts';
import { asArray, asObject, asText } from '../oci/index.ts';
import type { Concealment } from './concealment.ts';
import { type CredentialLookup, describeCredentials } from './credentials/credentials.ts';
import type { HttpAnswer } from './http-answer.ts';

/** Whose refusal it is. */
export interface RefusalContext {
  readonly reference: RegistryReference;
  readonly concealment: Concealment;
  /** Undefined where the registry has not asked for credentials. */
  readonly lookup: CredentialLookup | undefined;
  /** Whether there are credentials, of a kind that the registry does not ask for. */
  readonly wrongKind: boolean;
}

const ERROR_BODY_BYTES = 64 * 1024;
const MAX_QUOTED = 300;

/** The error for an answer that is not what was asked for; reads its body. */
export async function toRefusal(answer: HttpAnswer, what: string, context: RefusalContext): Promise<AuditError> {
  const { reference, concealment } = context;
  const { registry, repository } = reference;
  const { status, headers } = answer.response;
  const said = concealment.conceal(await describeErrors(answer)).slice(0, MAX_QUOTED);
  const because = said === '' ? '' : `: ${said}`;
  if (isWebPage(headers.get('content-type')) && status !== 429 && status !== 407 && status < 500)
    return webPage(reference, what, status);
  switch (status) {
    case 401:
      return unauthorized(what, because, context);
    case 403:
      return new AuditError('REGISTRY_FORBIDDEN', `${registry} does not let you read ${what}${because}`, {
        hint: `Check that your account may pull ${repository}.`,
      });
    case 404:
      return new AuditError('REGISTRY_NOT_FOUND', `${registry} has no ${what}${because}`, {
        hint: 'Check the name and the tag. Some registries say this, too, of what you may not see: log in with docker login.',
      });
    case 407:
      return new AuditError('REGISTRY_UNREACHABLE', `the proxy wants credentials to reach ${registry} (status 407)`, {
        hint: 'Give them as http://USER:PASSWORD@HOST:PORT in HTTP_PROXY.',
      });
    case 429:
      return new AuditError(
        'REGISTRY_RATE_LIMITED',
        `${registry} refuses more requests for now${because}${describeLimits(headers)}`,
        { hint: `Wait, or log in with docker login ${registry}: limits are higher for accounts.` },
      );
    default:
      if (status >= 500) {
        return new AuditError(
          'REGISTRY_SERVER_ERROR',
          `${registry} failed with status ${status} on ${what}${because}`,
          {
            hint: 'Try again later.',
          },
        );
      }
      return new AuditError('REGISTRY_PROTOCOL', `${registry} answered with status ${status} on ${what}${because}`);
  }
}

/** Whether a media type is that of a page for people. */
export function isWebPage(contentType: string | null): boolean {
  return /^text\/html\b/i.test(contentType ?? '');
}

/** The error for a page that somebody put in between. */
export function webPage(reference: RegistryReference, what: string, status?: number): AuditError {
  return new AuditError(
    'REGISTRY_PROTOCOL',
    `${reference.registry} answered with a web page${status === undefined ? '' : ` (status ${status})`} instead of ${what}`,
    {
      hint: `Check that ${formatReference(reference)} names a registry, and that no proxy or login page stands in between.`,
    },
  );
}

function unauthorized(what: string, because: string, { reference, lookup, wrongKind }: RefusalContext): AuditError {
  const { registry } = reference;
  const login = `docker login ${registry === 'docker.io' ? '' : registry}`.trim();
  const explain = `audit auth explain ${formatReference(reference)}`;
  const credentials = lookup?.credentials ?? null;
  if (credentials === null) {
    return new AuditError(
      'REGISTRY_UNAUTHORIZED',
      `${registry} wants credentials for ${what}, and there are none${because}`,
      {
        hint: `Log in: ${login}. Where they are looked for: ${explain}`,
      },
    );
  }
  if (wrongKind) {
    return new AuditError(
      'REGISTRY_UNAUTHORIZED',
      `${registry} wants a password, and ${lookup?.origin} has ${describeCredentials(credentials)}`,
      { hint: `Log in with a user name and a password: ${login}` },
    );
  }
  return new AuditError(
    'REGISTRY_UNAUTHORIZED',
    `${registry} refuses the credentials in ${lookup?.origin} for ${what}${because}`,
    { hint: `Log in again: ${login}. A public image can be read without credentials: --anonymous.` },
  );
}

/** What a registry says about its refusal (distribution specification, "Error Codes"), in one line. */
async function describeErrors(answer: HttpAnswer): Promise<string> {
  try {
    const object = asObject(JSON.parse(Buffer.from(await answer.bytes(ERROR_BODY_BYTES)).toString('utf8')));
    const lines = (asArray(object?.['errors']) ?? []).slice(0, 3).map((value) => {
      const error = asObject(value);
      return [asText(error?.['code']), asText(error?.['message'])]
        .filter((part) => part !== undefined && part !== '')
        .join(' ');
    });
    return lines.filter((line) => line !== '').join('; ');
  } catch {
    return '';
  }
}

/**
 * What a 429 says of limits: `Retry-After` (RFC 9110), and `RateLimit-Limit: 100;w=21600` and its like, as Docker Hub
 * sends them (draft-polli-ratelimit-headers).
 */
function describeLimits(headers: { get(name: string): string | null }): string {
  const parts: string[] = [];
  const limit = /^\s*(\d{1,9})(?:\s*;\s*w=(\d{1,9}))?/.exec(headers.get('ratelimit-limit') ?? '');
  const left = /^\s*(\d{1,9})/.exec(headers.get('ratelimit-remaining') ?? '')?.[1];
  const reset = /^\s*(\d{1,9})\s*$/.exec(headers.get('ratelimit-reset') ?? '')?.[1];
  if (limit !== null) {
    const window = limit[2] === undefined ? '' : ` in ${duration(Number(limit[2]))}`;
    parts.push(`${limit[1]} requests${window} are allowed`);
  }
  if (left !== undefined) parts.push(`${left} are left`);
  const after = headers.get('retry-after');
  if (after !== null) parts.push(`retry after ${/^\d+$/.test(after) ? duration(Number(after)) : after.slice(0, 40)}`);
  else if (reset !== undefined) parts.push(`new ones in ${duration(Number(reset))}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function duration(seconds: number): string {
  if (seconds >= 7200 && seconds % 3600 === 0) return `${seconds / 3600} hours`;
  return `${seconds} seconds`;
}
