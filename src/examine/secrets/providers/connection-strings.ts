/** Passwords in the ways that programs are told where their database or broker is, beside URLs that secretlint knows. */
import { doubtPassword, isPassword } from './passwords.ts';
import type { Provider } from './provider.ts';

/** Text around a password, on its own line or in its own quotes. */
const NEIGHBOURHOOD = 400;

const CHANGE = 'Change the password';

/** Names that a connection string has beside its password, and a value of one. */
const ADO_NAME =
  '(?:server|data ?source|host(?:name)?|addr(?:ess)?|network address|driver|provider|initial catalog|database|dbq|dsn|user ?id|uid|user(?:name)?|endpoint)\\s{0,2}=[^;"\'`\\r\\n]{0,200}';
const ADO_NAME_BEFORE = new RegExp(`(?:^|[;"'\`\\s=>,])${ADO_NAME};`, 'i');
const ADO_NAME_BEHIND = new RegExp(`^.{0,200}?;\\s{0,2}${ADO_NAME}(?:;|$)`, 'i');

function hasConnectionNames(password: string, { 0: all, index, input }: RegExpExecArray): boolean {
  if (!isPassword(password)) return false;
  const before = input.slice(Math.max(0, index - NEIGHBOURHOOD), index + 1);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\0')) + 1);
  const behind = input.slice(index + all.length, index + all.length + NEIGHBOURHOOD).split(/["'\r\n\0]/, 1)[0] ?? '';
  return ADO_NAME_BEFORE.test(line) || ADO_NAME_BEHIND.test(behind);
}

/** Names that a libpq connection string has beside its password. */
const LIBPQ_NAME = /(?:^|[\s"'])(?:host|hostaddr|port|dbname|user|sslmode)=[^\s"',()]{1,80}[ \t]{1,4}$/i;
const LIBPQ_NAME_BEHIND = /^["']?[ \t]{1,4}(?:host|hostaddr|port|dbname|user|sslmode|connect_timeout)=/i;

export const CONNECTION_PROVIDERS: readonly Provider[] = [
  {
    id: 'jdbc-password',
    title: 'Password in a JDBC address',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://docs.oracle.com/javase/tutorial/jdbc/basics/connecting.html',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'jdbc:' }],
        before: 1,
        after: 640,
        pattern: /\bjdbc:[a-z0-9]{2,20}:[^\s"'`<>]{4,480}?[?&;](?:password|pwd)=([^\s"'`<>&;]{1,128})/gi,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
      {
        literals: [{ text: 'jdbc:oracle:thin:' }],
        before: 1,
        after: 320,
        pattern: /\bjdbc:oracle:thin:[\w$#]{1,64}\/([^\s"'`<>@/]{1,128})@/gi,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
  {
    id: 'connection-string-password',
    title: 'Password in a connection string',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        // ADO.NET, ODBC and OLE DB: Server=…;Password=….
        literals: ['password=', ';password =', ';pwd=', '; pwd='].map((text) => ({ text, ignoreCase: true })),
        before: NEIGHBOURHOOD,
        after: NEIGHBOURHOOD,
        pattern:
          /(?:[;"'`\s>]|\\n)\s{0,2}(?:password|pwd)\s{0,2}=\s{0,2}(?!\s)(\{[^{}\r\n"']{1,128}\}|[^;"'`\s<>{}&\\,)]{1,128})(?=[;"'`\s<\\]|$)/gi,
        accepts: hasConnectionNames,
        redact: () => '****',
        doubt: doubtPassword,
      },
      {
        // libpq: host=… user=… password=….
        literals: [{ text: ' password=' }],
        before: NEIGHBOURHOOD,
        after: NEIGHBOURHOOD,
        pattern: /(?<=[\s"'])password=([^\s"'`<>&;,)]{1,128})/g,
        accepts: (password, { 0: all, index, input }) =>
          isPassword(password) &&
          (LIBPQ_NAME.test(input.slice(Math.max(0, index - 120), index)) ||
            LIBPQ_NAME_BEHIND.test(input.slice(index + all.length, index + all.length + 40))),
        redact: () => '****',
        doubt: doubtPassword,
      },
      {
        // The MySQL driver of Go: user:password@tcp(host:3306)/database.
        literals: [{ text: '@tcp(' }],
        before: 200,
        after: 8,
        pattern: /(?<![\w.-])[\w.-]{1,64}:([^\s:@/"'`<>]{1,128})@tcp\(/g,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
  {
    id: 'kafka-sasl-password',
    title: 'Password of a JAAS login module',
    gives: 'log in to the broker or cluster',
    revoke: CHANGE,
    reference: 'https://kafka.apache.org/documentation/#security_sasl',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'LoginModule re' }],
        before: 1,
        after: 480,
        pattern: /LoginModule requi(?:red|site)[^;{}\0]{1,300}?\bpassword=["'\\]{1,3}([^"'\\\s]{1,128})/g,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
  {
    id: 'service-url-password',
    title: 'Password of a service in a URL',
    gives: 'log in to the broker, cache, directory or mail server',
    revoke: CHANGE,
    reference: 'https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: '://', gate: { follows: 'userinfo' } }],
        before: 24,
        after: 512,
        pattern:
          /(?<![a-z0-9+.-])(?:rediss?|amqps?|mqtts?|wss?|stomp|nats|tls|kafka|ldaps?|smtps?|imaps?|pop3s?|sftp|ssh|scp|svn(?:\+ssh)?|rtsps?|socks[45]?h?|ircs?|xmpp|sips?|smb|cifs|afp|davs?|influxdb|memcached?|sentinel|pulsar(?:\+ssl)?|celery|beanstalkd?|turns?|vnc|rdp):\/\/[^\s:/@"'`<>]{0,128}:([^\s/@"'`<>]{1,200})@(?=[\w[%])/gi,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
  {
    id: 'web-url-password',
    title: 'Password in the address of a service without a domain',
    gives: 'log in to the service, from a machine or container that knows its name',
    revoke: CHANGE,
    reference: 'https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        // Names in the network of containers: http://elastic:…@elasticsearch:9200. With a domain they are secretlint’s.
        literals: [{ text: '://', gate: { follows: 'userinfo' } }],
        before: 24,
        after: 512,
        pattern:
          /(?<![a-z0-9+.-])(?:https?|ftps?|git|(?:git|hg|bzr)\+https?):\/\/[^\s:/@"'`<>]{1,128}:([^\s/@"'`<>]{1,200})@(?=[\w-]{1,63}(?:[:/?#"'`\s]|$))/gi,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
  {
    id: 'database-url-password',
    title: 'Database password in a URL',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        // With a driver, of other products, with signs in it that should have been escaped.
        literals: [{ text: '://', gate: { follows: 'userinfo' } }],
        before: 32,
        after: 512,
        pattern:
          /(?<![a-z0-9+.-])(?:(?:postgres(?:ql)?|mysqlx?|mariadb|mssql|sqlserver|oracle|cockroach(?:db)?|redshift|clickhouse|snowflake|db2|ibm_db_sa|firebird|vertica|teradatasql|trino|presto|hive|impala|sybase|hana|sqlanywhere|jdbc:[a-z]{2,16})(?:\+[a-z0-9_]{2,16})?|postgis|spatialite|pgsql|mysql2|mysqli|mongodb(?:\+srv)?|neo4j(?:\+ssc?)?|bolt(?:\+ssc?)?|couchbases?|couchdb|cassandra|arangodb|orientdb|elasticsearch|opensearch|rethinkdb|timescaledb?|yugabytedb|scylla|dse|iris|libsql|surrealdb|edgedb|gel):\/\/[^\s:/@"'`<>]{0,128}:([^\s/@"'`<>]{1,128}(?:@[^\s/@"'`<>:]{1,64})?)@(?=[\w[%])/gi,
        accepts: isPassword,
        redact: () => '****',
        doubt: doubtPassword,
      },
    ],
  },
];
