import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { distinctMatches, SecretScanner } from '../../../src/examine/secrets/index.ts';

interface Found {
  readonly detector: string;
  readonly value: string | undefined;
  readonly doubted: boolean;
  readonly line: number | null;
}

async function find(text: string, chunkBytes = text.length): Promise<Found[]> {
  const scanner = new SecretScanner({ fingerprintKey: Buffer.from('key'), limits: DEFAULT_LIMITS });
  scanner.begin({ kind: 'content', row: 0 });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    scanner.push(bytes.subarray(at, at + chunkBytes), at + chunkBytes >= bytes.length);
  }
  await scanner.judge();
  return distinctMatches(scanner.matches).map(({ detector, fingerprint, doubt, line }) => ({
    detector,
    value: scanner.values.get(fingerprint),
    doubted: doubt !== null,
    line,
  }));
}

const PASSWORD = `kV7pR${'!2wq'}`;

describe('a password is found in', () => {
  test.each([
    ['jdbc-password', `jdbc:mysql://db.acme.io:3306/x?useSSL=true&user=app&password=${PASSWORD}`],
    ['jdbc-password', `jdbc:sqlserver://db.acme.io;databaseName=x;user=sa;password=${PASSWORD};encrypt=true`],
    ['jdbc-password', `jdbc:oracle:thin:app/${PASSWORD}@//db.acme.io:1521/orcl`],
    ['connection-string-password', `"Data Source=db.acme.io;Initial Catalog=x;User ID=sa;Password=${PASSWORD};"`],
    ['connection-string-password', `Driver={ODBC Driver 18 for SQL Server};Server=db.acme.io;Uid=sa;Pwd=${PASSWORD};`],
    ['connection-string-password', `host=db.acme.io port=5432 dbname=x user=app password=${PASSWORD}`],
    ['connection-string-password', `app:${PASSWORD}@tcp(db.acme.io:3306)/x`],
    ['service-url-password', `redis://:${PASSWORD}@cache.acme.io:6379/0`],
    ['service-url-password', `amqps://app:${PASSWORD}@queue.acme.io/vhost`],
    ['database-url-password', `mssql+pyodbc://app:${PASSWORD}@db.acme.io/x`],
    ['database-url-password', `clickhouse://app:${PASSWORD}@db.acme.io:9000/x`],
  ])('%s: %s', async (detector, text) => {
    expect(await find(`first\n${text}\nlast\n`)).toEqual([{ detector, value: PASSWORD, doubted: false, line: 2 }]);
  });
});

describe('none is found', () => {
  test.each([
    ['where it is filled in later', `Server=db.acme.io;User Id=app;Password=\${${'DB_PASSWORD'}};`],
    ['where a number stands for it', 'Server={0};Database={1};User Id={2};Password={3};'],
    ['where it is masked', 'amqp://app:*****@queue.acme.io'],
    ['where a variable stands for it', 'rediss://app:$REDIS_SECRET@cache.acme.io'],
    ['among the arguments of a function', 'connect(host=options.host, user=options.user, password=options.password)'],
    ['among default arguments', 'def __init__(self, host=None, user=None, password=None):'],
    ['where nothing around it connects to anything', `note; password=${PASSWORD}`],
  ])('%s', async (_, text) => {
    expect(await find(text)).toEqual([]);
  });
});

describe('one is doubted', () => {
  test.each([
    ['that is the word itself', 'amqp://app:password@queue.acme.io'],
    ['for a host of documentation', `redis://:${PASSWORD}@cache.example.com`],
    ['for the machine itself', `redis://:${PASSWORD}@localhost:6379`],
  ])('%s', async (_, text) => {
    expect(await find(text)).toMatchObject([{ doubted: true }]);
  });
});

test('a key that reaches far before its mark is found behind another literal, however the bytes are cut', async () => {
  // 76 characters before the mark, and among them a word that another rule looks for and needs nothing before.
  const key = `aZ3bY5cX7dW9eV2fU4gT6hS8iR1jheroku2kQ4lP6mO8nN1oM3pL5qK7rJ9sI2tH4uG6vF8wE1xD${'+A'}STk3R7xQ==`.replace(
    'AST',
    'ASt',
  );
  const text = `one\ntwo\nkey = "${key}"\n`;
  for (const chunkBytes of [7, 40, 64, text.length]) {
    expect(await find(text, chunkBytes)).toEqual([
      { detector: 'azure-storage-key', value: key, doubted: false, line: 3 },
    ]);
  }
});
