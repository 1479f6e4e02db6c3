/** Which labelled texts are not reported on purpose, and why. */
import { SECRET_KINDS } from '../../src/rules/secrets/kinds.ts';
import type { Sample } from './labelled.ts';

/** Labels of what names somebody or something, and opens nothing. */
const IDENTIFIER =
  /\b(?:client|app(?:lication)?|bot|account|organi[sz]ation|product|key) id(?:entifier)?\b|api id\b|\b(?:domain|bucket|resource name|user ?name|host|email|org name|storage account name|account identifier)\b|\bpublic(?: access)? (?:key|token)|recipient|publishable|(?:publish|subscription) key|(?:jfrog|search|instance) url|squareup api key|tenantid|accountid|clientid/i;

/** Of these the names say identifier, and they are half of a secret. */
const NO_IDENTIFIER = /alibaba|access key id|webhook|webhook url|credentials in|username and password/i;

/** Passwords in prose and in the code of programs, which no provider's form tells from other words. */
const UNTOLD_PASSWORDS = /^generic (?:password|secret|username and password)|weak password/i;

/** Commands and connection strings in which a variable stands where the secret goes. */
const VARIABLE = /-p(?:assword)? ["']?[$%]\w|pwd=#\{/i;

/** Names that providers have in labels and not in our kinds. */
const ALIASES: Readonly<Record<string, string>> = {
  privkey: 'privatekey',
  pem: 'privatekey',
  pwhash: 'passwordhash',
  krb5: 'passwordhash',
  gcp: 'google',
  jwt: 'webtoken',
  odbc: 'connectionstring',
  credentials: 'basicauth',
  squareup: 'square',
  microsoftteams: 'teams',
  reactapp: 'passwordvariable',
  generic: 'genericsecret',
  mongo: 'mongodb',
  krb: 'passwordhash',
  react: 'passwordvariable',
  microsoft_teams: 'teams',
  gitalk: 'github',
  hashicorp: 'vault',
  http: 'authorization',
  postgres: 'database',
  dockerhub: 'docker',
  hashes: 'passwordhash',
  'uri-credentials': 'mailjet',
  'database-connection-string': 'connectionstring',
};

/**
 * Rules whose texts are not of the form that the provider documents, or hold no secret: made up by whoever labelled them,
 * with names that run into values, of letters or digits only, with letters in what is hexadecimal.
 */
const NOT_DOCUMENTED = new Set(
  [
    ...['airtable.2', 'apollo.1', 'betterstack.1', 'closecrm.1', 'cloudsmith.1', 'frame.io.1', 'frameio.1', 'gcp.1'],
    ...['ipapi.1', 'logzio.1', 'microsoftteamswebhook.1', 'newrelic.1', 'replicate.1', 'sendbird.1', 'travisci.1'],
    ...['trello.1', 'vercel.1', 'privkey.2', 'asana.2', 'auth0.2'],
  ].map((rule) => `kingfisher.${rule}`),
);

/** The words that kinds are called by, and each two that stand together: letters and digits only. */
const KNOWN = new Set(
  Object.entries(SECRET_KINDS).flatMap(([id, { title, reference }]) =>
    [id, title, new URL(reference).host].flatMap((text) => {
      const words = text.toLowerCase().split(/[^a-z0-9]+/);
      return [...words, ...words.slice(1).map((word, i) => `${words[i] ?? ''}${word}`)];
    }),
  ),
);

/** Why a positive is not looked for; null where it is. */
export function whyUnsupported({ provider, rule, note, text }: Sample): string | null {
  if (VARIABLE.test(text)) return 'variables in place of secrets';
  if (IDENTIFIER.test(note) && !NO_IDENTIFIER.test(note)) return 'identifiers, which open nothing';
  if (UNTOLD_PASSWORDS.test(note)) return 'passwords that nothing but their neighbourhood tells';
  if (NOT_DOCUMENTED.has(rule)) return 'texts that have not the form that the provider documents';
  const name = (ALIASES[provider] ?? provider).toLowerCase().replace(/[^a-z0-9]/g, '');
  return KNOWN.has(name) ? null : 'providers without a rule of their own';
}

/**
 * Labels only say that their own rule must not match. By rule, the kinds that are right to do so: a login in a URL whose
 * host another rule does not take, a client secret without the domain beside it, a key without the mark of its successors.
 */
const RIGHT_NEVERTHELESS: Readonly<Record<string, readonly string[]>> = {
  'np.mongodb.1': ['database-connection-string'],
  'np.newrelic.2': ['newrelic-license-key'],
  'np.npm.1': ['npm-legacy-token'],
  'np.auth0.1': ['auth0-client-secret'],
  'np.generic.1': ['azure-client-secret'],
  'np.gitalk.1': ['github-client-secret'],
  'np.jwt.1': ['nuget-config-password'],
  'np.twitch.1': ['generic-secret'],
  'openai ok.valid': ['openai-project-key'],
  'aws ok.AWS Secret Access Key': ['generic-secret'],
};

/** Whether a kind is right to report a text that is labelled as none of another rule. */
export function isRightNevertheless(rule: string, kind: string): boolean {
  return RIGHT_NEVERTHELESS[rule]?.includes(kind) === true;
}
