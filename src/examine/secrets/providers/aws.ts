/** Credentials of Amazon Web Services beside the access keys. */
import { followed } from './literals.ts';
import type { Provider } from './provider.ts';
import { isMixed, UUID } from './value-checks.ts';

export const AWS_PROVIDERS: readonly Provider[] = [
  {
    id: 'aws-session-token',
    title: 'AWS session token',
    gives: 'act as the role with the keys beside it, until it expires',
    revoke: 'Revoke the role’s active sessions in IAM',
    reference: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html',
    severity: 'high',
    formats: [
      {
        // They are Base64, and begin with a fixed header and the word "origin" or "aws".
        literals: followed(['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'FQoDYXdz', 'AgoJb3JpZ2lu'], 'base64', 8),
        before: 1,
        after: 2048,
        pattern:
          /(?<![A-Za-z0-9+/])((?:(?:IQ|Ag)oJb3JpZ2lu|F[wQ]oGZXIvYXdz|FQoDYXdz)(?:[A-Za-z0-9+/]|%2[BFbf]){100,1800}(?:=|%3[Dd]){0,2})/g,
      },
      {
        literals: ['aws_session_token', 'aws_security_token', 'awssessiontoken', 'aws.sessiontoken'].map((text) => ({
          text,
          ignoreCase: true,
        })),
        before: 1,
        after: 2048,
        pattern:
          /aws[_.]?(?:session|security)[_]?token["'\\]{0,3}\s{0,4}(?:=>|[=:])\s{0,4}["'\\]{0,3}([A-Za-z0-9+/=._-]{100,2000})/gi,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'aws-bedrock-key',
    title: 'Amazon Bedrock API key',
    gives: 'use the account’s models, at its cost',
    revoke:
      'Delete it in IAM, Users, Security credentials, API keys for Amazon Bedrock; a short one ends with its session',
    reference: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    formats: [
      { prefixes: ['ABSKQmVkcm9ja0FQSUtleS'], body: ['base64', 80, 260] },
      { prefixes: ['bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t'], body: ['base64', 100, 4000] },
    ],
  },
  {
    id: 'aws-mws-token',
    title: 'Amazon MWS auth token',
    gives: 'act for the seller who granted it, together with a developer’s keys',
    revoke: 'Disable the developer’s access in Seller Central, Manage your apps',
    reference: 'https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Registering.html',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'amzn.mws.', gate: { follows: 'run', of: 'hex', atLeast: 8 } }],
        before: 1,
        after: 48,
        pattern: new RegExp(`\\b(amzn\\.mws\\.${UUID})(?![\\w-])`, 'g'),
      },
    ],
  },
  {
    id: 'aws-appsync-key',
    title: 'AWS AppSync API key',
    gives: 'query the GraphQL interface that it belongs to',
    revoke: 'Delete it: aws appsync delete-api-key',
    reference: 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html',
    severity: 'medium',
    formats: [
      { prefixes: ['da2-'], body: ['alphanumeric', 26], accepts: (key) => isMixed(key) && key === key.toLowerCase() },
    ],
  },
];
