/** Passwords in the files that programs keep them in, told by what the files contain. */
import { decodeLogin, doubtHost, doubtPassword, isWritten } from './password-checks.ts';
import type { PatternToken, Provider } from './provider.ts';

const CHANGE = 'Change the password';

/** What the formats of passwords have in common. */
const PASSWORD: Pick<PatternToken, 'accepts' | 'doubt' | 'redact'> = {
  accepts: isWritten,
  doubt: doubtPassword,
  redact: () => '****',
};

export const CREDENTIAL_FILE_PROVIDERS: readonly Provider[] = [
  {
    id: 'netrc-password',
    title: 'Password in a .netrc',
    gives: 'log in to the host that the line names',
    revoke: CHANGE,
    reference: 'https://everything.curl.dev/usingcurl/netrc.html',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'machine ' }],
        before: 1,
        after: 800,
        pattern:
          /(?<![\w-])machine[ \t]{1,20}[!-~]{1,255}\s{1,40}login\s{1,20}[!-~\xa1-\xff]{1,255}\s{1,40}(?:account\s{1,20}[!-~]{1,64}\s{1,40})?password\s{1,20}([!#-&(-[\]-_a-~\xa1-\xff]{1,256})(?=[\s"'`\\]|$)/g,
        accepts: isWritten,
        doubt: (password, match) =>
          doubtPassword(password) ?? doubtHost(/^machine\s+(\S+)/.exec(match?.[0] ?? '')?.[1] ?? ''),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'pgpass-password',
    title: 'Database password in a .pgpass',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    severity: 'high',
    formats: [
      {
        literals: [{ text: ':5432:' }],
        before: 256,
        after: 320,
        pattern: /(?<![^\n])[^\s:#\\/]{1,255}:5432:[^\s:/]{1,63}:[^\s:/]{1,63}:([^\s:]{1,128})(?=\s|$)/g,
        accepts: isWritten,
        redact: () => '****',
        doubt: (_, match) => doubtHost(/^[^:]+/.exec(match?.[0] ?? '')?.[0] ?? ''),
      },
    ],
  },
  {
    id: 'mysql-option-password',
    title: 'Database password in a MySQL option file',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://dev.mysql.com/doc/refman/8.4/en/option-files.html',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: ['[client]', '[mysql]', '[mysqldump]', '[mysqladmin]'].map((text) => ({ text })),
        before: 0,
        after: 2200,
        pattern:
          /\[(?:client|mysql|mysqldump|mysqladmin)\][^[]{0,2000}?\n[ \t]{0,8}password[ \t]{0,8}=[ \t]{0,8}["']?([^\s"'#]{1,128})/g,
      },
    ],
  },
  {
    id: 'pypirc-password',
    title: 'Password in a .pypirc',
    gives: 'publish packages in the owner’s name',
    revoke: 'Change the password, or delete the token at pypi.org, Account settings',
    reference: 'https://packaging.python.org/en/latest/specifications/pypirc/',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: '[distutils]' }, { text: '[pypi]' }, { text: '[testpypi]' }],
        before: 0,
        after: 2200,
        pattern:
          /(?:\[distutils\][^[\0]{0,800}\[[\w.-]{1,40}\]|\[(?:pypi|testpypi)\])[^[\0]{0,800}?\n[ \t]{0,4}password[ \t]{0,4}[:=][ \t]{0,4}([^\s]{3,256})/g,
      },
    ],
  },
  {
    id: 'maven-server-password',
    title: 'Password of a server in Maven’s settings',
    gives: 'read and publish packages as far as the account may',
    revoke: CHANGE,
    reference: 'https://maven.apache.org/settings.html#servers',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: '<server>' }],
        before: 0,
        after: 900,
        pattern: /<server>[^\0]{0,600}?<password>\s{0,20}([^<>\s]{3,256})\s{0,20}<\/password>/g,
      },
    ],
  },
  {
    id: 'gradle-publishing-password',
    title: 'Password for publishing in gradle.properties',
    gives: 'sign or publish packages in the owner’s name',
    revoke: 'Change the password, and replace the signing key with it',
    reference: 'https://docs.gradle.org/current/userguide/signing_plugin.html',
    formats: [
      {
        ...PASSWORD,
        literals: [
          'signing.password',
          'ossrhPassword',
          'sonatypePassword',
          'nexusPassword',
          'mavenCentralPassword',
          'signingInMemoryKeyPassword',
          'gradle.publish.secret',
        ].map((text) => ({ text })),
        before: 1,
        after: 160,
        pattern:
          /(?<![^\n])(?:signing\.password|(?:ossrh|sonatype|nexus|mavenCentral|signingInMemoryKey)Password|gradle\.publish\.secret)[ \t]{0,4}=[ \t]{0,4}([^\s]{3,128})/g,
      },
    ],
  },
  {
    id: 'composer-password',
    title: 'Password in Composer’s auth.json',
    gives: 'read the private packages of the host that it is for',
    revoke: CHANGE,
    reference: 'https://getcomposer.org/doc/articles/authentication-for-private-packages.md',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: '"http-basic"' }],
        before: 0,
        after: 900,
        pattern: /"http-basic"\s{0,40}:\s{0,40}\{[^\0]{0,600}?"password"\s{0,8}:\s{0,8}"([^"\n]{3,256})"/g,
      },
    ],
  },
  {
    id: 'docker-registry-login',
    title: 'Registry login in a Docker configuration',
    gives: 'pull and push images as the account',
    revoke: 'Change the password or delete the token at the registry, and use a credential helper',
    reference: 'https://docs.docker.com/reference/cli/docker/login/#credential-stores',
    formats: [
      {
        literals: [{ text: '"auth"' }],
        before: 0,
        after: 4200,
        pattern: /"auth"\s{0,8}:\s{0,8}"([A-Za-z0-9+/]{8,4000}={0,2})"/g,
        accepts: (base64) => decodeLogin(base64) !== null,
        doubt: (base64) => doubtPassword(decodeLogin(base64)?.password ?? ''),
        redact: () => '****',
      },
      {
        literals: [{ text: '"identitytoken"' }, { text: '"registrytoken"' }],
        before: 0,
        after: 4200,
        pattern: /"(?:identity|registry)token"\s{0,8}:\s{0,8}"([\w.+/=-]{20,4000})"/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'filezilla-password',
    title: 'Password in FileZilla’s site list',
    gives: 'log in to the server that the entry names',
    revoke: 'Change the password, and set a master password',
    reference: 'https://wiki.filezilla-project.org/Site_Manager',
    severity: 'high',
    formats: [
      {
        literals: [{ text: '<Pass>' }, { text: '<Pass encoding="base64">' }],
        before: 0,
        after: 320,
        pattern: /<Pass(?: encoding="base64")?>([^<\n]{1,256})<\/Pass>/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'server-login',
    title: 'Password of a server in JSON settings',
    gives: 'log in to the server that the settings name',
    revoke: CHANGE,
    reference: 'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: ['"password"', '"pass"', '"passphrase"'].map((text) => ({ text })),
        before: 720,
        after: 300,
        pattern:
          /"(?:host|hostname|server)"\s{0,8}:\s{0,8}"[^"\n]{1,255}"[^{}]{0,600}?"(?:password|pass|passphrase)"\s{0,8}:\s{0,8}"([^"\n]{3,256})"/gi,
        accepts: isWritten,
        doubt: (password, match) =>
          doubtPassword(password) ?? doubtHost(/:\s*"([^"]*)"/.exec(match?.[0] ?? '')?.[1] ?? ''),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'database-client-password',
    title: 'Password in the settings of a database client',
    gives: 'log in to the database, or to the host before it',
    revoke: CHANGE,
    reference: 'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: ['"userPassword"', '"sshUserPassword"', '"sshPassphrase"'].map((text) => ({ text })),
        before: 0,
        after: 300,
        pattern: /"(?:userPassword|sshUserPassword|sshPassphrase)"\s{0,8}:\s{0,8}"([^"\n]{3,256})"/g,
      },
      {
        literals: [{ text: '<connection ' }],
        before: 0,
        after: 1200,
        pattern: /<connection [^<>]{0,800}?\sdatabase="[^<>]{0,400}?\spassword="([^"<>]{3,256})"/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'firefox-login',
    title: 'Saved login of Firefox',
    gives: 'read the password, with the key4.db beside it and without a primary password',
    revoke: 'Change the password of the site that the entry names',
    reference: 'https://support.mozilla.org/en-US/kb/profiles-where-firefox-stores-user-data',
    severity: 'high',
    formats: [
      {
        literals: [{ text: '"encryptedPassword"' }],
        before: 0,
        after: 1100,
        pattern: /"encryptedPassword"\s{0,8}:\s{0,8}"(M[A-Za-z0-9+/]{40,1000}={0,2})"/g,
        redact: () => '****',
      },
    ],
  },
];
